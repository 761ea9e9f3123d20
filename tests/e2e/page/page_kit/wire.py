"""The newswire, as far as a reader sees it: an API over a database and a broker."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from page_kit.records import ARTICLES, chronicle, enriched
from page_kit.traces import counted, notified, watched
from steppewire import keys
from steppewire.archive import open_archive
from steppewire.events import (
    ArticleEnriched,
    ArticleStored,
)
from steppewire.servers import connect
from steppewire.streams import (
    STORED,
    key,
)
from steppewire.testing.redis import running_valkey
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace
from steppewire_store.migrate import migrate


@dataclass
class Wire:
    """A running API, and what stands behind it."""

    url: str
    database: str
    broker: Valkey
    redis: Redis
    process: subprocess.Popen[bytes]
    log: Path
    key: str
    """An API key with the scope `operate`."""

    async def scene(self) -> None:
        """Leave the traces of a newswire that has run for a while."""
        await counted(self.redis)
        await watched(self.redis)
        await notified(self.redis, self.database)

    async def store(self, *events: ArticleEnriched) -> list[ArticleStored]:
        """Do what the store does: save, then say so."""
        async with open_archive(self.database) as archive:
            stored = await archive.save(events)
        for event in stored:
            fields: Any = encode(event, new_trace())
            await self.redis.xadd(key(STORED.name), fields)
        return stored


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the articles of articles.toml."""
    path = tmp_path_factory.mktemp("page") / "seeded.sqlite3"

    async def seed() -> None:
        url = f"sqlite:///{path}"
        await migrate(url)
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        async with open_archive(url) as archive:
            await archive.save([enriched(told, now) for told in (*ARTICLES, *chronicle())])
            edits = [told | edit for told in ARTICLES for edit in told.get("edit", ())]
            await archive.save([enriched(told, now + timedelta(minutes=1)) for told in edits])

    asyncio.run(seed())
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wire(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    """The API as its own process on the seeded database; for tests that only read."""
    folder = tmp_path_factory.mktemp("wire")
    shutil.copy(seeded, folder / "archive.sqlite3")
    async with _running(folder) as running:
        await running.scene()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def own_wire(seeded: Path, tmp_path: Path) -> AsyncIterator[Wire]:
    """The same, for one test that changes or ends it."""
    shutil.copy(seeded, tmp_path / "archive.sqlite3")
    async with _running(tmp_path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def quiet_wire(tmp_path: Path) -> AsyncIterator[Wire]:
    """The API on a database without articles."""
    await migrate(f"sqlite:///{tmp_path / 'archive.sqlite3'}")
    async with _running(tmp_path) as running:
        yield running


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[Wire]:
    database = f"sqlite:///{folder / 'archive.sqlite3'}"
    with running_valkey(folder / "valkey", durable=True) as broker:
        redis = connect(broker.url)
        token, kept = keys.make("page", ["operate"], datetime.now(UTC))
        keys.write(folder / "keys.json", [kept])
        with _api(database, broker.url, folder / "api.log") as (url, process):
            yield Wire(url, database, broker, redis, process, folder / "api.log", token)
        await redis.aclose()


@contextmanager
def _api(database: str, broker: str, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `python -m steppewire_api` on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    settings = {
        "DATABASE": database,
        "REDIS_URL": broker,
        "API_PORT": str(port),
        "API_KEYS": str(log.with_name("keys.json")),
        "API_RATE": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        stderr=log.open("wb"),
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process, log)
        yield url, process
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(f"{url}/health/ready"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the api did not get ready: {log.read_text()}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def news() -> Callable[..., ArticleEnriched]:
    """Makes articles that have just been published; equal numbers, equal address."""

    def make(number: int, **changes: Any) -> ArticleEnriched:
        told = {
            "url": f"https://fresh.example/{number}",
            "source": "fresh",
            "language": "en",
            "title": f"Fresh news number {number}",
            "minutes": 0,
            "paragraphs": [f"Number {number} happened a moment ago."],
        }
        return enriched(told | changes, datetime.now(UTC) + timedelta(seconds=number))

    return make
