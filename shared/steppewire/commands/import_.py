"""`steppewire import`: pages of a WARC, or articles of JSON Lines, through the pipeline."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from enum import StrEnum
from io import BufferedReader
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, cast

import typer
from redis.asyncio import Redis

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
from steppewire.commands.talk import needs, progress
from steppewire.errors import NotFound

if TYPE_CHECKING:
    from steppewire.events import ArticleEnriched, ArticleParsed
    from steppewire.interchange.bringing import Bringing, Brought

STDIN = "-"
_GZIP = b"\x1f\x8b"


class Form(StrEnum):
    """As what articles of JSON Lines go onto the path."""

    ENRICHED = "enriched"
    PARSED = "parsed"


def import_(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE|-", help="WARC or JSON Lines, packed by gzip or not."),
    ],
    form: Annotated[
        Form,
        typer.Option("--as", help="JSON Lines: as they are, or to be enriched by today's models."),
    ] = Form.ENRICHED,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what is new.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was brought before and is not stored.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    database: Database = None,
    blobs: Blobs = None,
    partitions: Partitions = 1,
) -> None:
    """Bring an archive into the newswire, each page or article once.

    Pages of a WARC are kept in the blob store and read by today's parser; lines of an export go
    to the store as they are. What is there already is left alone, so that it may be run twice.
    """
    with needs("sqlalchemy", "structlog", "warcio"):
        from steppewire.archive import open_archive
        from steppewire.blobs import open_blobs
        from steppewire.delivery.again import Again
        from steppewire.delivery.gate import Gate
        from steppewire.delivery.upkeep import bootstrap
        from steppewire.interchange.bringing import KEEP, REMEMBERED, Bringing
        from steppewire.records import open_records
    for name in files:
        if name != STDIN and not Path(name).is_file():
            raise NotFound(f"no file {name}: give a WARC, or JSON Lines as `export` writes them")
    store = blobs_address(context, blobs, data)

    async def work(redis: Redis) -> Brought:
        gate = Gate(redis)
        put = Again(gate, partitions, name=REMEMBERED, keep=KEEP)
        async with open_archive(database_address(context, database, data), patience=2) as archive:
            if not dry_run:
                await bootstrap(gate, partitions)
                if again:
                    await put.forget()
            with progress("import", quiet=as_json) as tell:
                bringing = Bringing(
                    archive=archive,
                    again=put,
                    blobs=open_blobs(store),
                    records=open_records(store),
                    dry=dry_run,
                    tell=tell,
                )
                for name in files:
                    await _bring(name, bringing, form)
                return bringing.counts

    counts = ask(broker_address(redis_url, data), work)
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, **asdict(counts)}, indent=2))
    else:
        typer.echo(told(counts, dry=dry_run))
    if counts.skipped and not counts.looked_at:
        raise typer.Exit(1)


async def _bring(name: str, bringing: Bringing, form: Form) -> None:
    from steppewire.interchange import lines, warcs
    from steppewire.plugins import offered

    with _raw(name) as file:
        first = beginning(file.peek(1024))
        skipped = bringing.counts.skipped
        try:
            if warcs.is_warc(first):
                owners = offered("owners")
                # records are packed one by one, which the library itself unpacks
                found = warcs.pages(file, owners() if owners else None, skipped)
                await bringing.pages(found)
            elif lines.is_json(first):
                await bringing.articles(_articles(name, _unpacked(file), form, skipped))
            elif first:
                raise NotFound(f"{name} is neither a WARC nor JSON Lines")
        except (warcs.DAMAGED, EOFError, OSError) as error:
            done = bringing.counts.looked_at
            raise NotFound(f"{name} is damaged after {done:,} records: {error}") from None


def _articles(
    name: str, file: IO[bytes], form: Form, skipped: dict[str, int]
) -> Iterator[ArticleEnriched | ArticleParsed]:
    from steppewire.interchange import lines

    for number, line in lines.lines_of(file):
        try:
            yield lines.event_of(line, form.value)
        except lines.Unreadable as error:
            skipped["no-article"] = skipped.get("no-article", 0) + 1
            print(f"{name}, line {number}: {error}", file=sys.stderr)


def beginning(data: bytes) -> bytes:
    """Return how a file begins, unpacked."""
    if not data.startswith(_GZIP):
        return data
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(data, 64)
    return b"?"


def _unpacked(file: BufferedReader) -> IO[bytes]:
    if not file.peek(2).startswith(_GZIP):
        return file
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file))


@contextmanager
def _raw(name: str) -> Iterator[BufferedReader]:
    if name == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    with Path(name).open("rb") as file:
        yield file


def told(counts: Brought, *, dry: bool) -> str:
    """Return in words what was done."""
    rows = [
        (counts.looked_at, "looked at"),
        (counts.finished, "in the database already"),
        (counts.brought, "would be brought" if dry else "brought"),
    ]
    if counts.before:
        rows.append((counts.before, "brought before, not stored; to try again: --again"))
    rows += [(count, f"left out: {reason}") for reason, count in sorted(counts.skipped.items())]
    width = max(len(f"{count:,}") for count, _ in rows)
    return "\n".join(f"{count:>{width},}  {what}" for count, what in rows)
