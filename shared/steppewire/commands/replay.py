"""`steppewire replay`: read the past again with today's code; look first, then apply."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from redis.asyncio import Redis
from rich.console import Console

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
from steppewire.errors import SettingError
from steppewire.moments import read_window

if TYPE_CHECKING:
    from steppewire.archive import Archive
    from steppewire.records import DirectoryRecords
    from steppewire.replay.run import Findings, Scope
    from steppewire.replay.spool import Spool

_TIME_LIMIT = 60.0
"""Seconds for one page, as in the services."""
_WIDTH = 120
"""Columns of what goes into a pipe."""


def replay(
    context: typer.Context,
    source: Annotated[str, typer.Option(help="The source whose pages are read again.")],
    since: Annotated[str, typer.Option(help="Pages fetched since: 2026-11-20, 36h, 2d.")],
    until: Annotated[str | None, typer.Option(help="… and before.", show_default="now")] = None,
    stage: Annotated[str, typer.Option(help="What is done again: parse or enrich.")] = "parse",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what changes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    sample: Annotated[int, typer.Option(min=0, help="So many changes are shown in full.")] = 5,
    pace: Annotated[float, typer.Option(min=0.01, help="Articles a second at most.")] = 100.0,
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Processes that compute; 0: one a core.")
    ] = 0,
    sources_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="STEPPEWIRE_SOURCES_DIR",
            help="TOML sources whose rules of today count.",
            show_default="sources in the data folder",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    database: Database = None,
    blobs: Blobs = None,
    partitions: Partitions = 1,
) -> None:
    """Read archived pages (or stored articles) again, show what changes, then apply it.

    Changes go the ordinary way, slowly enough that live work hardly waits: other content becomes
    a new version in the old one's place, other facts renew the version. What was fetched later
    stays the newest. Twice has one effect.
    """
    with needs("sqlalchemy", "structlog", "pebble"):
        from steppewire.archive import open_archive
        from steppewire.replay.run import Scope
        from steppewire.replay.spool import Spool
    now = datetime.now(UTC)
    start, end = read_window(since, until, now)
    assert start is not None
    scope = Scope(source, start, end or now, now)
    code = _Code(stage, sources_dir or _own_sources(data), blobs_address(context, blobs, data))
    address = database_address(context, database, data)
    if not dry_run:
        # better known before an hour of reading than after it
        ask(broker_address(redis_url, data), lambda redis: asyncio.sleep(0))

    async def find(spool: Spool) -> Findings:
        async with open_archive(address, patience=2) as archive:
            await _doubt(archive, code.records, source)
            return await code.run(archive, scope, spool, sample, workers, quiet=as_json)

    with Spool(code.event) as spool:
        found = asyncio.run(find(spool))
        if not as_json:
            _show(found, code, scope)
        applied = None
        if not dry_run and found.changed:
            _confirm(found, yes=yes)
            applied = ask(
                broker_address(redis_url, data),
                lambda redis: _apply(redis, partitions, spool, scope, pace, quiet=as_json),
            )
        _report(found, applied, scope, stage, as_json=as_json, dry_run=dry_run)


class _Code:
    """Today's code of a stage, and what it reads with."""

    def __init__(self, stage: str, sources: Path | None, blobs: str) -> None:
        from steppewire.blobs import open_blobs
        from steppewire.events import ArticleEnriched, ArticleParsed
        from steppewire.records import open_records
        from steppewire.replay.offers import stage_offer, todays_rules

        offer = stage_offer(stage)
        self.stage, self.name = stage, offer.code
        self.records: DirectoryRecords = open_records(blobs)
        self.rules: Any = {}
        self.rules_by = ""
        self.event: type[ArticleParsed] | type[ArticleEnriched] = ArticleEnriched
        self.function = offer.function
        if stage == "parse":
            self.event = ArticleParsed
            self.function = partial(offer.function, blobs=open_blobs(blobs))
            self.rules, self.rules_by = todays_rules(sources)
            raw_archive(blobs)

    async def run(
        self,
        archive: Archive,
        scope: Scope,
        spool: Spool,
        sample: int,
        workers: int,
        *,
        quiet: bool,
    ) -> Findings:
        """Read everything again in child processes."""
        from steppewire.delivery.work import Cpu
        from steppewire.replay.run import Replay

        work = Cpu(self.function, workers=workers or os.cpu_count() or 1, time_limit=_TIME_LIMIT)
        try:
            one = Replay(archive, work, scope, spool, sample)
            with progress("replay", quiet=quiet) as tell:
                if self.stage == "parse":
                    await one.parse(self.records, self.rules, tell)
                else:
                    await one.enrich(self.records, tell)
            return one.found
        finally:
            await work.close()


async def _apply(
    redis: Redis, partitions: int, spool: Spool, scope: Scope, pace: float, *, quiet: bool
) -> int:
    from steppewire.delivery.again import Again
    from steppewire.delivery.gate import Gate
    from steppewire.delivery.upkeep import bootstrap
    from steppewire.delivery.way import look
    from steppewire.replay.run import KEEP, REMEMBERED, apply

    gate = Gate(redis)
    await bootstrap(gate, partitions)
    again = Again(gate, partitions, name=REMEMBERED, keep=KEEP)
    with progress("replay", quiet=quiet) as tell:
        way = await look(gate, partitions)
        return await apply(spool, again, way, scope, pace=pace, tell=tell)


async def _doubt(archive: Archive, records: DirectoryRecords, source: str) -> None:
    """Refuse a source of which nothing is known. Raises NotFound."""
    stored = {facet.value for facet in await archive.facets("source", limit=10_000)}
    known_source(source, stored | await asyncio.to_thread(records.sources))


def _own_sources(data: Path | None) -> Path | None:
    from steppewire.commands.reach import DEFAULT_DATA

    folder = (data or DEFAULT_DATA) / "sources"
    return folder if folder.is_dir() else None


def _confirm(found: Findings, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise SettingError(
            f"{found.changed} articles would change: say --yes, or look with --dry-run"
        )
    typer.confirm(f"Apply these changes to {found.changed} articles?", abort=True, err=True)


def _show(found: Findings, code: _Code, scope: Scope) -> None:
    from steppewire.commands import replay_view as view

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    rules = f", rules of {code.rules_by}" if scope.source in code.rules else ""
    kept = ", rules as recorded" if code.stage == "parse" and not rules else ""
    for change in found.sample:
        console.print(view.change_page(change))
    console.print(view.summary(found, scope, f"{code.name}{rules}{kept}"))


def _report(
    found: Findings,
    applied: int | None,
    scope: Scope,
    stage: str,
    *,
    as_json: bool,
    dry_run: bool,
) -> None:
    from steppewire.commands import replay_view as view

    if as_json:
        answer = view.findings_json(found, scope, stage)
        text = json.dumps({**answer, "applied": applied}, ensure_ascii=False, indent=2)
        typer.echo(text.encode("utf-8", "backslashreplace"))
    elif applied is not None:
        typer.echo(f"applied: {applied} on their way to the database")
    elif found.changed:
        typer.echo("nothing was changed: this was a dry run")
    else:
        typer.echo("nothing to change")
