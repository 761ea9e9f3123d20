"""`steppewire enrich`: texts in, languages and entities out."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from steppewire.commands import inputs
from steppewire.commands.batch import Failed, answers
from steppewire.commands.inputs import Input, Lines, Unread, json_line
from steppewire.errors import NotFound
from steppewire_enricher.given import KINDS, Given, article_of, cut, given_of, given_of_json
from steppewire_enricher.shown import WIDEST, Show
from steppewire_enricher.told import Record, languages_record, record_of, refusal

TIME_LIMIT = 20.0
"""Seconds of computing that a text may take."""
MOST_BYTES = 16_000_000
"""Longest text that is read, or line of JSON."""
LINES = 64
"""Most lines that a process is given at a time: of short ones, thousands pass in a second."""
EXIT_REFUSED = 1
"""Exit status when some input could not be read."""


class Only(StrEnum):
    """What alone is asked for."""

    LANGUAGE = "language"


def enrich(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...|-",
            help="Text files, articles as JSON, JSON lines; - for JSON lines on standard input.",
        ),
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print one JSON object a line for machines.")
    ] = False,
    only: Annotated[
        Only | None, typer.Option(help="Tell the languages and nothing else: quick.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes. [default: one for each core]")
    ] = None,
) -> None:
    """Tell what texts are written in, and whom and what they name.

    A line of JSON holds `text` and, if known, `title`, `language`, `published`; answers come in
    the order of the lines. Exit status: 0 when every input was read, 1 when some were not.
    """
    if not words:
        raise NotFound(f"nothing to read: give {KINDS}; `steppewire enrich --help` tells more")
    show = None if jsonl else _show()
    reader, out = Reader(only, show), Out(show)
    told = answers(reader, Asked(words), time_limit=TIME_LIMIT, jobs=jobs, chunk=LINES)
    inputs.write(out.of(asked, answer) for asked, answer in told)
    if out.refused:
        out.summary()
        raise typer.Exit(EXIT_REFUSED)


def _show() -> Show:
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return Show(width=shutil.get_terminal_size((WIDEST, 24)).columns, colours=colours)


class Ask(NamedTuple):
    """One thing to read: a file, or a line of JSON."""

    name: str
    line: bytes | None = None


class Asked:
    """The inputs in their order; lines are taken as they come, so that a partner is answered."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self._lines: Lines | None = None
        self._file: Iterator[Ask] | None = None

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        return not (self._words or self._lines or self._file)

    def fileno(self) -> int:
        """Return standard input: nothing else is waited for."""
        return inputs.STDIN_DESCRIPTOR

    def take(self, most: int) -> list[Ask]:
        """Return what is at hand, at most so many."""
        taken: list[Ask] = []
        while len(taken) < most and not self.over:
            got = self._next(most - len(taken))
            taken += got
            if self._lines is not None and not got:
                break  # the next line is not there yet
        return taken

    def _next(self, most: int) -> list[Ask]:
        if self._lines is not None:
            return self._of_lines(self._lines, most)
        if self._file is not None:
            got = list(islice(self._file, most))
            self._file = self._file if got else None
            return got
        return self._begun(self._words.pop(0))

    def _of_lines(self, lines: Lines, most: int) -> list[Ask]:
        got = [Ask(inputs.STDIN, line) for line in lines.take(most) if line.strip()]
        if lines.over:
            self._lines = None
        return got

    def _begun(self, word: str) -> list[Ask]:
        if word == inputs.STDIN:
            self._lines = Lines(inputs.STDIN_DESCRIPTOR, longest=MOST_BYTES)
            return []
        if word.endswith((".jsonl", ".ndjson")) and Path(word).is_file():
            self._file = _lines_of(word)
            return []
        return [Ask(word)]


def _lines_of(path: str) -> Iterator[Ask]:
    with open(path, "rb") as file:
        while line := file.readline(MOST_BYTES):
            if line.strip():
                yield Ask(path, line)


class Told(NamedTuple):
    """What is printed for one input."""

    text: bytes
    refused: str | None


@dataclass(frozen=True)
class Reader:
    """How texts are read. Called, it loads what that takes, once for all processes."""

    only: Only | None
    show: Show | None

    def __call__(self) -> Callable[[Ask], Told]:
        """Return the function that reads one input."""
        tell = _languages() if self.only is Only.LANGUAGE else _everything()

        def told(ask: Ask) -> Told:
            try:
                given = _given(ask)
                record = tell(given)
            except Unread as unread:
                return _told(refusal(ask.name, *unread.fault), "", self.show)
            return _told(record, given.text, self.show)

        return told


def _given(ask: Ask) -> Given:
    if ask.line is not None:
        return given_of_json(ask.name, ask.line)
    data = inputs.read(Input(ask.name), most=MOST_BYTES, kinds=KINDS)
    return given_of(ask.name, data)


def _told(record: Record, text: str, show: Show | None) -> Told:
    line = f"{show.text(record, text)}\n".encode("utf-8", "replace") if show else json_line(record)
    return Told(line, record.get("refused"))


def _languages() -> Callable[[Given], Record]:
    from steppewire_enricher.langid import table
    from steppewire_enricher.languages import read_languages

    table()

    def tell(given: Given) -> Record:
        pieces = cut(given.text)
        languages = read_languages(article_of(given, pieces), given.language)
        return languages_record(given, pieces, languages)

    return tell


def _everything() -> Callable[[Given], Record]:
    from steppewire_enricher.enrich import enrichment_of, load

    load()

    def tell(given: Given) -> Record:
        pieces = cut(given.text)
        enrichment = enrichment_of(article_of(given, pieces), given.language)
        return record_of(given, pieces, enrichment)

    return tell


class Out:
    """What is printed, in order, and what was refused."""

    def __init__(self, show: Show | None) -> None:
        self._show, self._first = show, True
        self.read, self.refused = 0, Counter[str]()

    def of(self, ask: Ask, answer: Told | Failed) -> bytes:
        """Return what is printed for an input."""
        told = self._told(ask, answer)
        if told.refused:
            self.refused[told.refused] += 1
        self.read += not told.refused
        first, self._first = self._first, False
        between = b"" if self._show is None or first else f"{self._show.between()}\n".encode()
        return between + told.text

    def _told(self, ask: Ask, answer: Told | Failed) -> Told:
        if isinstance(answer, Failed):
            return _told(refusal(ask.name, *answer), "", self._show)
        return answer

    def summary(self) -> None:
        """Tell on standard error how many were refused, if there was more than one input."""
        number = self.refused.total()
        if self.read + number > 1:
            why = ", ".join(f"{reason} {count}" for reason, count in self.refused.most_common())
            typer.echo(f"{number} of {self.read + number} were not read: {why}", err=True)
