"""Times of day beside a date: "10:15", "18.20", "7:30 pm", "18h20", "14 ч. 05 мин"."""

from __future__ import annotations

import re
from datetime import time
from typing import NamedTuple

from steppewire.dates.shapes import Shape
from steppewire.dates.words import MERIDIEM

# With a colon; seconds and their fraction; am and pm.
_COLON = r"(?<![:.])d:d(?::d(?:[.,][dnNy])?)?(?!:?[dnNy])(?: ?p)?"
# With a point (Kazakh, Russian, Finnish, German pages), or with an h (French, Portuguese ones).
_POINT = r"(?<![:./\-]|[dnNy])d\.d(?![./\-]?[dnNy])(?: ?p)?"
_LETTER = r"(?<![:./\-])d ?u\.? ?d(?: ?u)?(?![:./\-]?[dnNy])"
_HALF = r"(?<![:./\-])d ?p"
_TIMES = tuple(re.compile(pattern) for pattern in (_COLON, _POINT, _LETTER, _HALF))
_NOON = 12
_LAST_SECOND = 59
_HOUR, _MINUTE = 3600, 60


class Timed(NamedTuple):
    """A time of day and the tokens that tell it."""

    start: int
    end: int
    at: time
    days_later: int = 0
    """24:00 is the beginning of the next day."""


def times_of_day(shape: Shape, start: int, end: int) -> list[Timed]:
    """Return the times of day between two tokens, in order; those with a colon first."""
    for pattern in _TIMES:
        found = (_timed(shape, m) for m in pattern.finditer(shape.signs, start, end))
        if times := [timed for timed in found if timed]:
            return times
    return []


def _timed(shape: Shape, match: re.Match[str]) -> Timed | None:
    tokens = shape.tokens[match.start() : match.end()]
    numbers = [token.word.value for token in tokens if token.word.sign == "d"]
    units = [token.word.value for token in tokens if token.word.sign == "u"]
    halves = [token.word.value for token in tokens if token.word.sign == MERIDIEM]
    if units not in ([], [_HOUR], [_HOUR, _MINUTE]):
        return None
    hour, minute, second, *_ = (*numbers, 0, 0)
    later = hour == 24 and minute == second == 0
    hour = 0 if later else hour
    if halves and hour <= _NOON:
        hour = hour % _NOON + halves[0]
    try:
        # a leap second is the last one that a datetime knows
        at = time(hour, minute, min(second, _LAST_SECOND) if second <= 60 else second)
    except ValueError:
        return None
    return Timed(match.start(), match.end(), at, int(later))
