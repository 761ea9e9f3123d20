"""When an article was published and changed: what the page declares, checked by what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property

from steppewire.dates import Clock, Moment, moment_at, read_date, zone_of
from steppewire_parser.datelines import (
    BEHIND,
    CLOSE,
    MAX_BARE_CHARS,
    DateLine,
    lines_anywhere,
    lines_near,
)
from steppewire_parser.document import Document

# Sites' clocks run ahead by a little; a time further ahead carries the wrong zone's mark.
SKEW = timedelta(minutes=10)
# From this worth on a line near the headline is read, and believed against what is declared.
LEAST, SURE = -1.0, 2.5
# A line that contradicts what is declared stands at most so many texts behind the headline.
NEAR = 12
# Away from the headline a line is believed if it is worth this.
SURE_ANYWHERE = 1.0
# Clocks of inhabited places are so far from UTC.
WESTMOST, EASTMOST = timedelta(hours=-11), timedelta(hours=13)
HOUR, QUARTER, MINUTE, DAY = (
    timedelta(hours=1),
    timedelta(minutes=15),
    timedelta(minutes=1),
    timedelta(days=1),
)
_BEHIND = r"(?=[/\-+_.?]|$)"
_IN_URL = re.compile(
    rf"(?<!\d)(?P<y1>20\d{{2}})[/\-.](?P<m1>\d{{1,2}})[/\-.](?P<d1>\d{{1,2}}){_BEHIND}"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})[\-.](?P<m2>\d{{1,2}})[\-.](?P<y2>20\d{{2}}){_BEHIND}"
    rf"|(?<![\d.])(?P<y3>20\d{{2}})(?P<m3>[01]\d)(?P<d3>[0-3]\d)(?:{_BEHIND}|(?=[0-2]\d[0-5]\d))"
)
_MONTH_IN_URL = re.compile(r"/(20\d{2})/([01]?\d)/")


@dataclass(frozen=True)
class Dated:
    """A time and the facts about how it was found."""

    at: datetime | None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Times:
    """When an article was published, and when changed."""

    published: Dated
    modified_at: datetime | None


@dataclass(frozen=True)
class Said:
    """What a page, its address and the list that led to it tell about its dates, as written."""

    page: Document
    url: str
    clock: Clock
    titles: Sequence[str] = ()
    declared: Sequence[str] = ()
    """By structure: JSON-LD, meta tags, microdata; the most trustworthy first."""
    modified: Sequence[str] = ()
    ruled: Sequence[str] = ()
    """By the site's rules."""
    hint: datetime | None = None
    """By the feed, sitemap or listing."""


def clock_of(fetched_at: datetime, zone_name: str) -> tuple[Clock, tuple[str, ...]]:
    """Return what relative dates are relative to; an unknown zone is a fact, not a failure."""
    zone = zone_of(zone_name)
    return Clock(fetched_at, zone or UTC), () if zone else ("zone-unknown",)


def read_times(said: Said) -> Times:
    """Return when an article was published and changed."""
    evidence = _Evidence(said)
    published = _published(evidence)
    return Times(published, _modified(evidence, published.at))


def _published(evidence: _Evidence) -> Dated:
    """Return when the article was published, or None: never the time of fetching.

    1. What the site's rules select. 2. What the page declares, unless it shows that this is the
    date of a change. 3. A line near the headline. 4. The list's date. 5. The address's day.
    6. The only date that the page shows anywhere. 7. That of a change, where it is the only one
    that stands by the headline.
    """
    if evidence.ruled:
        return _told(_completed(evidence.ruled[0], evidence))
    if evidence.declared:
        return _declared(evidence)
    if line := evidence.best_line:
        return _told(_completed(line, evidence))
    if evidence.hint is not None:
        return Dated(evidence.hint, ("date-from-hint",))
    if evidence.in_url:
        return Dated(evidence.in_url.at, ("date-from-url", "time-missing"))
    if line := evidence.only_line:
        told = _told(line)
        return Dated(told.at, ("date-far", *told.facts))
    if line := evidence.changed_line:
        told = _told(line)
        return Dated(told.at, ("date-from-update", *told.facts))
    return Dated(None, ("date-missing",))


def _modified(evidence: _Evidence, published: datetime | None) -> datetime | None:
    """Return when the page says that it was last changed.

    An earlier day than that of publication is the editor's last touch before it: no change.
    """
    changed = next(iter(evidence.modified), None)
    if changed is None and not evidence.declared:
        changed = next((moment for line, moment in evidence.all_lines if line.updated), None)
    if changed is None:
        return None
    if published is not None and changed.at < published:
        return (
            changed.at if changed.at.date() == published.date() and not changed.has_time else None
        )
    return changed.at


def date_in_url(url: str, clock: Clock) -> Moment | None:
    """Return the day of an address: /2024/01/05/, /2024-01-05/, /05-01-2024/, /20240105/."""
    for match in _IN_URL.finditer(url):
        form = next(number for number in "123" if match[f"y{number}"])
        year, month, day = (int(match[f"{part}{form}"]) for part in "ymd")
        if found := read_date(f"{year}-{month:02}-{day:02}", clock):
            return found
    return None


class _Evidence:
    """All that speaks about the dates of a page, each read when it is asked for."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self.clock = said.clock
        self.hint = said.hint

    @cached_property
    def ruled(self) -> list[Moment]:
        return self._read(self._said.ruled)

    @cached_property
    def declared(self) -> list[Moment]:
        return self._read(self._said.declared)

    @cached_property
    def modified(self) -> list[Moment]:
        return self._read(self._said.modified)

    @cached_property
    def in_url(self) -> Moment | None:
        return date_in_url(self._said.url, self.clock)

    @cached_property
    def all_lines(self) -> list[tuple[DateLine, Moment]]:
        """Lines near the headline, the surest first.

        Those that are to correct what the page declares must stand close to it.
        """
        surely = self.declared and self.declared[0].turned is None
        behind = CLOSE if surely else BEHIND
        found = lines_near(self._said.page, self._said.titles, behind=behind)
        lines = (line for line in found if line.worth >= LEAST and not line.is_foreign)
        return [pair for pair in self._read_lines(lines) if not self._is_todays(*pair)]

    def _is_todays(self, line: DateLine, moment: Moment) -> bool:
        """Tell whether a line above the headline is the present day, as mastheads have it."""
        above = line.place is not None and line.place < 0
        return above and not moment.has_time and moment.at.date() == self.clock.today

    @property
    def lines(self) -> list[tuple[DateLine, Moment]]:
        """Those that tell when the article was published."""
        return [(line, moment) for line, moment in self.all_lines if not line.updated]

    def shown(self, line: DateLine) -> list[Moment]:
        """What readers see of a line, whatever its tag tells machines."""
        return self._read([line.text])

    @property
    def best_line(self) -> Moment | None:
        """The surest line; where the address tells the day, the surest that agrees."""
        agreeing = (moment for _, moment in self.lines if self._agrees(moment))
        return next(agreeing, None)

    @property
    def changed_line(self) -> Moment | None:
        """The date of a change that a page shows right by its headline, as its own."""
        touching = (m for line, m in self.all_lines if line.updated and line.touches_headline)
        return next((moment for moment in touching if self._agrees(moment)), None)

    @property
    def only_line(self) -> Moment | None:
        """The date of a page that shows just one, wherever it stands."""
        lines = filter(_stands_alone, lines_anywhere(self._said.page))
        found = [moment for _, moment in self._read_lines(lines) if self._agrees(moment)]
        return found[0] if len({moment.at.date() for moment in found}) == 1 else None

    def _agrees(self, moment: Moment) -> bool:
        """Tell whether the address does not deny a day; it may tell only year and month."""
        if self.in_url is not None:
            return _same_day(moment, self.in_url)
        match = _MONTH_IN_URL.search(self._said.url)
        if match is None:
            return True
        around = (moment.at - DAY, moment.at, moment.at + DAY)
        return any((day.year, day.month) == (int(match[1]), int(match[2])) for day in around)

    def _read_lines(self, lines: Iterable[DateLine]) -> list[tuple[DateLine, Moment]]:
        found = ((line, self._read(line.texts)) for line in lines)
        return [(line, moments[0]) for line, moments in found if moments]

    def _read(self, texts: Iterable[str]) -> list[Moment]:
        """Read dates; one without its year is believed unless feed or address deny it."""
        found = (read_date(text, self.clock) for text in texts)
        return [
            _mended(dated, self)
            for moment in found
            if moment and (dated := moment.in_year_of(self._known_day))
        ]

    @property
    def _known_day(self) -> datetime | None:
        return self.hint or (self.in_url.at if self.in_url else None)


def _stands_alone(line: DateLine) -> bool:
    return (
        line.worth >= SURE_ANYWHERE
        and (line.labelled or not line.is_foreign)
        and len(line.text) <= MAX_BARE_CHARS
        and not (line.linked or line.updated)
    )


def _declared(evidence: _Evidence) -> Dated:
    """Return the declared date; a line says it better where a change has overwritten it."""
    best = _turned(_first_published(evidence), evidence)
    if line := _older_line(best, evidence):
        return Dated(_completed(line, evidence).at, ("date-overruled",))
    return _told(_completed(_with_offset(best, evidence), evidence))


def _first_published(evidence: _Evidence) -> Moment:
    """Of several declared dates the first, unless it is that of the last change."""
    first, *others = evidence.declared
    if any(moment.at == first.at for moment in evidence.modified):
        return next((m for m in others if m.at.date() < first.at.date()), first)
    return first


def _turned(best: Moment, evidence: _Evidence) -> Moment:
    """Read 03/04/2025 as 4 March where another place names that day, and none the 3rd of April."""
    if best.turned is None:
        return best
    days = set(_known_days(evidence))
    if best.turned.date() in days and best.at.date() not in days:
        return replace(best, at=best.turned, turned=None)
    return best


def _known_days(evidence: _Evidence) -> Iterator[date]:
    others = (*evidence.declared, *evidence.modified, *(moment for _, moment in evidence.lines))
    yield from (moment.at.date() for moment in others if moment.turned is None)
    if evidence.in_url:
        yield evidence.in_url.at.date()
    if evidence.hint:
        yield evidence.hint.astimezone(evidence.clock.zone).date()


def _older_line(best: Moment, evidence: _Evidence) -> Moment | None:
    """Return an older day of the surest line, where the declared one may be that of a change.

    A page that shows when it was changed was published by then.
    """
    changed = evidence.modified[:1]
    if changed and changed[0].at.date() > best.at.date():
        return None
    if any(_same_day(best, moment) for _, moment in evidence.lines):
        return None
    line, moment = next(filter(_overrules, evidence.all_lines), (None, None))
    if line is None or moment is None or moment.turned is not None or moment.guessed:
        return None
    margin = timedelta() if line.updated else DAY
    return moment if moment.at.date() < best.at.date() - margin else None


def _overrules(told: tuple[DateLine, Moment]) -> bool:
    """Tell whether a line is surely the article's: it is near, and says what it is."""
    line, _ = told
    if line.updated and line.touches_headline and line.worth >= 0:
        return True
    near = line.place is not None and line.place <= NEAR
    return near and line.worth >= SURE and (line.marked or line.updated or line.touches_headline)


def _with_offset(best: Moment, evidence: _Evidence) -> Moment:
    """Give a time in UTC the offset of its place, where another date of the page tells it."""
    if best.at.utcoffset() or not _tells_time(best) or not best.zoned:
        return best  # midnight in UTC is what systems write that know only the day
    # a time of day tells an offset to the minute, a day only how far it is at least
    others = sorted(_others(evidence), key=lambda other: not other.has_time)
    told = ((other, _offset(best, other, evidence)) for other in others)
    offset = next((offset for other, offset in told if offset or _is_clock(other, offset)), None)
    return replace(best, at=best.at.astimezone(timezone(offset))) if offset else best


def _is_clock(shown: Moment, offset: timedelta | None) -> bool:
    """Tell whether a page shows its readers the clock of UTC, so that no other place counts."""
    return offset is not None and shown.has_time and not shown.zoned


def _others(evidence: _Evidence) -> Iterator[Moment]:
    yield from evidence.declared[1:]
    if evidence.in_url:
        yield evidence.in_url
    for line, moment in evidence.lines[:3]:
        if line.worth >= SURE:
            yield moment
            # machines are told the instant, readers the clock of the place
            yield from evidence.shown(line) if line.machine else ()


def _offset(instant: Moment, shown: Moment, evidence: _Evidence) -> timedelta | None:
    """Return how far the clock that a page shows is from UTC; None when no place explains it."""
    if shown.zoned:
        same = shown.has_time and abs(shown.at - instant.at) <= MINUTE
        return shown.at.utcoffset() if same else None
    wall = shown.at.replace(tzinfo=None)
    base = instant.at.astimezone(UTC).replace(tzinfo=None)
    if shown.has_time:
        return _in_use(_to_quarter(wall - base))
    confirmed = evidence.in_url is not None and _same_day(instant, evidence.in_url)
    return None if confirmed else _in_use(_to_day(base, wall.date()))


def _to_quarter(difference: timedelta) -> timedelta | None:
    """Return a difference of clocks in whole quarters of an hour; seconds may be left out."""
    quarters = QUARTER * round(difference / QUARTER)
    return quarters if abs(difference - quarters) <= MINUTE else None


def _to_day(base: datetime, day: date) -> timedelta | None:
    """Return the nearest whole hour that shows a day: 02:41 in UTC is the day before at -03:00."""
    since = base - datetime.combine(base.date(), time())
    if day == base.date() - DAY:
        return -HOUR * (since // HOUR + 1)
    if day == base.date() + DAY:
        return HOUR * -((since - DAY) // HOUR)
    return None


def _in_use(offset: timedelta | None) -> timedelta | None:
    return offset if offset is not None and WESTMOST <= offset <= EASTMOST else None


def _same_day(one: Moment, other: Moment) -> bool:
    return one.at.date() == other.at.date()


def _mended(moment: Moment, evidence: _Evidence) -> Moment:
    """Take a time for the place's own where its mark of UTC is wrong.

    It is, when the time would lie ahead, or when the list has the same hour at the place's offset.
    """
    if not moment.zoned or moment.at.utcoffset() or not moment.has_time:
        return moment
    clock = evidence.clock
    local = moment_at(moment.at.date(), moment.at.time(), clock.zone)
    ahead = moment.at > clock.now + SKEW >= local
    listed = evidence.hint is not None and abs(local - evidence.hint) <= MINUTE
    return replace(moment, at=local) if ahead or listed else moment


def _completed(best: Moment, evidence: _Evidence) -> Moment:
    """Take the time of day from another place, or the list, that names the same day.

    Midnight is what systems write that know only the day.
    """
    if best.has_time and best.at.time() != time():
        return best
    places = (evidence.ruled, evidence.declared, [m for _, m in evidence.lines], _listed(evidence))
    same_day = (m for place in places for m in place if _tells_time(m) and _same_day(m, best))
    return next(same_day, best)


def _tells_time(moment: Moment) -> bool:
    return moment.has_time and not moment.relative and moment.at.time() != time()


def _listed(evidence: _Evidence) -> list[Moment]:
    """What the feed or API says; a midnight there is only a day, too."""
    if evidence.hint is None:
        return []
    local = evidence.hint.astimezone(evidence.clock.zone)
    at = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
    return [Moment(at, has_time=local.time() != time())]


def _told(moment: Moment) -> Dated:
    facts = ("date-relative",) if moment.relative else ()
    return Dated(moment.at, facts if moment.has_time else (*facts, "time-missing"))
