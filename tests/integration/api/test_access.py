"""What reaches a real server: bytes that are no request, keys of a file, letters put back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.keys import Scope, make, write
from steppewire.servers import connect
from steppewire.streams import PARSE, dead_name, key, retry_name
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import NOON
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    asyncio.run(migrate(f"sqlite:///{folder / 'archive.sqlite3'}"))
    return folder


@pytest.fixture(scope="module")
def url(folder: Path, broker: Valkey) -> Iterator[str]:
    """One API for all these tests."""
    with serving(folder, broker, API_PROXIES="192.0.2.1", API_RATE="0.1", API_BURST="500") as url:
        yield url


@contextmanager
def serving(folder: Path, broker: Valkey, **changes: str) -> Iterator[str]:
    """Run an API until the block ends."""
    settings = {
        "DATABASE": f"sqlite:///{folder / 'archive.sqlite3'}",
        "REDIS_URL": broker.url,
        "API_PORT": "0",
        "API_KEYS": str(folder / "keys.json"),
        **changes,
    }
    log = folder / f"log-{time.monotonic_ns()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        stderr=log.open("wb"),
    )
    try:
        yield _address(log, process)
    finally:
        process.kill()
        process.wait()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        time.sleep(0.02)
    raise AssertionError(log.read_text())


@pytest.fixture
async def redis(broker: Valkey) -> AsyncIterator[Redis]:
    client = connect(broker.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield client


def bearer(folder: Path, *scopes: Scope) -> dict[str, str]:
    token, kept = make("desk", scopes, NOON)
    write(folder / "keys.json", [kept])
    return {"Authorization": f"Bearer {token}"}


async def said(url: str, request: bytes) -> tuple[int, dict[str, Any]]:
    """Send bytes as they are; return the status and the problem that come back."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    sending = asyncio.create_task(_send(writer, request))
    answer = await asyncio.wait_for(reader.read(), 30)
    sending.cancel()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, answer[:500]
    return int(head.split()[1]), json.loads(body)


async def _send(writer: asyncio.StreamWriter, request: bytes) -> None:
    for start in range(0, len(request), 1 << 16):
        writer.write(request[start : start + (1 << 16)])
        await writer.drain()


HOST = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("request_", "status", "remedy"),
    [
        (b"GET /articles?q=" + b"a" * 10_000_000 + HOST + b"\r\n", 414, "fewer things at once"),
        (b"GET /articles?q=" + b"a" * 20_000 + HOST + b"\r\n", 414, "fewer things at once"),
        (b"GET /articles" + HOST + b"X: " + b"a" * 10_000_000 + b"\r\n\r\n", 431, "send fewer"),
        (b"GET /articles?q=%FF%FE" + HOST + b"\r\n", 400, "percent-encode text as UTF-8"),
        (b"GET /articles?q=%ED%A0%80" + HOST + b"\r\n", 400, "percent-encode text as UTF-8"),
        (b"GET /articles/%C0%AF" + HOST + b"\r\n", 400, "percent-encode text as UTF-8"),
        (b"GET /articles?q=%00" + HOST + b"\r\n", 400, "leave it out"),
        (b"GET /articles/%00" + HOST + b"\r\n", 400, "leave it out"),
        (b"GET /articles?q=\xd2\x9b" + HOST + b"\r\n", 400, "--data-urlencode"),
        (b"GET /articles" + HOST + b"X: a\0b\r\n\r\n", 400, "look at what sent it"),
        (b"\x16\x03\x01\x02\x00\x01\xff" + b"\r\n\r\n", 400, "look at what sent it"),
        (b"BREW /articles" + HOST + b"\r\n", 401, "steppewire keys new"),
        (b"OPTIONS /articles" + HOST + b"\r\n", 405, "GET"),
        (b"GET /articles?limit=100000" + HOST + b"\r\n", 422, "less than or equal to 200"),
        (b"GET /articles?colour=red" + HOST + b"\r\n", 422, "is not a parameter here"),
        (b"GET /articles?cursor=stolen" + HOST + b"\r\n", 400, "begin again without `cursor`"),
        (b"GET /articles?since=tomorrow" + HOST + b"\r\n", 422, "must look like 2026-11-20"),
    ],
    ids=range(17),
)
async def test_a_hostile_request_is_told_what_to_do(
    url: str, request_: bytes, status: int, remedy: str
) -> None:
    told, problem = await said(url, request_)

    assert (told, problem["status"]) == (status, status), problem
    assert remedy in problem["detail"]


async def test_a_body_without_end_is_cut_off(url: str, folder: Path) -> None:
    token = bearer(folder, "operate")["Authorization"].encode()
    head = b"POST /dead-letters/retry" + HOST + b"Content-Type: application/json\r\n"
    head += b"Authorization: " + token + b"\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    declared = head + b"Content-Length: 10000000\r\n\r\n" + b" " * 10_000_000

    assert (await said(url, declared))[0] == 413
    assert (
        await said(url, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n")
    )[0] == 413


async def test_nobody_may_say_that_it_is_somebody_else(client: httpx.AsyncClient) -> None:
    left = []
    for number in range(3):
        answer = await client.get("/facets/source", headers={"X-Forwarded-For": f"10.0.0.{number}"})
        left.append(int(re.findall(r"r=(\d+)", answer.headers["ratelimit"])[0]))

    assert left == sorted(left, reverse=True), "one address, one bucket"
    assert len(set(left)) == 3


async def buried(redis: Redis, reason: str = "no-article", count: int = 1) -> list[str]:
    """Let letters die; return their ids."""
    name = key(dead_name(PARSE))
    fields: dict[Any, Any] = {
        b"type": b"article.fetched",
        b"key": b"k",
        b"data": b"{}",
        b"dead.source": b"elkz",
        b"dead.outcome": b"reject",
        b"dead.reason": reason.encode(),
        b"dead.detail": b"<script>alert(1)</script>",
        b"dead.last": b"2026-11-22T07:00:00+00:00",
        b"dead.id": b"1-0",
    }
    tally = f"elkz|reject|{reason}"
    await redis.hincrby(key("tally.parser"), tally, count)  # type: ignore[misc]
    return [f"parser/0/{(await redis.xadd(name, fields)).decode()}" for _ in range(count)]


async def test_letters_are_shown_to_everybody_who_reads(
    client: httpx.AsyncClient, redis: Redis
) -> None:
    ids = await buried(redis, count=3)
    told = (await client.get("/dead-letters?stage=parse&limit=2")).json()

    assert told["count"] == 3
    assert [(heap["source"], heap["reason"], heap["count"]) for heap in told["heaps"]] == [
        ("elkz", "no-article", 3)
    ]
    assert len(told["letters"]) == 2
    assert told["letters"][0]["id"] in ids


async def test_a_letter_is_put_back_once(
    client: httpx.AsyncClient, redis: Redis, folder: Path
) -> None:
    ids, operator = await buried(redis), bearer(folder, "operate")
    asked = {"ids": ids}
    first = await client.post("/dead-letters/retry", json=asked, headers=operator)
    second = await client.post("/dead-letters/retry", json=asked, headers=operator)

    assert first.json() == {"found": 1, "done": 1}
    assert second.status_code == 404
    assert await redis.xlen(key(dead_name(PARSE))) == 0
    assert await redis.xlen(key(retry_name(PARSE))) == 1


async def test_letters_are_thrown_away_by_what_they_died_of(
    client: httpx.AsyncClient, redis: Redis, folder: Path
) -> None:
    await buried(redis, "no-article", 2)
    kept = await buried(redis, "too-large")
    done = await client.post(
        "/dead-letters/discard", json={"reason": "no-article"}, headers=bearer(folder, "operate")
    )

    assert done.json() == {"found": 2, "done": 2}
    left = (await client.get("/dead-letters")).json()["letters"]
    assert [letter["id"] for letter in left] == kept


async def test_a_form_of_a_page_acts_with_its_key_and_goes_back(
    client: httpx.AsyncClient, redis: Redis, folder: Path, url: str
) -> None:
    (id_,) = await buried(redis)
    token = bearer(folder, "operate")["Authorization"].removeprefix("Bearer ")
    form = {"key": token, "ids": id_, "back": "/pipeline?lang=kk"}
    done = await client.post("/dead-letters/retry", data=form, headers={"Origin": url})

    assert done.status_code == 303
    assert done.headers["location"] == "/pipeline?lang=kk&retry=1"


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/\\evil.test", "a\r\nb"])
async def test_a_form_leads_to_no_other_site(
    client: httpx.AsyncClient, redis: Redis, folder: Path, back: str
) -> None:
    (id_,) = await buried(redis)
    token = bearer(folder, "operate")["Authorization"].removeprefix("Bearer ")
    done = await client.post("/dead-letters/retry", data={"key": token, "ids": id_, "back": back})

    assert done.status_code == 200
    assert "location" not in done.headers


@pytest.mark.parametrize(
    ("content", "kind", "status", "remedy"),
    [
        (b"{", "application/json", 400, "compare it with /docs"),
        (b"[" * 60_000, "application/json", 400, "compare it with /docs"),
        (b"\xff", "application/json", 400, "compare it with /docs"),
        (b"{}", "application/json", 422, "say which letters"),
        (b"[]", "application/json", 422, "body: "),
        (b'{"source": ""}', "application/json", 422, "say which letters"),
        (b'{"until": 0}', "application/json", 422, "must be a text"),
        (b'{"all": false}', "application/json", 422, "say which letters"),
        (b'{"all": true, "ids": ["parser/0/1-0"]}', "application/json", 422, "one of the three"),
        (b'{"ids": ["x"]}', "application/json", 404, "is no id of a dead letter"),
        (b'{"ids": ["parser/9999/1-0"]}', "application/json", 404, "no dead letter"),
        (b'{"source": "nobody"}', "application/json", 404, "unknown source"),
        (b'{"stage": "x"}', "application/json", 422, "'fetch', 'parse'"),
        (b'{"colour": 1}', "application/json", 422, "is not a parameter here"),
        (b"all=true", "text/plain", 415, "Content-Type: application/json"),
        (b"all=%FF", "application/x-www-form-urlencoded", 401, "needs a key"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    client: httpx.AsyncClient,
    redis: Redis,
    folder: Path,
    content: bytes,
    kind: str,
    status: int,
    remedy: str,
) -> None:
    headers = {"Content-Type": kind}
    if status != 401:
        headers |= bearer(folder, "operate")
    answer = await client.post("/dead-letters/retry", content=content, headers=headers)

    assert answer.status_code == status, answer.text
    assert remedy in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"API_OPEN": "read,webhooks"}, "'webhooks' is none of `read`, `live`, `none`"),
        ({"API_PROXIES": "10.0.0.1/8"}, "write 127.0.0.1 or 10.0.0.0/8"),
        ({"API_RATE": "-1"}, "STEPPEWIRE_API_RATE: "),
        ({"API_KEYS": "/"}, "correct its rights, or STEPPEWIRE_API_KEYS"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_one_line(
    broker: Valkey, changes: dict[str, str], told: str
) -> None:
    settings = {"REDIS_URL": broker.url, "API_PORT": "0", **changes}
    ended = subprocess.run(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 78
    assert told in ended.stderr.strip().splitlines()[-1]
    assert "Traceback" not in ended.stderr


async def test_a_proxy_that_was_named_is_believed(folder: Path, broker: Valkey) -> None:
    changes = {"API_PROXIES": "127.0.0.0/8", "API_OPEN": "none"}
    with serving(folder, broker, **changes) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            key = bearer(folder, "read")
            told = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
            feed = (await client.get("/feeds/json", headers=key | told)).json()
            alone = await client.get("/articles", headers=told)
            other = await client.get("/articles", headers={"X-Forwarded-For": "198.51.100.8"})

    assert feed["feed_url"].startswith("https://")
    assert alone.status_code == 401, "reading is closed"
    assert alone.headers["www-authenticate"] == 'Bearer realm="steppewire"'
    assert alone.headers["ratelimit"] == other.headers["ratelimit"], "a bucket for each client"
