"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from steppewire.errors import NotFound
from steppewire.moments import read_moment, read_window

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20 09:30:15", datetime(2026, 11, 20, 9, 30, 15, tzinfo=UTC)),
        ("2026-11-20T09:30+05:00", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2026-11-20T04:30:00Z", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2d", NOW - timedelta(days=2)),
        ("36h", NOW - timedelta(hours=36)),
        (" 90m ", NOW - timedelta(minutes=90)),
        ("1W", NOW - timedelta(weeks=1)),
        ("45s", NOW - timedelta(seconds=45)),
    ],
)
def test_dates_times_and_ages_are_understood(text: str, moment: datetime) -> None:
    assert read_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2d3h", "-2d", "d", "20.11.2026", "999999w", "٢d", "1y"]
)
def test_what_is_no_time_says_what_to_give(text: str) -> None:
    with pytest.raises(NotFound, match="is no time: give a date") as caught:
        read_moment(text, NOW)
    assert "\n" not in str(caught.value)


def test_a_window_may_be_open_at_both_ends() -> None:
    assert read_window(None, None, NOW) == (None, None)
    assert read_window("1d", "1h", NOW) == (NOW - timedelta(days=1), NOW - timedelta(hours=1))


@pytest.mark.parametrize(("since", "until"), [("1h", "1d"), ("2026-11-27", None), ("1d", "1d")])
def test_a_window_that_holds_nothing_is_refused(since: str, until: str | None) -> None:
    with pytest.raises(NotFound, match="is not before"):
        read_window(since, until, NOW)
