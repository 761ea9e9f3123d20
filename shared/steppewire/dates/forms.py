"""The forms of a calendar day, as patterns over the shape of a text; day before month.

d one or two digits, y a year, M a month's name, m an abbreviation that is also another word,
Y the word "year", D the word "day", W a day of the week, o a joint ("de", "-го", "st"), k the
sign 月, " a quotation mark, w any other word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from steppewire.dates.shapes import DAY, YEAR, Shape
from steppewire.dates.words import AGO, MONTH, SHORT_MONTH

_GAP = r"[ .,/\-]{0,3}"
# What may stand between a year and what comes next: "2018 жылғы", "2024-yil", "2018 ж., ".
_YEAR = rf"y(?:-?o)?(?:[- .]{{0,2}}[Yu])?{_GAP}(?:W[ ,]{{1,2}})?"
# «16» ноября, as papers write it that are signed
_DAY = r"(?<!d:)d(?: ?\")?(?:[- ]?o)?"
# "16 ноября, пятница, 2018", "16-noyabr (juma) 2018"
_WEEKDAY = r"(?:[ ,]{0,2}[ (]W\.?(?: D)?\)?)?"
_ENDED = r"(?:[- ]?[oD])?"
# In "10.12.2025" and "1.2.3.2024" no part of the longer one is a date.
_ALONE = r"(?<!d[./\-])"
_SUFFIX = r"(?:[- ]?Y(?![^ .,:)]))?"
_FREE = r"(?<![dnNy][:./\-])"
_NOT_TIME = r"(?!:d)"
# "juni/lipanj": the month in two languages
_MONTH = r"[Mma](?:/[wMm])?"


class Named(NamedTuple):
    """A day as a text names it, and the tokens that do; without a year, one has to be found."""

    start: int
    end: int
    year: int | None
    month: int
    day: int
    either: bool = False
    """Two numbers, day first: elsewhere it would be the month. Between dots it never is."""
    brief: bool = False
    """All numbers, and the year of two digits."""

    def date(self) -> date | None:
        """Return the day, or None when the calendar has none such."""
        return None if self.year is None else day_of(self.year, self.month, self.day)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return a day, or None when there is none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


Parts = dict[str, list[int]]
"""The values of a form's tokens by sign, in order."""


def _worded(parts: Parts) -> tuple[int | None, int, int]:
    return parts[YEAR][0], parts[MONTH][0], parts[DAY][0]


def _year_first(parts: Parts) -> tuple[int | None, int, int]:
    return parts[YEAR][0], parts[DAY][0], parts[DAY][1]


def _day_first(parts: Parts) -> tuple[int | None, int, int]:
    day, month = parts[DAY][:2]
    year = parts[YEAR][0] if YEAR in parts else century(parts[DAY][2])
    # 05/28/2026 can only be American; 05.01.2024 is 5 January everywhere we read.
    return (year, day, month) if month > MONTHS >= day else (year, month, day)


def _brief_year(parts: Parts) -> tuple[int | None, int, int]:
    return century(parts[DAY][1]), parts[MONTH][0], parts[DAY][0]


def _no_year(parts: Parts) -> tuple[int | None, int, int]:
    return None, parts[MONTH][0], parts[DAY][0]


def _two_numbers(parts: Parts) -> tuple[int | None, int, int]:
    return None, parts[DAY][1], parts[DAY][0]


def century(two_digits: int) -> int:
    """Return the year that two digits mean: 97 is 1997, 24 is 2024."""
    return two_digits + (1900 if two_digits > 90 else 2000)


# In order of preference where several begin at the same place.
_FORMS: tuple[tuple[str, str, Callable[[Parts], tuple[int | None, int, int]]], ...] = (
    # 16 қараша 2018; 29-mart, 2024; 16 ноябри соли 2018; 23-го февраля 2017; 16 de mayo de 2018
    (
        "day_month_year",
        rf"{_DAY}{_GAP}(?:o )?{_MONTH}{_WEEKDAY}{_GAP}(?:[oYD][ .,]{{1,2}})?y{_SUFFIX}",
        _worded,
    ),
    # 2018 жылғы 16 қараша; 2024-yil 29-mart; 2018-ж., 16-ноябрь
    ("year_day_month", rf"{_YEAR}{_DAY}{_GAP}(?:o )?[Mm](?!{_GAP}(?:[oY][ .,]{{1,2}})?y)", _worded),
    # 2018 жылдың қарашасының 16-сы; 2018. november 16.
    ("year_month_day", rf"{_YEAR}[Mm](?: o)?{_GAP}d{_NOT_TIME}{_ENDED}", _worded),
    # May 28, 2026; қарашаның 16-сы, 2018 жыл; noyabr oyining 16-kuni, 2018-yil
    ("month_day_year", rf"[Mma](?: o)?{_GAP}d{_ENDED}{_GAP}(?:o )?y{_SUFFIX}", _worded),
    # Tue Mar  5 12:00:00 2024
    ("ctime", r"[Mm] d (?=d:d(?::d)? (?:[^ ]{1,4} )?y)", _worded),
    # 16-Nov-18
    ("brief_year", rf"{_DAY}-[Mm]-d{_NOT_TIME}", _brief_year),
    # 2018-11-16; 2018.11.16; 2018. 11. 16.; 2018年11月16日
    ("numbers_year_first", rf"{_ALONE}y(?P<s>[./\-]) ?d(?P=s) ?d(?![/\-]d)", _year_first),
    ("signs", r"yY ?dk ?dD?", _year_first),
    # 16.11.2018; 16/11/2018; 16. 11. 2018
    ("numbers", rf"{_ALONE}(?<!d:)d ?(?P<t>[./\-]) ?d ?(?P=t) ?y", _day_first),
    # 16.11.18
    ("brief_numbers", rf"{_FREE}d(?P<v>[./])d(?P=v)d(?![.,/\-:]?[dnNy])", _day_first),
    # 31 декабря; 18-noyabr; қарашаның 16-сы; November 18
    ("day_month", rf"{_DAY}[ .\-]{{0,2}}(?:o )?M(?!{_GAP}[YoD]?[ .]?[yN])", _no_year),
    ("month_day", rf"M(?: o)?[ \-]d(?:-?o)?(?![:./]?d|,d(?!:)|{_GAP}[nNy])", _no_year),
    # 18/11, 09:40 (xabar.uz): only before a time, because a score or a share looks alike
    ("two_numbers", r"(?<![dnNy][./])(?<!d:)d[./]d(?=, d:d)", _two_numbers),
)
MONTHS = 12
_EITHER = frozenset(("numbers", "brief_numbers"))
_READERS = {name: reader for name, _, reader in _FORMS}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _FORMS))
_MONTHS = frozenset((MONTH, SHORT_MONTH, AGO))


def named_days(shape: Shape) -> Iterator[Named]:
    """Yield the days that a text names, in order, possible or not."""
    for match in _ANY.finditer(shape.signs):
        name = _name_of(match)
        start, end = match.span()
        # ctime has its year behind the time of day
        last = shape.signs.index(YEAR, end) + 1 if name == "ctime" else end
        parts = _parts(shape, start, last)
        dotted = "." in (match["t"], match["v"])
        brief = name == "brief_numbers"
        if brief and _is_section(shape.tokens[end - 1].text, parts, dotted=dotted):
            continue
        year, month, day = _READERS[name](parts)
        either = name in _EITHER and not dotted
        yield Named(start, end, year, month, day, either, brief)


def _is_section(year: str, parts: Parts, *, dotted: bool) -> bool:
    """Tell whether three numbers are of a section or version: 4.5.6, 12.13.14."""
    return len(year) == 1 or (dotted and parts[DAY][1] > MONTHS)


def _name_of(match: re.Match[str]) -> str:
    return next(name for name in _READERS if match[name] is not None)


def _parts(shape: Shape, start: int, end: int) -> Parts:
    parts: Parts = {}
    for token in shape.tokens[start:end]:
        sign = MONTH if token.word.sign in _MONTHS else token.word.sign
        parts.setdefault(sign, []).append(token.word.value)
    return parts
