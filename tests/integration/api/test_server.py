"""`python -m steppewire_api` as somebody runs it: a process, a socket, a database, a broker."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.servers import connect
from steppewire.streams import STORED, key
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import enriched
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace
from steppewire_store.migrate import migrate

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
async def database(tmp_path: Path) -> str:
    """A database with two articles."""
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    await migrate(url)
    async with open_archive(url) as archive:
        await archive.save([enriched(1), enriched(2)])
    return url


@dataclass
class Api:
    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def api(folder: Path, database: str, broker: str) -> Iterator[Api]:
    """Run the API until the block ends."""
    log = folder / f"api-{time.monotonic_ns()}.log"
    process = subprocess.Popen(command(), env=environment(database, broker), stderr=log.open("wb"))
    try:
        yield Api(address(log, process), process, log)
    finally:
        process.kill()
        process.wait()


def command() -> list[str]:
    return [sys.executable, "-m", "steppewire_api"]


def environment(database: str, broker: str, **changes: str) -> dict[str, str]:
    settings = {"DATABASE": database, "REDIS_URL": broker, "API_PORT": "0", "API_WAIT": "0"}
    return os.environ | {f"STEPPEWIRE_{k}": v for k, v in (settings | changes).items()}


def address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Read the address from the log, as a person would."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        time.sleep(0.02)
    raise AssertionError(log.read_text())


@asynccontextmanager
async def listening(url: str, last: str = "") -> AsyncIterator[AsyncIterator[tuple[str, str, str]]]:
    """Follow the live stream: (event, id, data)."""
    headers = {"Last-Event-ID": last} if last else {}
    address = url if "/events" in url else f"{url}/events"
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, str, str]]:
    told: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            told[name] = value
        elif "data" in told:
            yield told.get("event", ""), told.get("id", ""), told["data"]
            told = {}


async def store(redis: Redis, database: str, *numbers: int) -> None:
    """Do what the store does: save, then say so."""
    async with open_archive(database) as archive:
        for event in await archive.save([enriched(number) for number in numbers]):
            fields: Any = encode(event, new_trace())
            await redis.xadd(key(STORED.name), fields)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Valkey]:
    with running_valkey(tmp_path / "valkey") as server:
        yield server


async def test_the_live_stream_brings_whole_cards(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    redis = connect(broker.url)
    with api(tmp_path, database, broker.url) as running:
        await store(redis, database, 3)
        async with listening(running.url, last="0-0") as events:
            kinds = [await anext(events), await anext(events)]
    await redis.aclose()

    (state, _, connected), (kind, at, data) = sorted(kinds, reverse=True)
    assert (state, json.loads(connected)["connected"]) == ("state", True)
    assert kind == "article"
    assert at == "1"
    assert json.loads(data)["lead"] == "Сапар екі күнге жалғасады."


async def test_a_reader_resumes_over_a_restart_of_the_api(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    redis = connect(broker.url)
    with api(tmp_path, database, broker.url) as first:
        await store(redis, database, 3, 4)
        async with listening(first.url, last="0-0") as events:
            heard = [event async for event in _articles(events, 1)]
    await store(redis, database, 5)
    with api(tmp_path, database, broker.url) as second:
        async with listening(second.url, last=heard[0][1]) as events:
            heard += [event async for event in _articles(events, 4)]
    await redis.aclose()

    assert numbers(heard) == [1, 2, 3, 4, 5]


def numbers(heard: list[tuple[str, str, str]]) -> list[int]:
    return [int(json.loads(data)["url"].rsplit("/", 1)[1]) for _, _, data in heard]


async def test_nothing_is_missed_or_repeated_whatever_dies(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    """Articles arrive all the time; a client comes and goes; the API is killed, the stream is
    trimmed, the broker loses everything."""
    redis, chance = connect(broker.url), random.Random(11)
    stored, heard = 2, []
    for turn in range(6):
        with api(tmp_path, database, broker.url) as running:
            for _ in range(3):
                last = heard[-1][1] if heard else "0"
                async with listening(running.url, last=last) as events:
                    more = range(stored + 1, stored + chance.randint(4, 40))
                    storing = asyncio.create_task(store(redis, database, *more))
                    count = min(chance.randint(1, 30), stored - len(heard))
                    heard += [event async for event in _articles(events, count)]
                    await storing
                    stored = more[-1]
            running.process.kill()
        if turn % 2:
            await redis.flushall()
        else:
            await redis.xtrim(key(STORED.name), maxlen=1, approximate=False)
    with api(tmp_path, database, broker.url) as running:
        async with listening(running.url, last=heard[-1][1]) as events:
            heard += [event async for event in _articles(events, stored - len(heard))]
    await redis.aclose()

    assert numbers(heard) == list(range(1, stored + 1))
    assert stored > 150


async def test_history_is_read_by_cursor_and_the_stream_goes_on_where_it_ends(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    redis = connect(broker.url)
    await store(redis, database, *range(3, 30))
    with api(tmp_path, database, broker.url) as running:
        told, arrived, page = [], [], {"more": True, "next": 0}
        async with httpx.AsyncClient(base_url=running.url) as client:
            while page["more"]:
                answer = await client.get("/history", params={"after": page["next"], "limit": 7})
                page = answer.json()
                urls = [item["record"]["article"]["url"] for item in page["items"]]
                told += [int(url.rsplit("/", 1)[1]) for url in urls]
                arrived.append(100 + len(arrived))
                await store(redis, database, arrived[-1])
        async with listening(running.url, last=str(page["next"])) as events:
            left = 29 + len(arrived) - len(told)
            told += numbers([event async for event in _articles(events, left)])
    await redis.aclose()

    assert told == [*range(1, 30), *arrived]


async def test_a_listener_gets_what_it_asks_for(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    with api(tmp_path, database, broker.url) as running:
        async with listening(running.url + "/events?q=Токаев&source=news.test", last="0") as events:
            heard = [event async for event in _articles(events, 2)]
        async with httpx.AsyncClient() as client:
            page = (await client.get(f"{running.url}/history?q=самолёт")).json()

    assert numbers(heard) == [1, 2]
    assert (page["items"], page["next"], page["more"]) == ([], 2, False)


async def test_a_client_who_takes_nothing_harms_nobody(
    tmp_path: Path, database: str, broker: Valkey
) -> None:
    redis = connect(broker.url)
    with api(tmp_path, database, broker.url) as running:
        host, port = running.url.removeprefix("http://").split(":")
        deaf = [socket.create_connection((host, int(port))) for _ in range(20)]
        for door in deaf:
            door.sendall(b"GET /events?last_event_id=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        async with listening(running.url, last="0") as events:
            for begin in range(3, 603, 100):
                await store(redis, database, *range(begin, begin + 100))
            heard = [event async for event in _articles(events, 602)]
        for door in deaf:
            door.close()
    await redis.aclose()

    assert numbers(heard) == list(range(1, 603))


async def _articles(
    events: AsyncIterator[tuple[str, str, str]], count: int
) -> AsyncIterator[tuple[str, str, str]]:
    async for event in events:
        if event[0] == "article":
            yield event
            count -= 1
        if not count:
            return


async def test_articles_are_served_while_no_broker_answers(tmp_path: Path, database: str) -> None:
    with api(tmp_path, database, NOBODY) as running:
        async with httpx.AsyncClient(base_url=running.url) as client:
            found = (await client.get("/articles")).json()
            ready = await client.get("/health/ready")
        async with listening(running.url) as events:
            kind, _, data = await anext(events)

    assert len(found["items"]) == 2
    assert ready.status_code == 503
    assert (kind, json.loads(data)["connected"]) == ("state", False)


@pytest.mark.parametrize(
    "path",
    [
        "/articles?q=" + "a" * 1_000_000,
        "/articles?q=%FF%FE%C0%80",
        "/articles?cursor=%FF",
        "/articles/" + "a" * 60_000,
        "/articles?q=%22%20OR%20NEAR(%20*%20)%20%5E",
        "/articles?q=';DROP%20TABLE%20articles;--",
        "/articles?since=9999-12-31T23:59:59-14:00",
        "/articles?limit=-1",
        "/articles?" + "&".join(f"source=s{n}" for n in range(2000)),
        "/facets/source?limit=1e9",
        "/events?last_event_id=1-1-1",
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/app.py",
    ],
)
async def test_no_hostile_query_is_a_fault_of_ours(hostile_target: str, path: str) -> None:
    host, port = hostile_target.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    first = (await asyncio.wait_for(reader.readline(), 20)).decode()
    writer.close()

    assert re.match(r"HTTP/1\.1 (200|4\d\d) ", first), first


@pytest.fixture(scope="module")
def hostile_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One API for all hostile queries."""
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder / 'archive.sqlite3'}"
    asyncio.run(migrate(url))
    with api(folder, url, NOBODY) as running:
        yield running.url


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_in_order_with_listeners_on_the_line(
    tmp_path: Path, database: str, broker: Valkey, number: signal.Signals
) -> None:
    with api(tmp_path, database, broker.url) as running:
        async with listening(running.url) as events, listening(running.url) as others:
            await asyncio.gather(anext(events), anext(others))
            running.process.send_signal(number)
            code = await asyncio.to_thread(running.process.wait, 30)

        assert code == 0
        assert "Cancel" not in running.log.read_text()
        assert "stopped" in running.log.read_text()


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"API_PORT": "eighty"}, 78, "STEPPEWIRE_API_PORT: Input should be a valid integer"),
        ({"DATABASE": "mongodb://x"}, 78, "STEPPEWIRE_DATABASE"),
        ({"DATABASE": "sqlite:///nowhere/at-all.sqlite3"}, 78, "steppewire_store migrate"),
        ({"REDIS_URL": "http://x"}, 78, "STEPPEWIRE_REDIS_URL"),
        ({"API_HOST": "192.0.2.1"}, 78, "cannot listen on 192.0.2.1"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    tmp_path: Path, changes: dict[str, str], code: int, told: str
) -> None:
    asyncio.run(migrate(f"sqlite:///{tmp_path / 'a.sqlite3'}"))
    ended = subprocess.run(
        command(),
        env=environment(f"sqlite:///{tmp_path / 'a.sqlite3'}", NOBODY, **changes),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    lines = ended.stderr.strip().splitlines()

    assert ended.returncode == code, ended.stderr
    assert told in lines[-1]
    assert "Traceback" not in ended.stderr
