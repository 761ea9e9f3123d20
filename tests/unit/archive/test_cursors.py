"""Cursors come back as they went, and nothing else passes for one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.cursors import Position, decode, encode


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**17))
def test_a_position_comes_back_as_it_went(moment: datetime, number: int) -> None:
    position = Position(moment, number)

    assert decode(encode(position)) == position


@given(st.text(max_size=80) | st.binary(max_size=40).map(lambda b: base64.b64encode(b).decode()))
def test_what_is_no_cursor_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="use the `next` of a page"):
        decode(text)
