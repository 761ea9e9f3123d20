"""Reading dates: the one in a short line, or all of a text with their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from steppewire.dates import beside, periods
from steppewire.dates.forms import Named, day_of, named_days
from steppewire.dates.hours import Timed, times_of_day
from steppewire.dates.relative import Ago, agos
from steppewire.dates.shapes import Shape, shape_of
from steppewire.dates.zones import fixed, moment_at, said_zone

# No date line is longer; what is longer is a paragraph that mentions a date.
MAX_CHARS = 120
FIRST_YEAR = 1991
# Clocks of sites run ahead by a zone at most; a later date announces an event.
FUTURE = timedelta(days=1, hours=1)
# A day and month without a year are at most so old: "29 February" may be three years back.
YEARS_BACK = 5

_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:\s?[T ]\s?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d+)?)?)?"
    r"\s?(Z\b|[+\-\u2212]\d{2}:?\d{2}\b|[+\-]\d{2}\b(?!:))?(?![\d\-/.:])",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})()")
# Soft hyphens, zero-width marks, marks of direction: a reader sees none of them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Seconds or milliseconds since 1970, as data attributes have them.
_EPOCH = re.compile(r"(\d{10})(\d{3})?")

Precision = Literal["time", "day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What a date is relative to: the present, and the zone of the place."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """Return the present day at the place."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, and how exactly the text gave it."""

    at: datetime
    has_time: bool = True
    relative: bool = False
    """Counted back from the present: "two hours ago"."""
    guessed: bool = False
    """The text leaves out the year; it is the nearest one that is not in the future."""
    zoned: bool = False
    """The text names the zone or offset; else it is the place's."""
    turned: datetime | None = None
    """The same with day and month turned round, where 03/04/2025 could mean both."""

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


class Found(NamedTuple):
    """A date in a text: where it stands, what it is, and how exactly it is told."""

    start: int
    end: int
    value: datetime
    precision: Precision


def read_date(text: str, clock: Clock) -> Moment | None:
    """Read the date in a short text; None when there is none, or none that can be.

    An offset in the text is kept; without one the place's zone gives it, as it was on that day
    (Asia/Almaty was +06:00 until 29 February 2024). Numbers are read day first.
    """
    line = text.strip()[:MAX_CHARS]
    if found := _iso(line, clock) or _epoch(line, clock):
        return found if plausible(found, clock) else None
    if not line.isascii():
        line = unicodedata.normalize("NFC", _INVISIBLE.sub("", line))
    return next(_moments(line, clock), None)


def plausible(moment: Moment, clock: Clock) -> bool:
    """Return whether something can have been published then."""
    return moment.at.year >= FIRST_YEAR and moment.at <= clock.now + FUTURE


def _moments(line: str, clock: Clock) -> Iterator[Moment]:
    """Yield what a line may mean, the surest first: a whole date, told from now, without a year."""
    shape = shape_of(line)
    days = [beside.with_year(shape, named, clock.today) for named in named_days(shape)]
    limits = [named for named in days if beside.is_limit(shape, named)]
    single = [
        named
        for named in days
        if not (named in limits or (limits and named.year is None))
        and not beside.is_in_range(shape, days, named)
    ]
    whole = (_told(line, shape, days, named, clock) for named in single if named.year)
    relative = (_ago(line, shape, ago, clock) for ago in agos(shape))
    partial = (_told(line, shape, days, named, clock) for named in single if not named.year)
    for found in (*whole, *relative, *partial):
        if found and plausible(found, clock):
            yield found


def find(text: str, now: datetime, zone: tzinfo, *, future: bool = False) -> list[Found]:
    """Find all dates of a text, with their places.

    A date without its year is the last one before `now`, or with `future` the nearest one.
    """
    shape, clock = shape_of(text), Clock(now, zone)
    days = list(named_days(shape))
    told = [_found(text, shape, days, named, clock, future=future) for named in days]
    told += [_found_ago(text, shape, ago, clock) for ago in agos(shape)]
    told += [Found(*shape.span(p.start, p.end), _begin(p.day, zone), p.precision)
             for p in periods.named_periods(shape)]  # fmt: skip
    return _apart(found for found in told if found)


def _apart(found: Iterator[Found]) -> list[Found]:
    """Of dates that overlap keep the one that begins first, and of those the longest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _found(
    text: str, shape: Shape, days: list[Named], named: Named, clock: Clock, *, future: bool
) -> Found | None:
    day = named.date() if named.year else _nearest(named, clock, future=future)
    if day is None or (named.brief and not _of_two_digits(shape, named)):
        return None
    timed = _adjacent(shape, named.start, named.end)
    start = min(named.start, timed.start) if timed else named.start
    end = max(named.end, timed.end) if timed else named.end
    value = _value(day, timed, said_zone(text[slice(*shape.span(start, end))]) or clock.zone)
    return Found(*shape.span(start, end), value, "time" if timed else "day")


def _of_two_digits(shape: Shape, named: Named) -> bool:
    """Inside a text "1.2.24" is a version, and "01.02.24" a date."""
    tokens = shape.tokens[named.start : named.end]
    return all(len(token.text) == 2 for token in tokens if token.text.isdigit())


def _found_ago(text: str, shape: Shape, ago: Ago, clock: Clock) -> Found:
    moment = _ago_at(ago, clock)
    timed = _adjacent(shape, ago.start, ago.end) if ago.only_day else None
    start = min(ago.start, timed.start) if timed else ago.start
    end = max(ago.end, timed.end) if timed else ago.end
    value = _value(moment.date(), timed, clock.zone) if ago.only_day else moment
    return Found(*shape.span(start, end), value, "day" if ago.only_day and not timed else "time")


_BEHIND = re.compile(r"(?:[ ,|/(\-]{1,3}(?:[toDuY] ){0,2})(?=d[:.]d)")
_BEFORE = re.compile(r"d:d(?::d)?[ ,|/\-]{1,3}$")
_WINDOW = 8


def _adjacent(shape: Shape, start: int, end: int) -> Timed | None:
    """Return the time of day that belongs to a date inside a text: right behind or before it."""
    if match := _BEHIND.match(shape.signs, end):
        times = times_of_day(shape, match.end(), min(len(shape.signs), match.end() + _WINDOW))
        if times and times[0].start == match.end():
            return times[0]
    first = max(0, start - _WINDOW)
    if match := _BEFORE.search(shape.signs[first:start]):
        times = times_of_day(shape, first + match.start(), start)
        return times[-1] if times else None
    return None


def _told(line: str, shape: Shape, days: list[Named], named: Named, clock: Clock) -> Moment | None:
    """Return a named day with the time and zone of its line: those up to the neighbouring dates."""
    guessed = named.year is None
    day = _nearest(named, clock) if guessed else named.date()
    if day is None or (guessed and beside.has_other_year(shape, days, day, clock.today)):
        return None
    before = max((d.end for d in days if d.end <= named.start), default=0)
    behind = min((d.start for d in days if d.start >= named.end), default=len(shape.tokens))
    moment = _with_time(line, shape, (before, named.start, named.end, behind), day, clock)
    other = day_of(day.year, day.day, day.month) if named.either and day.day != day.month else None
    turned = datetime.combine(other, moment.at.timetz()) if other else None
    return replace(moment, guessed=guessed, turned=turned)


def _with_time(
    line: str, shape: Shape, places: tuple[int, int, int, int], day: date, clock: Clock
) -> Moment:
    """Take the first time of day behind a date, else the last one before it."""
    first, start, end, last = places
    behind = times_of_day(shape, end, last)
    before = [] if behind else times_of_day(shape, first, start)
    timed = behind[0] if behind else before[-1] if before else None
    zone = said_zone(_around(line, shape, places)) if timed else None
    return Moment(_value(day, timed, zone or clock.zone), timed is not None, zoned=bool(zone))


def _around(line: str, shape: Shape, places: tuple[int, int, int, int]) -> str:
    """Return the line without the date itself, whose hyphens look like offsets."""
    first, start, end, last = places
    before = line[slice(*shape.span(first, start))] if start > first else ""
    behind = line[slice(*shape.span(end, last))] if last > end else ""
    return f"{before} {behind}"


def _value(day: date, timed: Timed | None, zone: tzinfo) -> datetime:
    if timed is None:
        return moment_at(day, time(), zone)
    return moment_at(day + timedelta(days=timed.days_later), timed.at, zone)


def _begin(day: date, zone: tzinfo) -> datetime:
    return moment_at(day, time(), zone)


def _nearest(named: Named, clock: Clock, *, future: bool = False) -> date | None:
    """ "31 декабря, 23:50" is the last such day that is not in the future."""
    today = clock.today
    years = range(today.year + 1, today.year - YEARS_BACK, -1)
    days = [day for year in years if (day := day_of(year, named.month, named.day))]
    if future:
        return min(days, key=lambda day: abs(day - today), default=None)
    return next((day for day in days if day <= today), None)


def _ago(line: str, shape: Shape, ago: Ago, clock: Clock) -> Moment | None:
    at = _ago_at(ago, clock)
    if not ago.only_day:
        return Moment(at, relative=True)
    places = (0, ago.start, ago.end, len(shape.tokens))
    return replace(_with_time(line, shape, places, at.date(), clock), relative=ago.counted)


def _ago_at(ago: Ago, clock: Clock) -> datetime:
    back = timedelta(seconds=ago.seconds, days=ago.days)
    local = (clock.now.astimezone(UTC) - back).astimezone(clock.zone)
    return moment_at(local.date(), time(local.hour, local.minute), clock.zone)


def _epoch(line: str, clock: Clock) -> Moment | None:
    match = _EPOCH.fullmatch(line)
    if match is None:
        return None
    local = datetime.fromtimestamp(int(match[1]), UTC).astimezone(clock.zone)
    return Moment(moment_at(local.date(), local.time(), clock.zone), zoned=True)


def _iso(line: str, clock: Clock) -> Moment | None:
    """Read what most machines write; a line that only begins like it is read by its shape."""
    match = _ISO.match(line) or _COMPACT.fullmatch(line)
    if match is None or (match[4] is None and match.end() < len(line)):
        return None
    day = day_of(int(match[1]), int(match[2]), int(match[3]))
    if day is None:
        return None
    zone = _iso_zone(match[7])
    timed = _iso_time(match) if match[4] else None
    if match[4] and timed is None:
        return None
    return Moment(_value(day, timed, zone or clock.zone), timed is not None, zoned=zone is not None)


def _iso_time(match: re.Match[str]) -> Timed | None:
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    later = (hour, minute, second) == (24, 0, 0)
    try:
        return Timed(0, 0, time(0 if later else hour, minute, min(second, 59)), int(later))
    except ValueError:
        return None


def _iso_zone(mark: str | None) -> tzinfo | None:
    if not mark:
        return None
    if mark in "Zz":
        return UTC
    return fixed(mark[0].replace("\u2212", "-"), mark[1:3], mark[3:].lstrip(":"))
