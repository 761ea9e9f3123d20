"""The API keeps the promises of its own description: a short run of `make fuzz-api`, by a seed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FUZZ = Path(__file__).parents[3] / "benchmarks/fuzz_api.py"


@pytest.fixture(scope="module")
def told() -> subprocess.CompletedProcess[str]:
    """What schemathesis says; the same each time."""
    words = ["--examples", "3", "--", "--phases", "examples,fuzzing"]
    command = [sys.executable, str(FUZZ), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_nothing_that_the_description_says_is_untrue(
    told: subprocess.CompletedProcess[str],
) -> None:
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]


def test_every_operation_but_the_endless_one_was_tried(
    told: subprocess.CompletedProcess[str],
) -> None:
    selected, total = map(int, re.findall(r"Selected: (\d+)/(\d+)", told.stdout)[0])
    (tested,) = re.findall(r"Tested: (\d+)", told.stdout)

    assert (total - selected, int(tested)) == (1, selected)


HEADERS = st.sampled_from(
    ["Accept", "Accept-Encoding", "Authorization", "Cookie", "Host", "If-None-Match", "Origin",
     "If-Modified-Since", "Last-Event-ID", "Range", "X-Forwarded-For", "X-HTTP-Method-Override"]
)  # fmt: skip
PATHS = st.sampled_from(
    ["/articles", "/articles/x/diff", "/feeds/rss", "/feeds/json", "/entities/a/b", "/stats", "/",
     "/events", "/dead-letters", "/timeline", "/history", "/facets/entity", "/docs", "/metrics"]
)  # fmt: skip


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=PATHS,
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"]),
    headers=st.dictionaries(HEADERS, st.binary(max_size=40).filter(lambda b: b"\n" not in b)),
    query=st.binary(max_size=60),
)
async def test_no_header_and_no_method_is_a_fault_of_ours(
    reader: httpx.AsyncClient, path: str, method: str, headers: dict[str, bytes], query: bytes
) -> None:
    # the live stream never ends: HEAD asks the same and does
    if path == "/events" and method == "GET":
        method = "HEAD"
    target = httpx.URL("http://api.test", raw_path=path.encode() + b"?" + quoted(query))
    answer = await reader.request(method, target, headers=headers)

    assert answer.status_code < 500 or path in ("/dead-letters", "/events"), answer.text
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 20


def quoted(query: bytes) -> bytes:
    """Percent-encode what no request line can hold."""
    return b"".join(bytes([b]) if 33 <= b < 127 and b != 35 else b"%%%02X" % b for b in query)
