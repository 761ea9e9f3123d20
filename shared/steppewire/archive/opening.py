"""Opening an archive: from a URL to a database that answers and has the right schema."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from steppewire.archive import tables
from steppewire.archive.engines import (
    CACHE_KIB,
    CACHE_KIB_ONCE,
    make_engine,
    parse,
    reachable,
    shown,
)
from steppewire.archive.promise import Archive
from steppewire.archive.sql import SqlArchive
from steppewire.errors import ArchiveUnreachable, SchemaMismatch

MIGRATE = "python -m steppewire_store migrate"
_LOOK_EVERY = 0.25
"""Seconds between two attempts to reach the database."""


class Opening:
    """An archive that is being opened: `async with open_archive(url) as archive`, or `await` it."""

    def __init__(self, url: URL, patience: float, cache_kib: int) -> None:
        self._url, self._patience, self._cache_kib = url, patience, cache_kib
        self._archive: Archive | None = None

    def __await__(self) -> Generator[Any, None, Archive]:
        """Open; whoever awaits closes the archive."""
        return self._open().__await__()

    async def __aenter__(self) -> Archive:
        self._archive = await self._open()
        return self._archive

    async def __aexit__(self, *_: object) -> None:
        if self._archive is not None:
            await self._archive.close()

    async def _open(self) -> Archive:
        engine = make_engine(self._url, cache_kib=self._cache_kib)
        try:
            await _ready(engine, self._url, time.monotonic() + self._patience)
        except BaseException:
            await engine.dispose()
            raise
        return SqlArchive(engine)


def open_archive(url: str, *, patience: float = 10, once: bool = False) -> Opening:
    """Open the archive at `url`: `sqlite:///path` (four slashes: absolute) or `postgresql://…`.

    For `patience` seconds it waits for a server that starts and for a schema that another service
    is creating. Whoever reads all of it `once` keeps less of a SQLite file in memory. Raises
    SettingError here, ArchiveUnreachable or SchemaMismatch when awaited; each names the remedy.
    """
    return Opening(parse(url), patience, CACHE_KIB_ONCE if once else CACHE_KIB)


async def _ready(engine: AsyncEngine, url: URL, deadline: float) -> None:
    while True:
        try:
            return await _check(engine, url)
        except (ArchiveUnreachable, SchemaMismatch):
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(_LOOK_EVERY)


async def _check(engine: AsyncEngine, url: URL) -> None:
    if _is_missing_file(url):
        raise SchemaMismatch(
            f"there is no database at {shown(url)}: name the newswire's own (--data, --database or "
            f"STEPPEWIRE_DATABASE), or create one: {MIGRATE}"
        )
    with reachable(url):
        async with engine.connect() as connection:
            found = await connection.run_sync(revision)
    if found != tables.REVISION:
        raise SchemaMismatch(_mismatch(url, found))


def _is_missing_file(url: URL) -> bool:
    # opening a SQLite file that is not there would create an empty one
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def revision(connection: Connection) -> str | None:
    """Return the schema's revision; None for a database without one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalars().one_or_none()


def _mismatch(url: URL, found: str | None) -> str:
    if found is not None and found > tables.REVISION:
        return (
            f"the database {shown(url)} has schema {found}, this code knows up to "
            f"{tables.REVISION}: update this service"
        )
    has = f"has schema {found}" if found else "has no schema yet"
    return f"the database {shown(url)} {has}, {tables.REVISION} is needed; run: {MIGRATE}"
