"""`steppewire recover`: after the broker's memory was lost, put back what is not finished."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from steppewire.commands.reach import (
    Blobs,
    Data,
    Database,
    Partitions,
    RedisUrl,
    ask,
    blobs_address,
    broker_address,
    database_address,
)
from steppewire.commands.talk import known_source, needs, progress, raw_archive
from steppewire.moments import read_window

if TYPE_CHECKING:
    from steppewire.recovery import Counts


def recover(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was fetched since: 2026-11-20, 36h, 2d.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what is missing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what an earlier recovery has put back.")
    ] = False,
    links: Annotated[
        bool, typer.Option(help="Mark the links as seen, so that they are not fetched anew.")
    ] = True,
    pace: Annotated[
        float,
        typer.Option(min=0, help="Pages a second put back at most; 0: what there is room for."),
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    database: Database = None,
    blobs: Blobs = None,
    partitions: Partitions = 1,
) -> None:
    """Put back what was fetched and is neither in the database nor on its way there.

    For after the broker lost its memory (FLUSHALL, a deleted stream, a disk that is gone). It may
    run while the newswire works, and twice: each page is put back once.
    """
    with needs("sqlalchemy", "structlog", "pebble"):
        from steppewire.archive import open_archive
        from steppewire.delivery.again import Again
        from steppewire.delivery.gate import Gate
        from steppewire.delivery.upkeep import bootstrap
        from steppewire.delivery.way import look
        from steppewire.recovery import KEEP, REMEMBERED, Recovery, let_arrive
    now = datetime.now(UTC)
    start, _ = read_window(since, None, now)
    broker = broker_address(redis_url, data)
    records = raw_archive(blobs_address(context, blobs, data))
    if source is not None:
        known_source(source, records.sources())

    async def work(redis: Redis) -> Counts:
        gate = Gate(redis)
        put_back = Again(gate, partitions, name=REMEMBERED, keep=KEEP)
        async with open_archive(database_address(context, database, data), patience=2) as archive:
            await let_arrive(records, now)
            if not dry_run:
                await bootstrap(gate, partitions)
            if again and not dry_run:
                await put_back.forget()
            with progress("recover", quiet=as_json) as tell:
                recovery = Recovery(
                    records=records,
                    archive=archive,
                    again=put_back,
                    way=await look(gate, partitions),
                    dry=dry_run,
                    links=links,
                    pace=pace,
                    tell=tell,
                )
                return await recovery.run(records.list(source=source, since=start, until=now))

    counts = ask(broker, work)
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, **asdict(counts)}, indent=2))
    else:
        Console(highlight=False).print(summary(counts, dry=dry_run))


def summary(counts: Counts, *, dry: bool) -> Table:
    """Return what was done as a table."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    for number, what, note in (
        (counts.looked_at, "fetches looked at", ""),
        (counts.finished, "finished", "in the database"),
        (counts.waiting, "on their way", ""),
        (counts.put_back, "would be put back" if dry else "put back", "as articles.fetched"),
    ):
        table.add_row(f"{number:,}", what, f"[dim]{note}[/dim]")
    for number, what, note in (
        (counts.dead, "dead letters", "see steppewire dead list"),
        (counts.ended, "ended", "put back before, and no articles; to try again: --again"),
        (counts.too_old, "too old", "fetched before all that the archive has made room for"),
        (counts.unreadable, "unreadable records", ""),
        (counts.links, "links marked as seen", ""),
    ):
        if number:
            table.add_row(f"{number:,}", what, f"[dim]{note}[/dim]")
    return table
