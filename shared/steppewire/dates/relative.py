"""Days and hours told from the present: "2 часа назад", "кеше, 09:00", "vor 5 Minuten"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from steppewire.dates.shapes import Shape
from steppewire.dates.words import SHORT_MONTH, UNIT, halves

DAY_SECONDS = 86_400
# "2 часа назад", "1 soat avval", "час назад", "2 hours, 5 minutes ago", "vor 2 Stunden"
# "екі сағат бұрын", "half an hour ago"; of "несколько часов назад" nobody knows how many
_WORDS = r"(?:[cma] ){1,2}(?:w )?"
_COUNT = rf"(?:(?<![.,:/\-])d\.? ?|{_WORDS}|(?<![dnNycmq] )(?<!q o )(?<![dnNy]))"
_COUNTED = re.compile(
    rf"{_COUNT}u(?:[., ]{{1,2}}(?:w )?(?:d ?|{_WORDS})u)?\.?,? a|b (?:w )?(?:d ?|{_WORDS})u"
)
# "алдыңғы күні", "o‘tgan kuni", "мурда күнү"; "the day before" before "yesterday"
_FORMER = re.compile(r"x[ \-]?[Du]|(?<![uc] )a D")
_DAY_BEFORE = re.compile(r"u w R")
_TODAY = re.compile("R")
_MOST = 1_000
_BEFORE = "before"


class Ago(NamedTuple):
    """So long before the present; whole days leave the time of day open."""

    start: int
    end: int
    seconds: int
    days: int
    """Days back, where only the day is told."""
    counted: bool = False
    """A number of days or hours, rather than a word for the day."""

    @property
    def only_day(self) -> bool:
        """Whether the time of day is open."""
        return self.seconds == 0


def agos(shape: Shape) -> Iterator[Ago]:
    """Yield what a text tells from the present."""
    for match in _COUNTED.finditer(shape.signs):
        if found := _counted(shape, *match.span()):
            yield found
    for match in _FORMER.finditer(shape.signs):
        yield Ago(*match.span(), 0, 2)
    for match in _DAY_BEFORE.finditer(shape.signs):
        if shape.tokens[match.start() + 2].text.lower() == _BEFORE:
            yield Ago(*match.span(), 0, 2)
    for match in _TODAY.finditer(shape.signs):
        yield Ago(*match.span(), 0, shape.tokens[match.start()].word.value)


def _counted(shape: Shape, start: int, end: int) -> Ago | None:
    """Add up counts, in halves, and units; days alone leave the time open; weeks are no units."""
    seconds, finest = 0, DAY_SECONDS
    count: int | None = None
    for token in shape.tokens[start:end]:
        if token.word.sign == "d":
            count = 2 * token.word.value
        elif (more := halves(token.text)) is not None:
            count = (count or 0) + more
        elif token.word.sign == SHORT_MONTH:
            return None
        elif token.word.sign == UNIT:
            seconds += (2 if count is None else count) * token.word.value // 2
            finest = min(finest, token.word.value)
            count = None
    if not 0 < seconds < _MOST * DAY_SECONDS:
        return None
    if finest == DAY_SECONDS:
        return Ago(start, end, 0, seconds // DAY_SECONDS, counted=True)
    return Ago(start, end, seconds, 0, counted=True)
