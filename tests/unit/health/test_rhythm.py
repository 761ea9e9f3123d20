"""When a source publishes is learnt, and silences are measured in the articles that are missing."""

from __future__ import annotations

import math

import pytest

from steppewire.health.rhythm import (
    HOUR,
    HOURS,
    LONG,
    WEEK,
    Activity,
    Forecast,
    Rhythm,
    Silences,
    shared_paces,
    slot,
)

MONDAY = 1_704_067_200.0  # 2024-01-01, 00:00 UTC


def weekdays_at_noon(weeks: int) -> Rhythm:
    """Four articles each weekday at twelve, none on a weekend."""
    rhythm = Rhythm()
    for day in range(7 * weeks):
        for article in range(4 if day % 7 < 5 else 0):
            rhythm.arrive(MONDAY + day * 24 * HOUR + 12 * HOUR + article * 60)
    return rhythm


def test_the_week_begins_on_a_monday() -> None:
    assert slot(int(MONDAY // HOUR)) == 0
    assert slot(int(MONDAY // HOUR) - 1) == HOURS - 1


def test_a_rhythm_of_weekdays_expects_them_at_their_hour_and_nothing_on_sunday() -> None:
    forecast = weekdays_at_noon(8).forecast()

    assert forecast.rates[12] > 2
    assert sum(forecast.rates[6 * 24 :]) < 0.5
    assert forecast.weekly == pytest.approx(20, rel=0.1)


def test_what_is_expected_adds_up_over_weeks() -> None:
    forecast = weekdays_at_noon(8).forecast()
    later = MONDAY + 10 * WEEK

    assert forecast.expected(later, later + 3 * WEEK) == pytest.approx(3 * forecast.weekly)


@pytest.mark.parametrize("articles", [0.5, 3.0, 17.0, 60.0])
def test_when_so_many_are_expected_is_when_so_many_are_expected(articles: float) -> None:
    forecast = weekdays_at_noon(8).forecast()
    start = MONDAY + 9 * WEEK + 5 * HOUR

    assert forecast.expected(start, forecast.when(start, articles)) == pytest.approx(articles)


def test_a_source_without_articles_is_never_due() -> None:
    assert Rhythm().forecast().when(MONDAY, 1) == math.inf
    assert Forecast((0.0,) * HOURS, (0.0,) * (HOURS + 1)).weekly == 0


def test_an_old_habit_is_forgotten_within_months() -> None:
    rhythm = weekdays_at_noon(8)
    for day in range(7 * 8, 7 * 24):  # from now on at six in the evening
        rhythm.arrive(MONDAY + day * 24 * HOUR + 18 * HOUR)

    rates = rhythm.forecast().rates
    assert rates[18] > rates[12]


def test_an_outage_is_not_learnt_as_a_habit() -> None:
    rhythm = weekdays_at_noon(8)
    before = rhythm.forecast().weekly
    rhythm.arrive(MONDAY + 12 * WEEK + 12 * HOUR, after_alarm=True)

    assert rhythm.forecast().weekly > 0.7 * before


def test_bursts_make_long_silences_normal() -> None:
    steady, bursty = Silences(), Silences()
    for _ in range(40):
        steady.learn(LONG + 0.8, 86_400, 10)
        bursty.learn(LONG + 4, 86_400, 10)

    assert bursty.limit(140, 4) > 1.5 * steady.limit(140, 4)


def test_the_limit_of_a_busy_source_is_more_articles_and_less_time() -> None:
    few, many = Silences().limit(14, 4), Silences().limit(1400, 4)

    assert few < many
    assert many / 1400 < few / 14


def test_one_outage_does_not_deafen() -> None:
    silences = Silences()
    before = silences.limit(140, 4)
    silences.learn(500, 25 * 86_400, before)

    assert silences.limit(140, 4) < 1.5 * before


def test_a_holiday_shows_by_its_morning() -> None:
    activity = Activity()
    for _ in range(30):
        activity.arrive(1.0, 140)
    usual = activity.share()
    for _ in range(6):
        activity.arrive(5.0, 140)

    assert usual == pytest.approx(1, abs=0.05)
    assert activity.share() < 0.5


def test_a_pace_at_its_neighbours_is_the_median_of_those_that_have_a_say() -> None:
    paces = [0.1, 0.2, 0.3, 0.4, None, 1.2, 1.3]

    assert shared_paces(paces) == pytest.approx([0.4, 0.4, 0.4, 0.3, 0.35, 0.3, 0.3])


def test_a_few_neighbours_or_a_few_slow_ones_make_no_holiday() -> None:
    assert shared_paces([0.1, 0.1, 0.1, 0.1, 0.1]) == [1.0] * 5
    assert shared_paces([0.1, 0.1, 0.9, 1.0, 1.1, 1.2]) == [1.0] * 6
