"""Where a reader stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_api.position import ORIGIN, Position, entry_id

ids = st.tuples(st.integers(0, 2**63), st.integers(0, 2**63))


@given(st.lists(ids, min_size=1, max_size=8))
def test_a_position_survives_the_way_to_a_browser_and_back(entries: list[tuple[int, int]]) -> None:
    position = Position(tuple(entries))

    assert position == Position.parse(str(position), len(entries))


@pytest.mark.parametrize(
    "text", ["", "-", "1", "1-", "a-0", "1-0.", "1-0,2-0", "-1-0", "9" * 30 + "-0"]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a stream id"):
        Position.parse(text, 2)


def test_new_partitions_are_read_from_their_beginning() -> None:
    assert Position(((7, 1), ORIGIN, ORIGIN)) == Position.parse("7-1", 3)


def test_partitions_that_are_gone_are_left_out() -> None:
    assert Position(((7, 1),)) == Position.parse("7-1.8-0.9-0", 1)


def test_a_position_is_behind_when_any_partition_is() -> None:
    assert Position(((7, 0), (9, 0))).is_behind(Position(((6, 0), (9, 1))))
    assert not Position(((7, 0), (9, 0))).is_behind(Position(((7, 0), (8, 5))))


@given(st.binary(max_size=30))
def test_no_bytes_are_a_fault(raw: bytes) -> None:
    try:
        read = entry_id(raw)
    except ValueError:
        return
    assert all(part >= 0 for part in read)
