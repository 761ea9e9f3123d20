"""When the next article of a document is to be expected, from the times of those it lists.

A feed of a busy day desk is worth a look every few minutes at noon and every hour at night; one
look is due as soon as about half an article can be expected. Plain functions of values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

EXPECTED = 0.5
"""Articles that may have appeared unseen by the time of the next look, on average."""
MEMORY = timedelta(days=14)
"""Older entries say nothing about today's rhythm."""
_ENOUGH = 3
"""Entries below which a document has no rhythm yet."""
_PRIOR = 6.0
"""Entries' worth of belief in an even day: an hour without news among ten entries means little."""
_STEP = timedelta(minutes=5)
_DAY = 24


def until_expected(times: Sequence[datetime], now: datetime, most: float) -> float:
    """Return the seconds until `EXPECTED` articles have appeared, at most `most`; 0 if unknown.

    Times of the future are no evidence, and neither are many that are all the same: a document
    whose dates are those of its making. A burst is: what came at a certain rate within the last few
    entries is expected to go on at that rate, so that no breaking story waits for the average.
    """
    known = sorted(one for one in set(times) if now - MEMORY <= one <= now)
    if len(known) < _ENOUGH:
        return 0.0
    rates = hourly_rates(known, now)
    burst = _burst_rate(known, now)
    return _until_mass(rates, burst, now, most)


def hourly_rates(times: Sequence[datetime], now: datetime) -> list[float]:
    """Return the expected articles an hour for each hour of the day (UTC), smoothed.

    Hours of the day and not of the week: a few days of memory are too thin for 168 hours. Weekends
    are met by the burst rate, which follows the last entries.
    """
    days = max((now - times[0]) / timedelta(days=1), 1 / _DAY)
    even = len(times) / (days * _DAY)
    if days < 1:  # of the hours that it has not seen, a document says nothing
        return [even] * _DAY
    seen = Counter(one.astimezone(now.tzinfo).hour for one in times)
    weight = _PRIOR / _DAY
    share = [(_near(seen, hour) + weight) / (len(times) + _PRIOR) for hour in range(_DAY)]
    return [even * _DAY * one for one in share]


def _near(seen: Counter[int], hour: int) -> float:
    """Return an hour's entries, with half of the weight on its neighbours: nobody works by it."""
    return (seen[(hour - 1) % _DAY] + 2 * seen[hour] + seen[(hour + 1) % _DAY]) / 4


def _burst_rate(times: Sequence[datetime], now: datetime) -> float:
    """Return the rate of the last few entries up to now, in articles an hour."""
    last = times[-_ENOUGH:]
    hours = max((now - last[0]) / timedelta(hours=1), 1 / 60)
    return (len(last) - 1) / hours


def _until_mass(rates: Sequence[float], burst: float, now: datetime, most: float) -> float:
    mass, moment, end = 0.0, now, now + timedelta(seconds=most)
    while moment < end:
        rate = max(rates[moment.hour], burst)
        left = EXPECTED - mass
        step = rate * (_STEP / timedelta(hours=1))
        if step >= left:
            return min(most, (moment - now).total_seconds() + _STEP.total_seconds() * left / step)
        mass, moment = mass + step, moment + _STEP
    return most
