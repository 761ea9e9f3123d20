"""Months and years that a text names: "2018 жылғы қарашада", "в ноябре 2018 года", "2018-yilda"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from steppewire.dates.shapes import Shape
from steppewire.dates.words import MONTH, SHORT_MONTH

_MONTH = r"(?<!d[ \-.])M(?:[ ,\-]{1,2}(?:[oY] )?)y(?:[- ]?Y)?|y(?:-?o)?[- ]{0,2}Y[ ,]{1,2}M"
_YEAR = r"(?<![\-–/.:])y(?:-?o)?[- ]?Y"
_ANY = re.compile(f"(?P<month>{_MONTH})|(?P<year>{_YEAR})")

# "1980-е годы", "в 1980-х годах" are ten years.
_DECADE = frozenset("ех")


class Period(NamedTuple):
    """The first day of a month or year, and the tokens that name it."""

    start: int
    end: int
    day: date
    precision: Literal["month", "year"]


def named_periods(shape: Shape) -> Iterator[Period]:
    """Yield the months and years that a text names."""
    for match in _ANY.finditer(shape.signs):
        tokens = shape.tokens[match.start() : match.end()]
        if any(token.text.lower() in _DECADE for token in tokens):
            continue
        year = next(token.word.value for token in tokens if token.word.sign == "y")
        months = [t.word.value for t in tokens if t.word.sign in (MONTH, SHORT_MONTH)]
        first = date(year, months[0] if months else 1, 1)
        yield Period(*match.span(), first, "month" if months else "year")
