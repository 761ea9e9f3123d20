"""Where a reader stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_api.position import Start, start


@given(st.integers(0, 10**18 - 1))
def test_a_number_survives_the_way_to_a_browser_and_back(number: int) -> None:
    assert Start(number) == start(str(number))


def test_nothing_to_resume_means_from_now_on() -> None:
    assert Start() == start(None) == start("") == start("  ")


@pytest.mark.parametrize("text", ["0", "0-0", "0-0.0-0"])
def test_zero_is_the_beginning(text: str) -> None:
    assert Start(0) == start(text)


def test_an_id_from_before_the_log_begins_now_and_says_what_was_asked() -> None:
    assert Start(None, "1763800000000-0") == start("1763800000000-0")


@pytest.mark.parametrize("text", ["-", "x", "1-", "-1", "1.5", "1-0,2-0", "9" * 19, "١"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        start(text)


@given(st.text(max_size=30))
def test_no_text_is_a_fault(text: str) -> None:
    try:
        read = start(text)
    except ValueError:
        return
    assert read.after is None or read.after >= 0
