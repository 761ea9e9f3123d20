"""The newswire's own counts reach Prometheus, each once, under labels that cannot run wild."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steppewire_api.gauges import Snapshot, StageGauge, StreamGauge, outcome, totals
from steppewire_api.metrics import OTHER, Telling, Words, followed

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def snapshot(tally: dict[str, int], sources: dict[str, dict[str, str]] | None = None) -> Snapshot:
    outcomes = tuple(outcome(field, count) for field, count in tally.items())
    stage = StageGauge(
        stage="parser",
        reads="articles.fetched",
        writes="articles.parsed",
        lag=4,
        pending=3,
        delayed=2,
        dead=1,
        oldest_lag=7.5,
        oldest_pending=9.0,
        totals=totals(outcomes),
        outcomes=outcomes,
    )
    streams = (StreamGauge(name="articles.fetched", added=9, length=2),)
    return Snapshot((stage,), streams, sources or {}, memory_used=50, memory_limit=100)


def told(shot: Snapshot | None, telling: Telling | None = None) -> dict[str, float]:
    """Return `name{label values}` -> value."""
    families = (telling or Telling()).families(shot, ready=True, listeners=0)
    return {
        f"{sample.name}{{{','.join(sample.labels.values())}}}": sample.value
        for family in families
        for sample in family.samples
    }


def test_an_ending_is_told_by_source_and_reason_and_a_return_is_none() -> None:
    counts = told(snapshot({"elkz|done|": 5, "elkz|reject|too-large": 2, "elkz|retry|busy": 3}))

    articles = {name: n for name, n in counts.items() if name.startswith("steppewire_articles")}
    assert articles == {
        "steppewire_articles_total{parser,elkz,done,}": 5,
        "steppewire_articles_total{parser,elkz,reject,too-large}": 2,
    }
    assert counts["steppewire_retries_total{parser,elkz,retry,busy}"] == 3
    assert counts["steppewire_stage_ended_total{parser,reject}"] == 2


def test_an_outcome_that_has_not_happened_yet_is_zero_so_that_its_first_time_is_a_rise() -> None:
    assert told(snapshot({}))["steppewire_stage_ended_total{parser,dead}"] == 0


def test_a_broker_that_is_away_is_told_and_nothing_is_made_up() -> None:
    counts = told(None)

    assert counts["steppewire_broker_up{}"] == 0
    assert not [name for name in counts if "stage" in name or "memory" in name]


def test_sources_beyond_the_limit_become_one_and_no_count_is_lost() -> None:
    tally = {f"hostile-{n:03}|done|": 1 for n in range(500)} | {"elkz|done|": 7}

    counts = told(snapshot(tally, {"elkz": {}}), Telling(most=10))

    articles = {name: n for name, n in counts.items() if name.startswith("steppewire_articles")}
    assert len(articles) == 12
    assert articles[f"steppewire_articles_total{{parser,{OTHER},done,}}"] == 490
    assert articles["steppewire_articles_total{parser,elkz,done,}"] == 7
    assert sum(articles.values()) == 507


def test_a_value_that_was_admitted_stays_whatever_comes_later() -> None:
    words = Words(most=1)

    assert [words.told(word) for word in ("a", "b", "a")] == ["a", OTHER, "a"]


@pytest.mark.parametrize("hostile", ['"} 1\n', "x" * 81, "two words", "https://a/b?c", "\u202e"])
def test_what_is_no_word_never_becomes_a_label(hostile: str) -> None:
    assert Words().told(hostile) == OTHER


def test_a_source_tells_when_it_was_last_good_for_something() -> None:
    state = {"last_poll": NOON.isoformat(), "last_new": NOON.isoformat(), "failures": "2"}
    state |= {"polls": "5", "warning.no-link-matches": "4"}

    counts = told(snapshot({}, {"elkz": state}))

    assert counts["steppewire_source_last_new_timestamp_seconds{elkz}"] == NOON.timestamp()
    assert counts["steppewire_source_consecutive_failures{elkz}"] == 2
    assert counts["steppewire_source_visits_total{elkz}"] == 5
    assert counts["steppewire_source_warnings_total{elkz,no-link-matches}"] == 4
    assert "steppewire_source_last_success_timestamp_seconds{elkz}" not in counts


def test_a_trouble_is_told_by_its_kind_and_what_is_well_is_zero() -> None:
    sources = {"elkz": {}, "mute": {}, "new": {}}
    troubles = {"elkz": (), "mute": ("silent",), "long-gone": ("blocked",)}

    counts = told(replace(snapshot({}, sources), troubles=troubles))

    kinds = {name: n for name, n in counts.items() if name.startswith("steppewire_source_trouble")}
    assert {name for name, value in kinds.items() if value} == {
        "steppewire_source_trouble{mute,silent}"
    }
    assert len(kinds) == 6, "of the two that are claimed and watched"


def looked(at: datetime) -> dict[str, str]:
    due = at + timedelta(minutes=10)
    return {"last_poll": at.isoformat(), "next_poll": due.isoformat()}


def test_a_source_that_was_taken_out_of_the_settings_is_forgotten_after_a_day() -> None:
    old, new = looked(NOON - timedelta(days=2)), looked(NOON)

    assert set(followed({"removed": old, "running": new, "fresh": {"state": "new"}})) == {
        "running",
        "fresh",
    }


def test_when_no_source_is_looked_at_any_more_all_stay_for_that_is_the_alarm() -> None:
    old = looked(NOON - timedelta(days=9))

    assert set(followed({"a": old, "b": old})) == {"a", "b"}
