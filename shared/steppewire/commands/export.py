"""`steppewire export`: articles of the archive as JSON Lines, Parquet, or a WARC of their pages."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, cast

import typer

from steppewire.commands.reach import Blobs, Data, Database, blobs_address, database_address
from steppewire.commands.talk import needs, progress
from steppewire.errors import NotFound
from steppewire.moments import read_moment

if TYPE_CHECKING:
    from steppewire.archive import Archive, Query, Record

STDOUT = "-"
_PAGE = 200


class Form(StrEnum):
    """What is written."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    WARC = "warc"


_ENDINGS = {
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".parquet": Form.PARQUET,
    ".warc": Form.WARC,
}


def export(
    context: typer.Context,
    output: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Where to; `.gz` packs JSON Lines and WARC.")
    ],
    form: Annotated[
        Form | None,
        typer.Option("--format", help="What to write.", show_default="by FILE's ending"),
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Of this language: kk, uz-Latn. May be repeated.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Of this source. May be repeated.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(help="That name this entity, by id or any name.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="That have all these words.")] = None,
    since: Annotated[str | None, typer.Option(help="Published since: 2026-11-20, 36h, 2d.")] = None,
    until: Annotated[str | None, typer.Option(help="Published until.")] = None,
    versions: Annotated[
        bool, typer.Option("--versions", help="All versions, not the current ones only.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    data: Data = None,
    database: Database = None,
    blobs: Blobs = None,
) -> None:
    """Write articles to a file: all of them, or those that match, the newest first.

    Memory stays bounded, and the newswire may work meanwhile. A file appears under its name only
    once it is whole.
    """
    with needs("sqlalchemy", "warcio"):
        from steppewire.archive import Query, open_archive
    now = datetime.now(UTC)
    asked = Query(
        language=tuple(language or ()),
        source=tuple(source or ()),
        entity=entity,
        text=text,
        since=read_moment(since, now) if since else None,
        until=read_moment(until, now) if until else None,
        limit=_PAGE,
    )
    chosen = form or form_of(output)
    address = database_address(context, database, data)
    store = blobs_address(context, blobs, data)

    async def work(out: IO[bytes], tell: Callable[[str], None]) -> Counts:
        packed = output.endswith(".gz")
        async with open_archive(address, patience=2, once=True) as archive:
            with _writer(chosen, out, store, packed=packed) as writer:
                counts = await _write(archive, asked, writer, tell, versions=versions)
                counts.missing = getattr(writer, "missing", 0)
                return counts

    with progress("export") as tell, _file(output, force=force) as out:
        counts = asyncio.run(work(out, tell))
    print(counts.told(output, pages=chosen is Form.WARC), file=sys.stderr)


@dataclass
class Counts:
    """What was written."""

    articles: int = 0
    records: int = 0
    missing: int = 0
    """Pages that are not in the blob store any more."""

    def told(self, output: str, *, pages: bool) -> str:
        """Return it in words."""
        what = _counted(self.articles, "article")
        if pages:
            what += f", {_counted(self.records - self.missing, 'page')}"
        elif self.records != self.articles:
            what += f", {_counted(self.records, 'version')}"
        if self.missing:
            what += f"; {_counted(self.missing, 'page')} not in the blob store"
        return f"{what} → {'standard output' if output == STDOUT else output}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def form_of(output: str) -> Form:
    """Return what a file's name says is wanted. Raises NotFound."""
    if output == STDOUT:
        return Form.JSONL
    path = Path(output.removesuffix(".gz"))
    if path.suffix not in _ENDINGS:
        endings = ", ".join(_ENDINGS)
        raise NotFound(
            f"{output!r}: what to write? give --format, or a name that ends in {endings}"
        )
    return _ENDINGS[path.suffix]


async def _write(
    archive: Archive, asked: Query, writer: Any, tell: Callable[[str], None], *, versions: bool
) -> Counts:
    counts = Counts()
    async for page in _pages(archive, asked):
        counts.articles += len(page)
        records = page
        if versions:
            ids = [record.article.article_id for record in page]
            known = await archive.histories(ids)
            records = [version for id_ in ids for version in known.get(id_, ())]
        counts.records += len(records)
        await asyncio.to_thread(writer.write, records)
        tell(f"{counts.articles:,} articles")
    return counts


async def _pages(archive: Archive, asked: Query) -> AsyncIterator[list[Record]]:
    cursor: str | None = None
    while True:
        found = await archive.find(asked.model_copy(update={"cursor": cursor}))
        if found.items:
            yield list(found.items)
        if found.next is None:
            return
        cursor = found.next


@contextmanager
def _writer(form: Form, out: IO[bytes], store: str, *, packed: bool) -> Iterator[Any]:
    from steppewire.blobs import open_blobs
    from steppewire.interchange.lines import Lines
    from steppewire.interchange.tables import Tables
    from steppewire.interchange.warcs import Warcs
    from steppewire.records import open_records

    with ExitStack() as stack:
        if form is Form.PARQUET:
            yield stack.enter_context(Tables(out))
        elif form is Form.WARC:
            warcs = Warcs(out, open_blobs(store), open_records(store), packed=packed)
            yield stack.enter_context(warcs)
        else:
            if packed:
                packing = gzip.GzipFile(fileobj=out, mode="wb", mtime=0)
                out = cast("IO[bytes]", stack.enter_context(packing))
            yield stack.enter_context(Lines(out))


@contextmanager
def _file(output: str, *, force: bool) -> Iterator[IO[bytes]]:
    """Open what is written to; a file gets its name once it is whole."""
    if output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    if path.exists() and not force:
        raise NotFound(f"{output} is there already: give another name, or --force")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise NotFound(f"{output} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
