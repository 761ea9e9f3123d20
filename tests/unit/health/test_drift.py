"""A fact that breaks is told soon, once, and not for nothing."""

from __future__ import annotations

import math
import random

from steppewire.health.drift import Gauge

LIMIT = 8.0
DAY = 86_400.0


def fed(share: float, number: int = 300, seed: int = 7) -> Gauge:
    """A gauge with a history in which so large a share was bad."""
    gauge, rng = Gauge(), random.Random(seed)
    for at in range(number):
        gauge.observe(rng.random() < share, at, LIMIT)
    return gauge


def until(gauge: Gauge, is_bad: bool, turn: str, start: float = 1000) -> int:
    """Observe the same until the gauge turns; return how often."""
    for count in range(1, 200):
        if gauge.observe(is_bad, start + count, LIMIT) == turn:
            return count
    raise AssertionError(f"never {turn}")


def test_what_was_never_bad_is_told_after_two() -> None:
    assert until(fed(0.0), True, "broken") == 2


def test_what_is_bad_now_and_then_needs_a_few_more() -> None:
    assert 3 <= until(fed(0.15), True, "broken") <= 6


def test_what_never_was_there_cannot_be_lost() -> None:
    gauge = fed(1.0)

    assert [gauge.observe(True, 1000 + n, LIMIT) for n in range(100)] == [None] * 100


def test_nothing_is_told_of_a_source_that_is_hardly_known() -> None:
    gauge = fed(0.0, number=10)

    assert [gauge.observe(True, 1000 + n, LIMIT) for n in range(10)] == [None] * 10


def test_it_is_told_once_and_mended_once() -> None:
    gauge = fed(0.0)
    turns = [gauge.observe(n < 20, 1000 + n, LIMIT) for n in range(40)]

    assert [turn for turn in turns if turn] == ["broken", "mended"]


def test_the_beginning_is_the_first_bad_one() -> None:
    gauge = fed(0.0)
    until(gauge, True, "broken")

    assert gauge.broken == 1001


def test_what_stays_broken_for_a_month_is_how_things_are() -> None:
    gauge = fed(0.0)
    until(gauge, True, "broken")

    assert until(gauge, True, "accepted", start=1001 + 28 * DAY) == 1
    assert [gauge.observe(True, 40 * DAY + n, LIMIT) for n in range(100)] == [None] * 100


def test_chance_makes_no_more_alarms_than_the_limit_promises() -> None:
    rng, gauge = random.Random(1), Gauge()
    turns = [gauge.observe(rng.random() < 0.1, n * 0.001, 10.0) for n in range(200_000)]

    assert turns.count("broken") <= 200_000 / math.exp(10.0)
