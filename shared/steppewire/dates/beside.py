"""What stands beside a day in its line: a year that is apart from it, the other end of a range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from steppewire.dates.forms import Named
from steppewire.dates.shapes import YEAR, Shape

FIRST_YEAR = 1991
"""Earlier years on a line of news are numbers of something else."""

# "8-январь, саат 14:05, 2020-жыл": weekday, time, short words may be between a day and its year.
_FILLING = r"[ .,()/\"]*+(?:(?:[WDYotu]|w(?=\.)|d[:.]d(?::d)?)[ .,()/\"]*+)*+"
_BEHIND = re.compile(rf"{_FILLING}y(?![.:/]?[dny])(?! ?w)")
_BEFORE = re.compile(rf"(?<![dny][.:/\-])y(?:-[wY])?(?![dny\-]){_FILLING}$")
# A day, a month and its words, a time, then a dash.
_DASH = re.compile(r"(?:[ ,]{1,2}(?:t )?(?:o )?d[:.]d)?(?: Y\.?)? ?- ?(?:d[:.]d[ ,]{1,2})?")
_FIRST_DAY = re.compile(r"(?:^|[^#:.d/\-]|[^#] )d(?:-?o)? ?- ?$")
_FROM = re.compile(
    r"\b(?:с|со|from|between)\s+\d{1,2}(?:-?го|th|st|nd|rd)?\s+(?:по|до|to|and|till|until)\s+$",
    re.IGNORECASE,
)

_SINCE = re.compile(
    r"(?:^|\W)(?:до|к|ко|по|с|со|после|перед|то|пас аз|until|till|before|after|since|to|through)"
    r"\s+$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\s+(?:дейін\w*|шейін\w*|кейін|бастап|қарсы|чейин\w*|кийин|баштап|qadar|keyin|boshlab|қадар"
    r"|кейин|бошлаб)\b",
    re.IGNORECASE,
)


def with_year(shape: Shape, named: Named, today: date) -> Named:
    """Give a day without its year the one that stands beside it, with only fillings between."""
    if named.year is not None:
        return named
    behind = _BEHIND.match(shape.signs, named.end)
    before = None if behind else _BEFORE.search(shape.signs[: named.start])
    place = behind.end() - 1 if behind else before.start() if before else None
    if place is None or not FIRST_YEAR <= (year := shape.tokens[place].word.value) <= today.year:
        return named
    return named._replace(year=year)


def has_other_year(shape: Shape, days: Sequence[Named], guess: date, today: date) -> bool:
    """Tell whether a line has a year that no day of it took, and that is not the guessed one.

    One ahead is the name of a plan.
    """
    return any(
        FIRST_YEAR <= token.word.value <= today.year
        and token.word.value != guess.year
        and not any(named.start <= place < named.end for named in days)
        for place, token in enumerate(shape.tokens)
        if token.word.sign == YEAR
    )


def is_limit(shape: Shape, named: Named) -> bool:
    """Tell whether something goes on until or since a day: "до 5 мая", "5 мамырға дейін"."""
    before = "".join(token.text for token in shape.tokens[max(0, named.start - 4) : named.start])
    behind = "".join(token.text for token in shape.tokens[named.end : named.end + 2])
    return bool(_SINCE.search(before) or _UNTIL.match(behind))


def is_in_range(shape: Shape, days: Sequence[Named], named: Named) -> bool:
    """Tell whether a day is one end of a range: an event took so long; nothing is published so.

    "5-6 мая 2024", "с 5 по 12 мая", "5 мая – 6 июня 2024", "05.05.2024 - 06.05.2024".
    """
    before = shape.signs[: named.start]
    if (match := _FIRST_DAY.search(before)) and _first_of(shape, match) < named.day:
        return True
    text = "".join(token.text for token in shape.tokens[: named.start])
    if _FROM.search(text):
        return True
    return any(_spans(shape, *sorted((named, other))) for other in days if other != named)


def _first_of(shape: Shape, match: re.Match[str]) -> int:
    return next(
        token.word.value
        for token in shape.tokens[match.start() : match.end()]
        if token.word.sign == "d"
    )


def _spans(shape: Shape, first: Named, second: Named) -> bool:
    """Tell whether two days are joined by a dash, and the second is later."""
    if not _DASH.fullmatch(shape.signs, first.end, second.start):
        return False
    years = (first.year or second.year or 0, second.year or first.year or 0)
    return (years[0], first.month, first.day) < (years[1], second.month, second.day)
