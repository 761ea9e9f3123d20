"""How fast the past is read again, and how fast it is recovered.

    python benchmarks/replay.py [PAGES …] [--limit N] [--workers W] [--records N]

PAGES as for benchmarks/pipeline.py. Each page is put into a raw archive and stored as today's
parser reads it; then `replay` reads all of them again and compares (dry run: nothing changes).
CPU-seconds are those of the command and its child processes, not of broker and database.
Recovery runs over made-up records, with an embedded broker and SQLite: once with nothing in the
database, once with everything finished.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import load_pages
from steppewire.archive import Archive, open_archive
from steppewire.blobs import DirectoryBlobs
from steppewire.delivery.again import Again
from steppewire.delivery.gate import Gate
from steppewire.delivery.upkeep import bootstrap
from steppewire.delivery.way import look
from steppewire.delivery.work import Cpu
from steppewire.errors import SteppewireError
from steppewire.events import ArticleEnriched, ArticleFetched, ArticleParsed, Fetch
from steppewire.identity import link_id
from steppewire.records import DirectoryRecords, FetchRecord
from steppewire.recovery import Counts, Recovery
from steppewire.replay.run import Findings, Replay, Scope
from steppewire.replay.spool import Spool
from steppewire.servers import connect
from steppewire.streams import FETCHED, key
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import enriched
from steppewire_enricher.enrich import enrich
from steppewire_parser.recipe import parse
from steppewire_store.migrate import migrate

SOURCE = "bench.example"


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    began, used = time.perf_counter(), cpu()
    yield
    seconds, used = time.perf_counter() - began, cpu() - used
    print(
        f"  {what:44} {count:7,} in {seconds:6.2f} s {count / seconds:9,.1f} a second"
        f" {count / used:9,.1f} a CPU-second"
    )


def cpu() -> float:
    """Return seconds of processor time of this process and its ended children."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def fetched(url: str, blob: str, size: int, number: int) -> ArticleFetched:
    """Return a page that was fetched some seconds ago."""
    return ArticleFetched(
        fetch=Fetch(
            link_id=link_id(url),
            url=url,
            final_url=url,
            source=SOURCE,
            fetched_at=datetime.now(UTC) - timedelta(seconds=number),
            status=200,
            content_type="text/html",
            blob=blob,
            size=size,
        )
    )


def write(records: DirectoryRecords, events: list[ArticleFetched]) -> None:
    """Write records durably, from as many threads as a fetcher may."""
    with timed("records written, from 32 threads", len(events)), ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda event: records.put(FetchRecord(event=event)), events))


async def replays(folder: Path, paths: list[Path], limit: int | None, workers: int) -> None:
    """Read pages again."""
    blobs, records = DirectoryBlobs(folder / "blobs"), DirectoryRecords(folder / "blobs/fetched")
    bodies = [(page.url, page.file.read_bytes()) for page in load_pages(paths, limit, folder)]
    events = [fetched(u, blobs.put(data), len(data), n) for n, (u, data) in enumerate(bodies)]
    write(records, events)
    reader = partial(parse, blobs=blobs)
    url = f"sqlite:///{folder / 'replay.sqlite3'}"
    await migrate(url)
    async with open_archive(url) as archive:
        stored = await fill(archive, reader, events)
        with timed(f"pages replayed, dry ({workers} processes)", len(events)):
            found = await replay(archive, records, reader, ArticleParsed, workers)
        assert found.changed == 0, found
        with timed(f"articles enriched again ({workers} processes)", stored):
            await replay(archive, records, enrich, ArticleEnriched, workers)


async def fill(
    archive: Archive,
    reader: Callable[[ArticleFetched], ArticleParsed],
    events: list[ArticleFetched],
) -> int:
    """Store every page that is an article, as today's code reads it."""
    articles = []
    for event in events:
        with suppress(SteppewireError):
            articles.append(enrich(reader(event)))
    await archive.save(articles)
    return len(articles)


async def replay(
    archive: Archive,
    records: DirectoryRecords,
    function: Callable[[Any], Any],
    event: type[ArticleParsed] | type[ArticleEnriched],
    workers: int,
) -> Findings:
    now = datetime.now(UTC)
    scope = Scope(SOURCE, now - timedelta(days=30), now, now)
    work = Cpu(function, workers=workers, time_limit=60)
    try:
        with Spool(event) as spool:
            one = Replay(archive, work, scope, spool, 5)
            if event is ArticleParsed:
                await one.parse(records, {}, lambda text: None)
            else:
                await one.enrich(records, lambda text: None)
            return one.found
    finally:
        await work.close()


async def recoveries(folder: Path, count: int) -> None:
    """Recover made-up records."""
    records = DirectoryRecords(folder / "made-up")
    events = [fetched(f"https://{SOURCE}/{n}", "sha256:" + "0" * 64, 1, n) for n in range(count)]
    write(records, events)
    url = f"sqlite:///{folder / 'recover.sqlite3'}"
    await migrate(url)
    with running_valkey(folder / "valkey") as server:
        redis = connect(server.url)
        gate = Gate(redis)
        await bootstrap(gate, 1)
        async with open_archive(url) as archive:
            with timed("recovered, all put back", count):
                await recover(records, archive, gate)
            with timed("recovered again, all on their way", count):
                await recover(records, archive, gate)
            assert await redis.xlen(key(FETCHED.name)) == count
            made = [enriched(n, SOURCE) for n in range(count)]
            pairs = zip(made, events, strict=True)
            done = [m.model_copy(update={"fetch": e.fetch}) for m, e in pairs]
            for start in range(0, count, 500):
                await archive.save(done[start : start + 500])
            with timed("recovered, all finished", count):
                await recover(records, archive, gate)
            with timed("recovered, all finished, --no-links", count):
                await recover(records, archive, gate, links=False)
        await redis.aclose()


async def recover(
    records: DirectoryRecords, archive: Archive, gate: Gate, *, links: bool = True
) -> Counts:
    recovery = Recovery(
        records=records,
        archive=archive,
        again=Again(gate, 1, name="bench", keep=3600),
        way=await look(gate, 1),
        links=links,
        most_waiting=10**9,
        tell=lambda text: None,
    )
    return await recovery.run(records.list())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--records", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="steppewire-bench-") as folder:
        if options.pages:
            print("replay")
            asyncio.run(replays(Path(folder), options.pages, options.limit, options.workers))
        print("recover")
        asyncio.run(recoveries(Path(folder), options.records))


if __name__ == "__main__":
    main()
