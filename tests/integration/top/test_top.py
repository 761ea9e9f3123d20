"""`steppewire top`, as a person watches a newswire: a real API over a real broker and database."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.errors import Reject
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import TITLE, enriched
from steppewire.testing.service import dead_letters, discovered, publish, serving, until
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

TOP = (sys.executable, "-m", "steppewire.cli", "top")


@dataclass(frozen=True)
class Api:
    """A running API."""

    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture
async def api(redis: Redis, valkey: Valkey, tmp_path: Path) -> AsyncIterator[Api]:
    """The API over one article and two dead letters."""
    database = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    await migrate(database)
    async with open_archive(database) as archive:
        await archive.save([enriched(1)])
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(2)])
    async with serving(valkey.url, lambda s: s.each(FETCH, refuse)):
        await until(lambda: both_are_dead(redis), what="two dead letters")
    settings = {"DATABASE": database, "REDIS_URL": valkey.url, "API_PORT": "0", "API_WAIT": "0"}
    log = tmp_path / "api.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        stderr=log.open("wb"),
    )
    try:
        await until(lambda: told(log), what="the API")
        yield Api(re.findall(r"http://127\.0\.0\.1:\d+", log.read_text())[0], process)
    finally:
        process.kill()
        process.wait()


async def refuse(event: ArticleDiscovered) -> ArticleFetched:
    raise Reject("too-large")


async def both_are_dead(redis: Redis) -> bool:
    return len(await dead_letters(redis, FETCH)) == 2


async def told(log: Path) -> bool:
    return "http://127.0.0.1:" in log.read_text()


async def top(*arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run, [*TOP, *arguments], capture_output=True, text=True, timeout=60
    )


async def test_once_it_prints_stages_letters_and_headlines(api):
    said = await top("--api", api.url, "--once")

    assert said.returncode == 0, said.stderr
    assert re.search(r"fetch +0 +0 +2 +0", said.stdout)
    assert "too-large 2" in said.stdout
    assert "dead letters: 2" in said.stdout
    assert TITLE in said.stdout


async def test_it_follows_what_happens_until_ctrl_c(api):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*TOP, "--api", api.url, "--every", "0.1"],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    seen = bytearray()
    await asyncio.to_thread(read_until, ours, seen, b"dead letters: 2")
    api.process.kill()
    await asyncio.to_thread(read_until, ours, seen, f"no answer from {api.url}".encode())
    process.send_signal(signal.SIGINT)

    status = await asyncio.to_thread(process.wait, 30)
    os.close(theirs)
    assert status == 0, seen.decode("utf-8", "replace")
    assert b"Traceback" not in seen


def read_until(terminal: int, seen: bytearray, wanted: bytes) -> None:
    deadline = time.monotonic() + 30
    while wanted not in seen:
        assert time.monotonic() < deadline, seen.decode("utf-8", "replace")
        seen += os.read(terminal, 65_536)


@pytest.mark.parametrize(
    ("address", "status"),
    [("http://127.0.0.1:1", 69), ("localhost:8080", 78), ("http://[::", 69), ("http://a b", 69)],
)
async def test_an_address_without_a_newswire_is_one_clear_line(address, status):
    said = await top("--api", address)

    [line] = said.stderr.splitlines()
    assert said.returncode == status
    assert line.startswith("steppewire: ")
    assert "--api" in line or "http://host:port" in line


async def test_a_server_that_is_no_api_is_told(tmp_path):
    from steppewire.ports import free_port

    port = free_port()
    with running_valkey(tmp_path / "valkey", port=port):
        said = await top("--api", f"http://127.0.0.1:{port}")

    assert said.returncode == 69
    assert "no newswire's API answers" in said.stderr
