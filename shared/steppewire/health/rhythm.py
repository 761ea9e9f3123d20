"""When a source publishes, by hour of the week, and how long its silences are.

Time is turned into expected articles: a silence is as long as the articles that it should have
held. In that measure a night and a weekday look alike, and one limit serves all hours.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

HOURS = 168
HOUR = 3600.0
WEEK = HOURS * HOUR
MONTH = 30 * 86_400.0
_MONDAY = 72
"""Hours between a Monday and the first hour of Unix time, which was a Thursday's."""
_KEEP = 0.85
"""What a week leaves of an hour's history: half of it is forgotten in a month."""
_SHRINK = 3.0
"""Weeks of its own that an hour needs before it counts as much as its day and its time of day."""
_OUTAGE = 72
"""Hours that are learnt of a silence that was an alarm: an outage is not how a source publishes,
but a weekend is, if it was mistaken for one."""
LONG = 3.0
"""Expected articles from which on a silence is long: their lengths are what a limit is read from"""
_QUIETEST = 0.25
_CALM = 6.0
"""Articles as expected that are added to what came, so that few say little."""
_RECENT = 8.0
"""Articles that tell how busy a source is, at least."""
_HOURS = 3.0
"""Hours (of a mean day) that tell how busy a source is, if they hold more articles."""
_NEIGHBOURS = 5
"""Sources that it takes to tell a holiday."""
_HOLIDAY = 0.65
"""Share of the expected below which it is a holiday."""
_HALF_LIFE = 90 * 86_400.0
_STEP = 0.18
"""How much more patient (logarithm of the limit) an alarm for nothing makes."""
_OUTLIER = 2.0
"""Times the limit, beyond which a silence was an outage."""
_BEARABLE = 0.4
"""Alarms in a month at which patience neither grows nor shrinks."""
_PATIENCE = (-0.6, 1.2)
_PRIOR = 12.0
"""Long silences that a new source is taken to have had already, as a steady one would."""
_PRIOR_EXCESS = 1.3
"""Articles by which those are taken to have exceeded `LONG`, on average."""


def slot(hour: int) -> int:
    """Return the hour of the week (UTC), Monday's first is 0, of an hour of Unix time."""
    return (hour + _MONDAY) % HOURS


@dataclass(frozen=True, slots=True)
class Forecast:
    """Articles expected in each hour of the week."""

    rates: tuple[float, ...]
    sums: tuple[float, ...]
    """Articles expected from the week's beginning to the beginning of each hour, and its end."""

    @property
    def weekly(self) -> float:
        """Articles expected in a week."""
        return self.sums[HOURS]

    def expected(self, start: float, end: float) -> float:
        """Return the articles expected between two moments (Unix time)."""
        return self._until(end) - self._until(start)

    def when(self, start: float, articles: float) -> float:
        """Return the moment by which so many articles are expected after `start`."""
        if self.weekly <= 0:
            return math.inf
        weeks, rest = divmod(self._until(start) + articles, self.weekly)
        hour = min(max(bisect_left(self.sums, rest) - 1, 0), HOURS - 1)
        inside = (rest - self.sums[hour]) / self.rates[hour] if self.rates[hour] else 0.0
        return (weeks * HOURS + hour + inside - _MONDAY) * HOUR

    def _until(self, moment: float) -> float:
        weeks, hours = divmod(moment / HOUR + _MONDAY, HOURS)
        whole = min(int(hours), HOURS - 1)
        return weeks * self.weekly + self.sums[whole] + (hours - whole) * self.rates[whole]


@dataclass(slots=True)
class Rhythm:
    """What has been learnt of when a source publishes. Methods edit it."""

    counts: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    """Articles in each hour of the week, old weeks counting less."""
    weeks: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    """How often each hour of the week was seen, old weeks counting less."""
    hour: int | None = None
    """The hour of Unix time that is being learnt."""

    def arrive(self, moment: float, *, after_alarm: bool = False) -> None:
        """Learn that an article came, and that none came since the last one."""
        hour = int(moment // HOUR)
        most = _OUTAGE if after_alarm else 4 * HOURS
        last = hour - 1 if self.hour is None else self.hour
        for passed in range(last + 1, min(hour, last + most) + 1):
            self._open(passed)
        if last < hour != self.hour:
            self._open(hour)
        self.counts[slot(hour)] += 1

    def _open(self, hour: int) -> None:
        at = slot(hour)
        self.counts[at] *= _KEEP
        self.weeks[at] = self.weeks[at] * _KEEP + 1
        self.hour = hour

    def forecast(self) -> Forecast:
        """Return what is expected: each hour's own history, and that of its day and time of day.

        An hour of the week is seen once a week; its weekday and its time of day are seen 24 and 7
        times as often, and their product says most of it.
        """
        seen = sum(self.weeks)
        mean = sum(self.counts) / seen if seen else 0.0
        if not mean:
            return Forecast((0.0,) * HOURS, (0.0,) * (HOURS + 1))
        days = [self._mean(range(d * 24, d * 24 + 24), mean) for d in range(7)]
        times = [self._mean(range(t, HOURS, 24), mean) for t in range(24)]
        rates = tuple(self._rate(at, days[at // 24] * times[at % 24] / mean) for at in range(HOURS))
        return Forecast(rates, (0.0, *accumulate(rates)))

    def _mean(self, slots: range, mean: float) -> float:
        counts, weeks = self.counts, self.weeks
        return (sum(counts[s] for s in slots) + mean) / (sum(weeks[s] for s in slots) + 1)

    def _rate(self, at: int, usual: float) -> float:
        before, after = (at - 1) % HOURS, (at + 1) % HOURS
        count = self.counts[at] + (self.counts[before] + self.counts[after]) / 2
        weeks = self.weeks[at] + (self.weeks[before] + self.weeks[after]) / 2
        return (count + _SHRINK * usual) / (weeks + _SHRINK)


@dataclass(slots=True)
class Activity:
    """How busy a source is these days beside what is expected: a holiday shows by its morning."""

    came: float = 0.0
    due: float = 0.0

    def share(self) -> float:
        """Return the share of the expected articles that comes; never more than all."""
        return min(1.0, max(_QUIETEST, (self.came + _CALM) / (self.due + _CALM)))

    def arrive(self, silence: float, weekly: float) -> None:
        """Count an article after a silence (expected articles)."""
        fade = _fade(silence, weekly)
        self.came, self.due = self.came * fade + 1, self.due * fade + silence

    def pace(self, silence: float, weekly: float) -> float:
        """Return the share that comes, the silence that is not over yet included."""
        fade = _fade(silence, weekly)
        return (self.came * fade + _CALM) / (self.due * fade + silence + _CALM)


def _fade(silence: float, weekly: float) -> float:
    return math.exp(-silence / (_RECENT + weekly * _HOURS / HOURS))


def shared_paces(paces: Sequence[float | None]) -> list[float]:
    """Return for each source what share of the expected comes at the others; 1 unless far less.

    It is their median, so that it takes half of them to make a holiday. None has no say.
    """
    known = sorted(pace for pace in paces if pace is not None)
    return [_shared(known, own) for own in paces]


def _shared(known: list[float], own: float | None) -> float:
    number = len(known) - (own is not None)
    if number < _NEIGHBOURS:
        return 1.0
    at = len(known) if own is None else bisect_left(known, own)
    below, above = ((number - 1) // 2, number // 2)
    usual = (known[below + (below >= at)] + known[above + (above >= at)]) / 2
    return usual if usual < _HOLIDAY else 1.0


@dataclass(slots=True)
class Silences:
    """How long (in expected articles) a source's long silences are, and how many it has.

    Peaks over a threshold: what exceeds LONG is taken to fall off exponentially, as fast as it
    did so far. News that comes in bursts, and holidays, make it fall off slowly by themselves.
    """

    number: float = 0.0
    excess: float = 0.0
    span: float = 0.0
    """Seconds in which they were counted; all three are forgotten alike."""
    patience: float = 0.0
    """Logarithm of what the limit is multiplied with: what no formula knows of a source."""

    def limit(self, weekly: float, months: float) -> float:
        """Return the silence (expected articles) that comes up once in so many months."""
        monthly = weekly * MONTH / WEEK
        prior = _PRIOR / max(monthly * math.exp(-LONG), 0.5)  # months that would give as many
        number, excess = self.number + _PRIOR, self.excess + _PRIOR * _PRIOR_EXCESS
        each_month = number / (self.span / MONTH + prior)
        limit = LONG + excess / number * math.log(max(each_month * months, math.e))
        return limit * math.exp(self.patience)

    def learn(self, silence: float, seconds: float, limit: float) -> None:
        """Count a silence that ended. One far beyond the limit was an outage: nothing is learnt.

        One a little beyond it was none, or the source has become slower: either way the limit was
        too low. So a source's own errors set it, and a slower one is soon no alarm any more.
        """
        fade = 0.5 ** (seconds / _HALF_LIFE)
        self.number, self.excess = self.number * fade, self.excess * fade
        self.span = self.span * fade + seconds
        patience = self.patience - _STEP * _BEARABLE * seconds / MONTH
        patience += _STEP if limit < silence <= _OUTLIER * limit else 0.0
        self.patience = min(max(patience, _PATIENCE[0]), _PATIENCE[1])
        if LONG < silence <= _OUTLIER * limit:
            self.number += 1
            self.excess += silence - LONG
