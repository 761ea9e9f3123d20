"""Whoever reads all of an archive once holds a page of it, however large it is."""

from __future__ import annotations

import gc

from sqlalchemy import text

from steppewire.archive import Query, Record, open_archive
from steppewire.archive.engines import CACHE_KIB, CACHE_KIB_ONCE, make_engine, parse
from steppewire.commands.export import _write
from steppewire.testing.articles import story


class Counting:
    """Writes nothing, and counts which records are held meanwhile."""

    def __init__(self) -> None:
        self.held: list[int] = []

    def write(self, records: object) -> None:
        gc.collect()
        self.held.append(sum(isinstance(one, Record) for one in gc.get_objects()))


async def test_an_export_holds_two_pages_at_most(url: str) -> None:
    writer = Counting()
    async with open_archive(url, patience=0, once=True) as archive:
        await archive.save([story(n) for n in range(60)], index=False)
        counts = await _write(archive, Query(limit=5), writer, lambda said: None, versions=True)

    assert counts.records == 60
    assert len(writer.held) == 12
    # the page of articles, and of each all versions
    assert max(writer.held) <= 10


async def test_of_a_file_that_is_read_once_little_stays_in_memory(sqlite_url: str) -> None:
    """Else SQLite keeps pages up to 64 MB, which looks like a leak until then."""
    for kib in (CACHE_KIB, CACHE_KIB_ONCE):
        engine = make_engine(parse(sqlite_url), cache_kib=kib)
        async with engine.connect() as connection:
            size = (await connection.execute(text("PRAGMA cache_size"))).scalar_one()
        await engine.dispose()
        assert size == -kib

    archive = await open_archive(sqlite_url, once=True)
    async with archive._engine.connect() as connection:  # type: ignore[attr-defined]
        size = (await connection.execute(text("PRAGMA cache_size"))).scalar_one()
    await archive.close()
    assert size == -CACHE_KIB_ONCE
