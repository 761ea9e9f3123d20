from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.moments import mark, read, zone

ALMATY = zone("Asia/Almaty")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 22 Nov 2026 10:15:00 +0500", "2026-11-22T10:15:00+05:00"),
        ("Sun, 22 Nov 2026 05:15:00 GMT", "2026-11-22T05:15:00+00:00"),
        ("2026-11-22T10:15:00Z", "2026-11-22T10:15:00+00:00"),
        ("2026-11-22T10:15+05:00", "2026-11-22T10:15:00+05:00"),
        ("2026-11-22 10:15", "2026-11-22T10:15:00+05:00"),
        ("2026-11-22", "2026-11-22T00:00:00+05:00"),
        ("2024-01-15 10:15", "2024-01-15T10:15:00+06:00"),
    ],
)
def test_the_dates_of_feeds_and_sitemaps_are_read_with_their_offset(
    text: str, expected: str
) -> None:
    moment = read(text, ALMATY)

    assert moment is not None
    assert expected == moment.isoformat()


@pytest.mark.parametrize(
    "text", [None, "", "2026", "2026-11", "yesterday", "0000-00-00", "0001-01-01"]
)
def test_what_is_no_full_date_is_none(text: str | None) -> None:
    assert read(text, ALMATY) is None


def test_marks_sort_by_time_whatever_way_they_were_written() -> None:
    early = mark("2026-11-21T23:30:00+05:00", ALMATY, NOW)
    late = mark("Sat, 21 Nov 2026 19:00:00 GMT", ALMATY, NOW)

    assert early == "2026-11-21T18:30:00Z"
    assert early < late


def test_a_mark_from_the_future_is_none_because_it_would_hide_every_later_change() -> None:
    assert mark("2036-01-01", ALMATY, NOW) == ""


def test_an_unknown_zone_counts_as_utc() -> None:
    assert zone("Steppe/Nowhere") is UTC


@given(st.text(max_size=40))
def test_no_text_can_make_it_fail(text: str) -> None:
    mark(text, ALMATY, NOW)
