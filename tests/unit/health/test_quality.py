"""A small part of `make quality-health`, with floors: a few simulated sources, always the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

import health_quality  # type: ignore[import-not-found]


@pytest.fixture(scope="module")
def lives() -> list[Any]:
    """Three sources, of 2, 5 and 20 articles a day, over a year."""
    return health_quality.simulate(3, health_quality.DEV, 365)  # type: ignore[no-any-return]


def test_every_sudden_trouble_is_told(lives: list[Any]) -> None:
    every = [one for life in lives for one in life.results if one.trouble.kind != "decline"]

    assert len(every) >= 27
    assert all(one.alarm for one in every)


def test_nine_in_ten_are_told_within_one_expected_interval(lives: list[Any]) -> None:
    every = [one for life in lives for one in life.results if one.trouble.kind != "decline"]

    assert sum(one.delay <= one.interval for one in every) >= 0.85 * len(every)


def test_no_source_makes_a_false_alarm_a_month(lives: list[Any]) -> None:
    assert all(len(life.false) < 12 for life in lives)


def test_the_trap_where_only_the_summary_remains_is_told_as_a_changed_layout(
    lives: list[Any],
) -> None:
    traps = [one for life in lives for one in life.results if one.trouble.kind == "summary-only"]

    assert {one.alarm.trouble for one in traps} == {"layout-changed"}
    assert all(one.alarm.page.url.startswith("https://") for one in traps)
