"""The pages over a small archive in SQLite: they ask more of it than a test's memory keeps."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from steppewire.archive import open_archive
from steppewire.archive.promise import Archive
from steppewire.testing.samples import enriched
from steppewire_store.migrate import migrate


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three articles of two sources."""
    path = tmp_path_factory.mktemp("pages") / "archive.sqlite3"
    asyncio.run(fill(f"sqlite:///{path}"))
    return path


async def fill(database: str) -> None:
    await migrate(database)
    async with open_archive(database) as archive:
        await archive.save([enriched(1), enriched(2), enriched(3, host="other.test")])


@pytest.fixture
async def archive(filled: Path, tmp_path: Path) -> AsyncIterator[Archive]:
    """The same three articles, for one test."""
    shutil.copy(filled, tmp_path / "archive.sqlite3")
    async with open_archive(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        yield archive
