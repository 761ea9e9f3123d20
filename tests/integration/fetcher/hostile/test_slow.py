"""Answers that keep a connection open for as long as one lets them."""

from __future__ import annotations

import pytest

from steppewire.testing.hostile import CHUNKED, OK, Ending, Hostile
from steppewire.testing.site import Reply, endless, silent

SLOW: dict[str, tuple[Reply, str]] = {
    "interim answers without end": (
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "timeout|unreachable",
    ),
    "silence": (silent, "timeout"),
    "a head byte by byte": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.02), "timeout"),
    "a body byte by byte": (
        endless(OK + b"Content-Length: 9999\r\n\r\n", b"x", 0.02),
        "timeout",
    ),
    "chunk extension without end": (endless(CHUNKED + b"5;", b"x" * 9000), "timeout"),
}
"""Answers that take for ever, and what must come of each."""


@pytest.mark.parametrize("case", SLOW)
async def test_an_answer_without_haste_ends_as_it_should(
    hostile: Hostile, ending: Ending, case: str
) -> None:
    hostile.site.replies["/"], expected = SLOW[case]

    assert await ending("http://news.test:{bad}/", timeout=0.5) in expected.split("|")
