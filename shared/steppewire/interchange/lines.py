"""JSON Lines: one record a line, out of the archive and back onto the path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from steppewire.archive.promise import Record
from steppewire.events import Article, ArticleEnriched, ArticleParsed, Enrichment, Extraction, Fetch

As = Literal["enriched", "parsed"]
_OF_A_QUERY = {"snippet", "title_marked", "copies", "reports"}
"""What a record says of others, or of what was asked."""
LONGEST = 64 * 1024 * 1024
"""Bytes of a line; an article has some thousand."""


class Lines:
    """Writes records as JSON Lines."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.flush()

    def write(self, records: Sequence[Record]) -> None:
        """Write some records."""
        for record in records:
            self._out.write(record.model_dump_json(exclude=_OF_A_QUERY).encode() + b"\n")


class _Line(BaseModel):
    """What a line must have; what is more is ignored."""

    model_config = ConfigDict(extra="ignore")

    article: Article
    fetch: Fetch
    extraction: Extraction
    enrichment: Enrichment | None = None


class Unreadable(Exception):
    """A line is none of an export."""


def event_of(line: bytes, form: As) -> ArticleEnriched | ArticleParsed:
    """Return the event that a line tells of. Raises Unreadable, which says why."""
    try:
        said = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Unreadable(f"{where}: {first['msg']}" if where else first["msg"]) from None
    if form == "parsed":
        return ArticleParsed(article=said.article, fetch=said.fetch, extraction=said.extraction)
    if said.enrichment is None:
        raise Unreadable("no enrichment; import it with --as parsed")
    return ArticleEnriched(
        article=said.article,
        enrichment=said.enrichment,
        fetch=said.fetch,
        extraction=said.extraction,
    )


def lines_of(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield lines that say anything, with their numbers; one that is too long is cut."""
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        while not line.endswith(b"\n") and len(line) == LONGEST and file.readline(LONGEST):
            pass
        if line.strip():
            yield number, line


def is_json(first: bytes) -> bool:
    """Tell whether a file begins as JSON Lines do."""
    return first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
