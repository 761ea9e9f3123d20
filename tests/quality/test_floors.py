"""Better or red: what was reached once is not lost. See benchmarks/floors/floors.toml.

Floors on the development data are measured where STEPPEWIRE_QUALITY_DATA names its folder, as
.ci/run does when the folder is there; floors on our own pages are measured always.
"""

from __future__ import annotations

import os

import pytest

from floors.ledger import Floor, floors
from floors.measures import DATA, MEASURES, NEEDS_DATA, NoData, measure

FLOORS = floors()


@pytest.mark.parametrize("floor", FLOORS, ids=str)
def test_what_was_reached_is_not_lost(floor: Floor) -> None:
    try:
        figures = measure(floor)
    except NoData as why:
        assert floor.kind in NEEDS_DATA
        assert not os.environ.get(DATA)
        pytest.skip(str(why))

    assert floor.missed(figures) == []


def test_every_floor_has_somebody_who_measures_it() -> None:
    assert {floor.kind for floor in FLOORS} == set(MEASURES)


def test_something_is_measured_where_no_data_is() -> None:
    assert {floor.kind for floor in FLOORS} - NEEDS_DATA
