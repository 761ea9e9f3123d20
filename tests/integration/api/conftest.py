"""The API in this process, over a real database."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.archive.hooks import Book
from steppewire.archive.promise import Archive
from steppewire.delivery.gate import Gate
from steppewire.quarantine import Quarantine
from steppewire_api.app import described
from steppewire_api.gauges import Gauges
from steppewire_api.live import Live
from steppewire_api.web import build
from steppewire_store.migrate import migrate

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def stored(empty_database: Path, tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty database."""
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'archive.sqlite3')}"
    async with open_archive(url) as archive:
        yield archive


@pytest.fixture
async def reader(stored: Archive, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks the API over that database."""
    redis = Redis.from_url(NOBODY)
    app = build(
        stored,
        Gauges(redis),
        Live(stored, redis, described),
        Quarantine(Gate(redis)),
        Book.at(f"sqlite:///{tmp_path / 'archive.sqlite3'}"),
        broker=NOBODY,
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client
    await redis.aclose()
