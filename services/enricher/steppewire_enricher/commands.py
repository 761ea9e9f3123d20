"""`steppewire enrich`: texts in, languages and entities out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from steppewire.commands import inputs
from steppewire.commands.batch import Failed, answers, tell_unread
from steppewire.commands.inputs import Fault, Input, Lines, Unread, json_line
from steppewire.errors import NotFound
from steppewire.terminal import columns, has_colours
from steppewire_enricher.given import KINDS, Given, article_of, cut, given_of, given_of_json
from steppewire_enricher.shown import WIDEST, Show
from steppewire_enricher.told import Record, languages_record, record_of, refusal

TIME_LIMIT = 20.0
"""Seconds of computing that a text may take."""
MOST_BYTES = 16_000_000
"""Longest text that is read, or line of JSON."""
LINES = 64
"""Most lines that a process is given at a time: of short ones, thousands pass in a second."""
GROUP, GROUP_BYTES = 16, 64_000
"""Lines whose languages are told in one go, if they are no longer than this: most of the time of
one goes into calls that take no longer for several."""
EXIT_REFUSED = 1
"""Exit status when some input could not be read."""


class Only(StrEnum):
    """What alone is asked for."""

    LANGUAGE = "language"


def enrich(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|-",
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
        int | None,
        typer.Option(min=1, max=256, help="Processes.", show_default="one for each core"),
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
    group = GROUP if jsonl and only is Only.LANGUAGE else 1
    asked = Asked(words, group=group)
    told = answers(reader, asked, time_limit=TIME_LIMIT, jobs=jobs, chunk=LINES // group)
    inputs.write(out.of(ask, answer) for ask, answer in told)
    if out.refused:
        out.summary()
        raise typer.Exit(EXIT_REFUSED)


def _show() -> Show:
    return Show(width=columns(WIDEST), colours=has_colours())


class Ask(NamedTuple):
    """What is read in one go: a file, or some lines of JSON."""

    name: str
    lines: tuple[bytes, ...] = ()


class Asked:
    """The inputs in their order; lines are taken as they come, so that a partner is answered."""

    def __init__(self, words: Sequence[str], *, group: int = 1) -> None:
        self._words, self._group = list(words), group
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
        got = filter(bytes.strip, lines.take(most * self._group))
        asks = [Ask(inputs.STDIN, group) for group in _grouped(got, self._group)]
        if lines.over:
            self._lines = None
        return asks

    def _begun(self, word: str) -> list[Ask]:
        if word == inputs.STDIN:
            self._lines = Lines(inputs.STDIN_DESCRIPTOR, longest=MOST_BYTES)
            return []
        if word.endswith((".jsonl", ".ndjson")) and Path(word).is_file():
            lines = filter(bytes.strip, _lines_of(word))
            self._file = (Ask(word, group) for group in _grouped(lines, self._group))
            return []
        return [Ask(word)]


def _lines_of(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while line := file.readline(MOST_BYTES):
            yield line


def _grouped(lines: Iterable[bytes], most: int) -> Iterator[tuple[bytes, ...]]:
    """Gather lines in groups of so many, long ones in smaller groups."""
    group: list[bytes] = []
    room = GROUP_BYTES
    for line in lines:
        if group and (len(group) == most or len(line) > room):
            yield tuple(group)
            group, room = [], GROUP_BYTES
        group.append(line)
        room -= len(line)
    if group:
        yield tuple(group)


class Told(NamedTuple):
    """What is printed for what was read in one go."""

    text: bytes
    refused: tuple[str | None, ...]
    """For each text why it was not read, if it was not."""


Tell = Callable[[Sequence[Given]], list[Record]]
"""Says what is known of some texts."""


@dataclass(frozen=True)
class Reader:
    """How texts are read. Called, it loads what that takes, once for all processes."""

    only: Only | None
    show: Show | None

    def __call__(self) -> Callable[[Ask], Told]:
        """Return the function that reads one input."""
        tell = _languages() if self.only is Only.LANGUAGE else _everything()

        def told(ask: Ask) -> Told:
            given = [_given(ask.name, line) for line in ask.lines or (None,)]
            records = iter(_apart(tell, [one for one in given if isinstance(one, Given)]))
            return _joined(
                [
                    _told(next(records), one.text, self.show)
                    if isinstance(one, Given)
                    else _told(refusal(ask.name, *one), "", self.show)
                    for one in given
                ]
            )

        return told


def _given(name: str, line: bytes | None) -> Given | Fault:
    """Return the text of a line, or of a file; or why it cannot be read."""
    try:
        if line is not None:
            return given_of_json(name, line)
        return given_of(name, inputs.read(Input(name), most=MOST_BYTES, kinds=KINDS))
    except Unread as unread:
        return unread.fault


def _apart(tell: Tell, given: Sequence[Given]) -> list[Record]:
    """Tell of texts at once; one by one where that fails, so that a text fails alone."""
    try:
        return tell(given)
    except Exception:
        if len(given) == 1:
            raise
    return [_alone(tell, one) for one in given]


def _alone(tell: Tell, given: Given) -> Record:
    try:
        return tell([given])[0]
    except Exception as error:  # whatever it is, it is this text's trouble alone
        return refusal(given.name, "failed", f"{type(error).__name__}: {error}")


def _told(record: Record, text: str, show: Show | None) -> Told:
    line = f"{show.text(record, text)}\n".encode("utf-8", "replace") if show else json_line(record)
    return Told(line, (record.get("refused"),))


def _joined(told: Sequence[Told]) -> Told:
    return Told(
        b"".join(one.text for one in told), tuple(why for one in told for why in one.refused)
    )


def _languages() -> Tell:
    from steppewire_enricher.langid import table
    from steppewire_enricher.languages import Written, read_many

    table()

    def tell(given: Sequence[Given]) -> list[Record]:
        cuts = [cut(one.text) for one in given]
        each = list(zip(given, cuts, strict=True))
        told = read_many([Written(g.title, None, c.paragraphs, g.language) for g, c in each])
        return [languages_record(g, c, one) for (g, c), one in zip(each, told, strict=True)]

    return tell


def _everything() -> Tell:
    from steppewire_enricher.enrich import enrichment_of, load

    load()

    def tell(given: Sequence[Given]) -> list[Record]:
        cuts = [cut(one.text) for one in given]
        return [
            record_of(one, pieces, enrichment_of(article_of(one, pieces), one.language))
            for one, pieces in zip(given, cuts, strict=True)
        ]

    return tell


class Out:
    """What is printed, in order, and what was refused."""

    def __init__(self, show: Show | None) -> None:
        self._show, self._first = show, True
        self.read, self.refused = 0, Counter[str]()

    def of(self, ask: Ask, answer: Told | Failed) -> bytes:
        """Return what is printed for an input."""
        told = self._told(ask, answer)
        self.refused.update(filter(None, told.refused))
        self.read += told.refused.count(None)
        first, self._first = self._first, False
        between = b"" if self._show is None or first else f"{self._show.between()}\n".encode()
        return between + told.text

    def _told(self, ask: Ask, answer: Told | Failed) -> Told:
        if isinstance(answer, Failed):
            why = _told(refusal(ask.name, *answer), "", self._show)
            return _joined([why] * max(1, len(ask.lines)))
        return answer

    def summary(self) -> None:
        """Tell on standard error how many were refused, if there was more than one input."""
        tell_unread(self.read, self.refused)
