"""Dates as news sites write them, in our own tables: no guessing of languages, None when unsure.

dateparser is not used: with automatic language it reads "29-mart 2024" as 29 November in the zone
of the Marquesas, and "20:15 / 05.01.2024" as 1 May (scrapinghub/dateparser#1098).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from steppewire_parser.months import days_back, month, unit_seconds
from steppewire_parser.text import normalise

# No date line is longer; what is longer is a paragraph that mentions a date.
MAX_CHARS = 120
FIRST_YEAR = 1991
# Clocks of sites run ahead by a zone at most; a later date announces an event.
FUTURE = timedelta(days=1, hours=1)

_ISO = re.compile(
    r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?:[T ]\s?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?"
    r"\s?(Z\b|[+\-\u2212]\d{2}:?\d{2}\b|[+\-]\d{2}\b(?!:))?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})[:.](\d{2})(?::(\d{2}))?(?![\d.]*\d)\s*([ap]\.?m\b)?", re.IGNORECASE
)
_COLON_TIME = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)\s*([ap]\.?\s?m\b)?", re.IGNORECASE
)
# A bare "-12:30" is the end of a range, not an offset; "-0500" after a space is an offset.
_OFFSET = re.compile(
    r"(?:GMT|UTC)\s?([+\-])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)"
    r"|(?:^|[\s\d])(\+)(\d{2}):?(\d{2})(?!\d)|\s(-)(\d{2})(\d{2})(?!\d)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(MSK|МСК|EST|EDT|PST|PDT|CET|CEST|BST)\b", re.IGNORECASE)
_ABBREVIATED = {
    "MSK": 3, "МСК": 3, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "BST": 1,
}  # fmt: skip
_UTC = re.compile(r"\b(GMT|UTC)\b(?!\s?[+\-\u2212])|\d\s?Z\b")
_DMY = re.compile(r"(?<!\d)(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)")
_YMD = re.compile(r"(?<!\d)(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_WORD = r"([^\W\d_]{3,18})\.?"
_GAP = r"[\s,\-\u2013،/]{1,3}"
# "2018 жылғы 16 қараша", "2024-yil 29-mart", "2018-жылдын 16-ноябры"
_Y_D_M = re.compile(rf"(?<!\d)(\d{{4}})[\s\-]?\s?[^\W\d_]{{1,8}}\.?{_GAP}(\d{{1,2}}){_GAP}{_WORD}")
# "16 қараша 2018", "29-mart, 2024", "15 Ноябрь 2025", "16-قاراشا، 2018", "16 ноябри соли 2018"
_D_M_Y = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?{_GAP}{_WORD}(?:{_GAP}соли)?{_GAP}(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
# "May 28, 2026"
_M_D_Y = re.compile(rf"{_WORD}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})(?!\d)", re.IGNORECASE)
_D_M = re.compile(rf"(?<!\d)(\d{{1,2}}){_GAP}{_WORD}(?!\d|{_GAP}\d{{4}})")
_M_D = re.compile(rf"{_WORD}\s(\d{{1,2}})(?!\d|,?\s\d{{4}})")
# "18/11, 09:40" (xabar.uz): only with a time behind it, because a score or a share looks alike
_DM = re.compile(r"(?<![\d./])(\d{1,2})[./](\d{1,2})(?=,\s*\d{1,2}:\d\d)")
_WORDS = re.compile(r"[^\W\d_]+")
_AGO = re.compile(
    r"(?<!\d)(\d{1,3})\s([^\W\d_]+)\.?\s(назад|бұрын|burun|avval|oldin|аввал|олдин|ago|мурун|пеш)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Moment:
    """A point in time, and how exactly the page gave it."""

    at: datetime
    has_time: bool = True
    relative: bool = False
    """Counted back from the time of fetching: "two hours ago"."""
    guessed: bool = False
    """The page leaves out the year; it is the nearest one that is not in the future."""

    def in_year_of(self, known: datetime | None) -> Moment | None:
        """Give a guess ("18-noyabr, 21:00", daryo.uz) the year that feed or address tell.

        None when they name another day, and so know better.
        """
        if not self.guessed or known is None:
            return self
        day = known.astimezone(self.at.tzinfo)
        if (day.month, day.day) != (self.at.month, self.at.day):
            return None
        return replace(self, at=self.at.replace(year=day.year))


@dataclass(frozen=True)
class Clock:
    """What a date on a page is relative to: the time of fetching, and the site's zone."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """Return the day of fetching, where the site is."""
        return self.now.astimezone(self.zone).date()


def zone_of(name: str) -> tzinfo | None:
    """Return an IANA zone, or None when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def read_date(text: str, clock: Clock) -> Moment | None:
    """Read the date in a short text; None when there is none, or none that can be.

    An offset in the text is kept; without one the site's zone gives it, as it was on that day
    (Asia/Almaty was +06:00 until 29 February 2024). Numbers are read day first.
    """
    line = normalise(text)[:MAX_CHARS]
    for reader in _READERS:
        if moment := reader(line, clock):
            return moment if _plausible(moment, clock) else None
    return None


def _plausible(moment: Moment, clock: Clock) -> bool:
    return moment.at.year >= FIRST_YEAR and moment.at <= clock.now + FUTURE


def _iso(line: str, clock: Clock) -> Moment | None:
    match = _ISO.search(line)
    if match is None:
        return None
    day = _day(match[1], match[2], match[3])
    if day is None:
        return None
    if match[4] is None:
        # "2024-03-29, 20:15" puts the time where ISO does not
        return _with_time(day, line[: match.start()] + " " + line[match.end() :], clock)
    at = _clock_time(match[4], match[5], match[6], None)
    return Moment(_at(day, at, _iso_offset(match[7], clock))) if at else None


def _numeric(line: str, clock: Clock) -> Moment | None:
    if match := _YMD.search(line):
        day = _day(match[1], match[2], match[3])
    elif match := _DMY.search(line):
        year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
        # 05/28/2026 can only be American; 05.01.2024 is 5 January everywhere we read.
        day = _day(year, match[3], match[1]) or _day(year, match[1], match[3])
    else:
        return None
    return _with_time(day, _without(line, match), clock) if day else None


def _worded(line: str, clock: Clock) -> Moment | None:
    for day, rest in _worded_days(line):
        if day:
            return _with_time(day, rest, clock)
    return None


def _worded_days(line: str) -> Iterator[tuple[date | None, str]]:
    for match in _Y_D_M.finditer(line):
        yield _named_day(match[1], match[3], match[2]), _without(line, match)
    for match in _D_M_Y.finditer(line):
        yield _named_day(match[3], match[2], match[1]), _without(line, match)
    for match in _M_D_Y.finditer(line):
        yield _named_day(match[3], match[1], match[2]), _without(line, match)


def _yearless(line: str, clock: Clock) -> Moment | None:
    """ "31 декабря, 23:50" is the nearest such day that is not in the future."""
    pairs = [(m, m[1], month(m[2])) for m in _D_M.finditer(line)]
    pairs += [(m, m[2], month(m[1])) for m in _M_D.finditer(line)]
    pairs += [(m, m[1], int(m[2])) for m in _DM.finditer(line)]
    for match, day_number, number in pairs:
        for year in range(clock.today.year + 1, clock.today.year - 5, -1):
            day = _day(str(year), str(number), day_number) if number else None
            if day and day <= clock.today:
                return replace(_with_time(day, _without(line, match), clock), guessed=True)
    return None


def _relative(line: str, clock: Clock) -> Moment | None:
    if match := _AGO.search(line):
        size = unit_seconds(match[2])
        if size:
            at = clock.now - timedelta(seconds=int(match[1]) * size)
            rounded = at.replace(second=0, microsecond=0)
            return Moment(rounded.astimezone(clock.zone), has_time=size < 86_400, relative=True)
    for word in _WORDS.findall(line):
        back = days_back(word)
        if back is not None:
            return _with_time(clock.today - timedelta(days=back), line, clock)
    return None


_READERS: tuple[Callable[[str, Clock], Moment | None], ...] = (
    _iso,
    _worded,
    _numeric,
    _relative,
    _yearless,
)


def _without(line: str, match: re.Match[str]) -> str:
    return f"{line[: match.start()]} {line[match.end() :]}"


def _day(year: str, month_number: str, day: str) -> date | None:
    try:
        return date(int(year), int(month_number), int(day))
    except ValueError:
        return None


def _named_day(year: str, name: str, day: str) -> date | None:
    number = month(name)
    return _day(year, str(number), day) if number else None


def _with_time(day: date, rest: str, clock: Clock) -> Moment:
    match = _COLON_TIME.search(rest) or _TIME.search(rest)
    at = _clock_time(match[1], match[2], match[3], match[4]) if match else None
    zone = _offset(rest, clock)
    return Moment(_at(day, at or time(), zone), has_time=at is not None)


def _clock_time(hour: str, minute: str, second: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        number = number % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        return time(number, int(minute), int(second or 0))
    except ValueError:
        return None


def _offset(text: str, clock: Clock) -> tzinfo:
    """Return the zone that the text names, else the site's."""
    plain = text.replace("\u2212", "-")
    if match := _OFFSET.search(plain):
        sign, hours, minutes = [group for group in match.groups() if group is not None] + (
            [] if match[3] or not match[1] else ["0"]
        )
        return _fixed(sign, hours, minutes) or clock.zone
    if _UTC.search(plain):
        return UTC
    if match := _ABBREVIATION.search(plain):
        return timezone(timedelta(hours=_ABBREVIATED[match[1].upper()]))
    return clock.zone


def _iso_offset(mark: str | None, clock: Clock) -> tzinfo:
    if not mark:
        return clock.zone
    if mark in "Zz":
        return UTC
    return _fixed(mark[0].replace("\u2212", "-"), mark[1:3], mark[3:].lstrip(":")) or clock.zone


def _fixed(sign: str, hours: str, minutes: str) -> timezone | None:
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta > timedelta(hours=14):
        return None
    return timezone(-delta if sign == "-" else delta)


def _at(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment with its offset fixed, so that no reader needs the zone."""
    local = datetime.combine(day, at, zone)
    offset = local.utcoffset()
    if zone is UTC or not offset:
        return local.astimezone(UTC)
    return local.replace(tzinfo=timezone(offset))
