"""A storm's plan sends exactly what was asked for, over every database, however many at a time."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from plan import Wishes, plan
from supply import Supply

BOTH = ("sqlite", "postgresql")


def wishes(messages: int = 20_000, jobs: int = 1, **more) -> Wishes:
    return Wishes(messages, BOTH, seed=1, jobs=jobs, pace=350, absence=60, **more)


@pytest.mark.parametrize("messages", [100, 20_000, 20_001])
def test_one_after_another_each_database_gets_its_half(messages, tmp_path):
    storms = plan(wishes(messages), tmp_path / "supply")

    assert sum(storm.messages for storm in storms) == messages
    assert {storm.store for storm in storms if storm.crew == "light"} == set(BOTH)
    assert {storm.store for storm in storms if storm.crew == "real"} == set(BOTH)
    assert {storm.total for storm in storms if storm.supply} == {
        sum(storm.messages for storm in storms if storm.supply)
    }


def test_side_by_side_light_storms_share_one_supply_and_no_two_are_the_same(tmp_path):
    storms = plan(wishes(1_000_000, jobs=8), tmp_path / "supply")
    light = [storm for storm in storms if storm.crew == "light"]
    real = [storm for storm in storms if storm.crew == "real"]

    assert len(storms) == 8
    assert len({(storm.crew, storm.store, storm.seed) for storm in storms}) == 8
    assert {storm.total for storm in light} == {1_000_000 - sum(one.messages for one in real)}


def draw_all(path: Path, total: int) -> list[int]:
    supply, drawn = Supply(path, total), []
    while some := supply.draw(7):
        drawn += some
    return drawn


def test_processes_that_share_a_supply_draw_every_number_once(tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        drawn = pool.starmap(draw_all, [(tmp_path / "supply", 1000)] * 3)

    assert sorted(number for some in drawn for number in some) == list(range(1000))
    assert Supply(tmp_path / "supply", 1000).drawn == 1000
