from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.freshness import Hints
from steppewire_fetcher.memory import Document
from steppewire_fetcher.outlook import next_wait
from steppewire_fetcher.rhythm import until_expected

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0


def every(gap: timedelta, count: int) -> list[datetime]:
    return [NOW - gap * at for at in range(1, count + 1)]


def day_desk(start: datetime, days: int, seed: int) -> list[datetime]:
    """A site that publishes some eight articles an hour from 3 to 13 UTC, and one at night."""
    dice, moment, times = random.Random(seed), start, list[datetime]()
    while moment < start + timedelta(days=days):
        rate = 8.0 if 3 <= moment.hour < 13 else 0.4
        moment += timedelta(hours=min(dice.expovariate(rate), 0.5))
        if dice.random() < (1 if rate > 1 else rate * 0.5):
            times.append(moment)
    return times


def test_a_busy_feed_is_looked_at_often_and_a_slow_one_seldom() -> None:
    waits = [until_expected(every(timedelta(minutes=gap), 40), NOW, DAY) for gap in (6, 60, 600)]

    assert waits == sorted(waits)
    assert waits[0] < 360 < waits[1] < HOUR < waits[2]


def test_a_feed_with_few_dates_has_no_rhythm_yet() -> None:
    assert until_expected([], NOW, DAY) == 0
    assert until_expected(every(timedelta(hours=1), 2), NOW, DAY) == 0


def test_dates_that_are_all_the_same_are_no_rhythm() -> None:
    assert until_expected([NOW - timedelta(hours=1)] * 50, NOW, DAY) == 0


def test_dates_of_the_future_are_no_evidence() -> None:
    assert until_expected([NOW + timedelta(hours=at) for at in range(9)], NOW, DAY) == 0


def test_a_site_that_has_slept_for_weeks_is_looked_at_by_its_declaration() -> None:
    assert (
        until_expected([one - timedelta(days=30) for one in every(timedelta(hours=1), 9)], NOW, DAY)
        == 0
    )


def test_a_burst_is_followed_at_once_however_slow_the_site_was() -> None:
    slow = [NOW - timedelta(days=at) for at in range(1, 10)]
    burst = every(timedelta(minutes=2), 3)

    assert until_expected(slow + burst, NOW, DAY) < 300 < HOUR < until_expected(slow, NOW, DAY)


def test_the_night_of_a_day_desk_is_quiet() -> None:
    times = day_desk(NOW - timedelta(days=3), 3, seed=1)
    night = NOW.replace(hour=21)
    morning = [one for one in times if one <= night]

    assert until_expected(morning, night, DAY) > 4 * until_expected(times, NOW, DAY)


@given(
    st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))),
    st.floats(1, DAY),
)
def test_a_wait_is_never_longer_than_the_most(times: list[datetime], most: float) -> None:
    assert 0 <= until_expected(times, NOW, most) <= most


def looks(times: list[datetime], start: datetime, days: int, slowest: float) -> Iterator[datetime]:
    """Look at a feed as the fetcher does, over so many days."""
    moment = start
    while moment < start + timedelta(days=days):
        yield moment
        known = Document(times=tuple([one for one in times if one <= moment][-200:]))
        wait = next_wait(known, fresh=0, poll=300, slowest=slowest, now=moment)
        moment += timedelta(seconds=wait)


@pytest.mark.parametrize("seed", range(5))
def test_half_of_the_looks_are_spared_and_articles_wait_little_longer(seed: int) -> None:
    start, days = NOW.replace(hour=0), 7
    times = day_desk(start - timedelta(days=3), days + 3, seed)
    due = [one for one in times if start + timedelta(days=1) < one]

    def mean_delay(visits: list[datetime]) -> float:
        waits = [min((v - one for v in visits if v >= one), default=timedelta()) for one in due]
        return sum((wait.total_seconds() for wait in waits), 0.0) / len(waits)

    adaptive, fixed = list(looks(times, start, days, 3600)), list(looks(times, start, days, 0))

    assert len(adaptive) < 0.65 * len(fixed)
    assert mean_delay(adaptive) < mean_delay(fixed) + 120


@pytest.mark.parametrize(
    ("document", "fresh", "wait"),
    [
        (Document(), 0, 300),
        (Document(), 900, 900),
        (Document(), 9e9, HOUR),
        (Document(hints=Hints(every=1800)), 900, 1800),
        (Document(hints=Hints(skip_days=(2,))), 0, HOUR),
        (Document(times=tuple(every(timedelta(minutes=1), 40))), 0, 300),
        (Document(times=tuple(every(timedelta(minutes=1), 40))), 700, 700),
        (Document(times=tuple(every(timedelta(hours=12), 20))), 0, HOUR),
    ],
)
def test_the_next_look_keeps_to_the_poll_the_hints_and_the_slowest(
    document: Document, fresh: float, wait: float
) -> None:
    assert next_wait(document, fresh=fresh, poll=300, slowest=HOUR, now=NOW) == wait


def test_an_operator_who_says_how_often_is_obeyed() -> None:
    document = Document(hints=Hints(every=HOUR), times=tuple(every(timedelta(hours=12), 20)))

    assert next_wait(document, fresh=HOUR, poll=5, slowest=5, now=NOW) == 5
