"""Lines that try to cost time, to overflow, or to be a date that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.dates import Clock, find, read_date, zone_of
from steppewire.dates.words import meaning

LONG, MANY = 100_000, 5_000


@pytest.mark.parametrize(
    "text",
    [
        "9" * LONG,
        "1." * MANY,
        "1-" * MANY,
        "16 " * MANY,
        "қараша " * MANY,
        "2018 жылғы " * MANY,
        "10:15" * MANY,
        "часа " * MANY,
        "1 часа " * MANY,
        "'" * MANY,
        "а'" * MANY,
        " " * LONG,
        "\u202e" * MANY,
        "a.m" * MANY,
        "бүгін" * MANY,
        "z" * LONG,
        "+05" * MANY,
        "GMT " * MANY,
    ],
    ids=lambda text: text[:8],
)
def test_a_hundred_thousand_of_anything_is_read_in_one_pass(text, clock):
    # Each of these would take minutes if any pattern were quadratic; the suite's limit tells.
    read_date(text, clock)
    find(text, clock.now, clock.zone)


@pytest.mark.parametrize(
    "text",
    [
        "31 февраля 2020",
        "30 ақпан 2020",
        "31-aprel 2020",
        "29 February 2023",
        "0 қараша 2018",
        "32 қараша 2018",
        "16 қараша 99999",
        "99999-11-16",
        "2018-13-01",
        "2018-00-10",
        "16 қараша 1700",
        "16 қараша 2999",
        "0000-00-00",
        "00.00.0000",
        "0000-00-00T00:00:00Z",
        "1 жыл бұрын",
        "99 дней",
        "9999999 часов назад",
        "9999999999999",
        "99999999999",
        "−1 часа назад",
    ],
)
def test_what_cannot_be_is_none(text, clock):
    assert read_date(text, clock) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-11-16T24:00", "2018-11-17T00:00:00+06:00"),
        ("16 қараша 2018, 24:00", "2018-11-17T00:00:00+06:00"),
        ("2018-11-16T25:00", "2018-11-16T00:00:00+06:00"),
        ("2018-11-16T10:61:00", "2018-11-16T00:00:00+06:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("16 қараша 2018, 25:61", "2018-11-16T00:00:00+06:00"),
        ("\u202b16 қараша 2018\u202c", "2018-11-16T00:00:00+06:00"),
        ("16\u200b қара\u00adша 2018", "2018-11-16T00:00:00+06:00"),
        ("\u061c١٦ قاراشا ٢٠١٨", "2018-11-16T00:00:00+06:00"),
        ("16\u00a0қараша\u202f2018", "2018-11-16T00:00:00+06:00"),
        ("16 қараша\n2018", "2018-11-16T00:00:00+06:00"),
        ("29 ақпан 2024", "2024-02-29T00:00:00+06:00"),
    ],
)
def test_the_edges_of_the_calendar(text, expected, clock):
    found = read_date(text, clock)

    assert expected == (found.at.isoformat() if found else None)


def test_nothing_lies_in_the_future(clock):
    assert read_date("24 қараша 2026", clock) is None
    assert read_date("2027-01-01", clock) is None
    assert read_date("23 қараша 2026, 10:00", clock) is not None  # a zone may run ahead


@given(st.text(max_size=200))
def test_any_text_is_a_date_in_the_past_or_none(text):
    clock = Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), zone_of("Asia/Almaty"))

    found = read_date(text, clock)

    assert found is None or found.at <= clock.now + timedelta(days=2)


def test_a_word_longer_than_any_we_know_means_nothing():
    assert meaning("қараша" * 20).sign == "w"
