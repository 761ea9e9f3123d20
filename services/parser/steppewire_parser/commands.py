"""`steppewire parse`: files or addresses of pages in, articles out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from steppewire.bounds import CPU_SECONDS, within_bounds
from steppewire.commands import inputs
from steppewire.commands.batch import Failed, answers, tell_unread
from steppewire.commands.inputs import Input, Unread, json_line
from steppewire.errors import NotFound, SettingError, Verdict
from steppewire.events import Article, ArticleFetched, ArticleParsed, Fetch
from steppewire.installed import points
from steppewire.near import hint
from steppewire.plugins import CATALOGUES_GROUP, Source, offered
from steppewire.rules import SiteRules
from steppewire.terminal import columns, has_colours
from steppewire_parser.asked import KINDS, MOST_BYTES, Asked
from steppewire_parser.glimpse import is_page, told_address, told_language
from steppewire_parser.memory import give_back, uncollected
from steppewire_parser.record import (
    UNKNOWN_URL,
    ReadLanguage,
    Record,
    language_of,
    record_of,
    refusal,
)
from steppewire_parser.shown import WIDEST, Show

TIME_LIMIT = CPU_SECONDS + 0.5
"""Seconds of computing after which a page's process is ended: it has not obeyed its own bound."""
EXIT_REFUSED = 1
"""Exit status when some input gave no article."""

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE|URL",
        help="HTML files, addresses, - for standard input, @LIST for a list.",
    ),
]


def parse(
    words: Words = None,
    url: Annotated[
        str | None, typer.Option(help="Address that the one file was fetched from.")
    ] = None,
    list_: Annotated[
        list[Path] | None,
        typer.Option(
            "--list", help='Read what a file lists: paths, or JSON lines with "file" and "url".'
        ),
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print one JSON object a line for machines.")
    ] = False,
    source: Annotated[
        str | None, typer.Option(help="Read by the rules of this source, whatever the address.")
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules/--no-rules", help="Use what is known of the page's site.")
    ] = True,
    language: Annotated[
        bool, typer.Option("--language/--no-language", help="Tell the language by the text.")
    ] = True,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Read even what is no article, as well as it goes.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Processes.", show_default="one for each core"),
    ] = None,
) -> None:
    """Read articles out of HTML pages: files, or addresses, which are asked for politely.

    Exit status: 0 when every input gave an article, 1 when some did not.
    """
    given = _given(words or [], list_ or [], url)
    show = None if jsonl else _show()
    reader = Reader(source=source, rules=rules, language=language, anyway=anyway, show=show)
    with ExitStack() as stack:
        remote = any(inputs.is_address(word) for word in words or [])
        at_hand = isinstance(given, list) and not remote and inputs.STDIN not in (words or [])
        asked = given if at_hand else Asked(given, stack)
        out = Out(reader)
        reads = answers(reader, asked, time_limit=TIME_LIMIT, jobs=1 if remote else jobs)
        inputs.write(out.of(one, answer) for one, answer in reads)
    if out.refused:
        out.summary()
        raise typer.Exit(EXIT_REFUSED)


def _given(words: Sequence[str], lists: Sequence[Path], url: str | None) -> Iterable[Input]:
    """Return what is to be read. Raises NotFound when that is nothing, or cannot be meant."""
    if not words and not lists:
        raise NotFound(f"nothing to read: give {KINDS}; `steppewire parse --help` tells more")
    if url is not None and (len(words) != 1 or lists or words[0][:1] == "@"):
        raise NotFound("--url is the address of one file; give many with --list, as JSON lines")
    if url is not None and not is_page(url):
        raise NotFound(f"--url {url!r} is no address of a page; give https://site.kz/article")
    return inputs.inputs_of(words, lists, url=url)


def _show() -> Show:
    return Show(width=columns(WIDEST), colours=has_colours())


class Told(NamedTuple):
    """What is printed for one input."""

    text: bytes
    refused: str | None


@dataclass(frozen=True)
class Reader:
    """How inputs are read. Called, it loads what that takes, once for all processes."""

    source: str | None = None
    rules: bool = True
    language: bool = True
    anyway: bool = False
    show: Show | None = None

    def __call__(self) -> Callable[[Input], Told]:
        """Return the function that reads one input."""
        return Reading(self).told

    def told(self, record: Record) -> Told:
        """Return a record as it is printed."""
        text = self.show.article(record) if self.show else None
        line = json_line(record) if text is None else f"{text}\n".encode("utf-8", "replace")
        return Told(line, record.get("refused"))


_SOME_PAGE = b"<title>A page</title><article><h1>A page</h1><p>By Jane Doe, 1 May 2024</p>"
_NO_ARTICLE = Article(article_id="", version_id="", url=UNKNOWN_URL, source="", title="")


class Reading:
    """Reads one input after another."""

    @uncollected()
    def __init__(self, reader: Reader) -> None:
        give_back()  # before tables are unpacked, or the holes that this leaves are filled by pages
        from steppewire_parser.recipe import parse_page

        self._reader, self._parse = reader, parse_page
        self._named = _source_named(reader.source) if reader.source else None
        owners = offered("owners") if reader.rules and not reader.source else None
        self._owner = owners() if owners else None
        self._language: ReadLanguage | None = offered("language") if reader.language else None
        # what is loaded now is shared by all processes that are forked
        if self._language:
            self._language(_NO_ARTICLE, None)
        with suppress(Verdict):
            self._parsed(Input(""), _SOME_PAGE, UNKNOWN_URL, None, datetime.now(UTC))

    def told(self, one: Input) -> Told:
        """Read one input; whatever becomes of it is told."""
        return self._reader.told(self.record(one))

    def record(self, one: Input) -> Record:
        """Read one input into a record: of an article, or of why there is none."""
        try:
            data = inputs.read(one, most=MOST_BYTES, kinds=KINDS)
            return self._read(one, data)
        except Unread as unread:
            return refusal(one, *unread.fault)
        except Verdict as verdict:
            return refusal(one, verdict.reason, verdict.detail)

    def _read(self, one: Input, data: bytes) -> Record:
        url = one.url if one.url and is_page(one.url) else _told_page(data)
        source = self._named or (self._owner(url) if self._owner else None)
        parsed = self._parsed(one, data, url, source, datetime.now(UTC))
        if "date-relative" in parsed.extraction.facts and (saved := _saved(one)):
            parsed = self._parsed(one, data, url, source, saved)
        language = language_of(parsed, told_language(data), self._language)
        return record_of(one, parsed, source.name if source else None, language)

    def _parsed(
        self, one: Input, data: bytes, url: str, source: Source | None, at: datetime
    ) -> ArticleParsed:
        fetch = Fetch(
            link_id="", url=url, final_url=url, source=source.name if source else "",
            fetched_at=at, status=200, content_type=one.content_type, blob="", size=len(data),
        )  # fmt: skip
        event = ArticleFetched(
            fetch=fetch,
            rules=source.rules if source else SiteRules(),
            language_hint=source.language_of(url) if source else None,
        )
        with within_bounds():
            return self._parse(data, event, anyway=self._reader.anyway)


def _told_page(data: bytes) -> str:
    url = told_address(data)
    return url if url and is_page(url) else UNKNOWN_URL


def _saved(one: Input) -> datetime | None:
    """Return when a file was saved: what "two hours ago" in it is counted back from."""
    if one.data is not None:
        return None
    with suppress(OSError):
        return datetime.fromtimestamp(os.stat(one.name).st_mtime, UTC)
    return None


def _source_named(name: str) -> Source:
    """Return the source of a name. Raises NotFound, or SettingError where none can be loaded."""
    catalogues = points(CATALOGUES_GROUP)
    if not catalogues:
        raise SettingError("--source needs the pack of sources: pip install steppewire-fetcher")
    sources: dict[str, Source] = {s.name: s for point in catalogues for s in point.load()()[0]}
    if name not in sources:
        meant = hint(name, sources, "`steppewire source list` shows all")
        raise NotFound(f"no source is named {name[:100]!r}; {meant}")
    return sources[name]


class Out:
    """What is printed, in order, and what was refused."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._first = reader, True
        self.read, self.refused = 0, Counter[str]()

    def of(self, one: Input, answer: Told | Failed) -> bytes:
        """Return what is printed for an input."""
        told = self._reader.told(refusal(one, *answer)) if isinstance(answer, Failed) else answer
        if told.refused:
            self.refused[told.refused] += 1
        self.read += not told.refused
        show, first = self._reader.show, self._first
        self._first = False
        return told.text if show is None or first else f"{show.between()}\n".encode() + told.text

    def summary(self) -> None:
        """Tell on standard error how many were refused, if there was more than one input."""
        tell_unread(self.read, self.refused)
