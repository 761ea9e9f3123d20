"""The offset of a date is the one that its place had on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from steppewire.dates import Clock, moment_at, read_date, zone_of

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text", "offset"),
    [
        ("Asia/Almaty", "29 ақпан 2024, 22:59", 6),
        ("Asia/Almaty", "29 ақпан 2024, 23:30", 6),  # shown twice that night; the first is meant
        ("Asia/Almaty", "1 наурыз 2024, 00:00", 5),
        ("Asia/Almaty", "1 наурыз 2024", 5),
        ("Asia/Almaty", "31 желтоқсан 2023", 6),
        ("Asia/Qostanay", "28.02.2024 10:00", 6),
        ("Asia/Qostanay", "02.03.2024 10:00", 5),
        ("Asia/Qyzylorda", "20.12.2018 10:00", 6),
        ("Asia/Qyzylorda", "22.12.2018 10:00", 5),
        ("Asia/Aqtau", "1 маусым 2020", 5),
        ("Asia/Aqtobe", "1 маусым 2020", 5),
        ("Asia/Oral", "1 маусым 2020", 5),
        ("Asia/Bishkek", "29-февраль 2024, 23:30", 6),
        ("Asia/Bishkek", "16-ноябрь 2018", 6),
        ("Asia/Tashkent", "29-mart 2024", 5),
        ("Asia/Samarkand", "16-noyabr 2018", 5),
        ("Asia/Dushanbe", "16 ноябри соли 2018", 5),
        ("Asia/Ashgabat", "16 noýabr 2018", 5),
        ("Europe/Moscow", "1 января 2012", 4),
        ("Europe/Moscow", "1 января 2020", 3),
        ("Europe/London", "1 July 2020", 1),
        ("America/New_York", "Nov 1, 2020, 10:00", -5),
    ],
)
def test_a_place_has_the_offset_of_that_day(zone, text, offset):
    found = read_date(text, Clock(NOW, ZoneInfo(zone)))

    assert timedelta(hours=offset) == found.at.utcoffset()


def test_the_hour_that_almaty_had_twice_is_the_first_one():
    first = moment_at(date(2024, 2, 29), time(23, 30), ZoneInfo("Asia/Almaty"))

    assert first.isoformat() == "2024-02-29T23:30:00+06:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 ноября 2025, 12:18 | GMT +5", "+05:00"),
        ("15 ноября 2025, 12:18 (GMT+6)", "+06:00"),
        ("15 ноября 2025 12:18 UTC+05:00", "+05:00"),
        ("15 ноября 2025, 12:18 МСК", "+03:00"),
        ("Nov 15, 2025 12:18 EST", "-05:00"),
        ("Nov 15, 2025 12:18 pm ET", "-05:00"),
        ("Jul 15, 2025 12:18 pm ET", "-04:00"),
        ("2025-11-15T12:18:00Z", "+00:00"),
        ("2025-11-15 12:18 +0600", "+06:00"),
        ("2025-11-15T12:18:00+06:00[Asia/Bishkek]", "+06:00"),
        ("Sat, 15 Nov 2025 12:18:00 GMT", "+00:00"),
        ("15 ноября 2025 12:18 GMT+99", "+05:00"),
        ("15 ноября 2025 10:00-12:30", "+05:00"),
    ],
)
def test_an_offset_in_the_text_wins(text, expected):
    found = read_date(text, Clock(NOW, ZoneInfo("Asia/Almaty")))

    assert expected == found.at.isoformat()[-6:]


def test_an_unknown_zone_is_none_and_not_an_error():
    assert zone_of("Asia/Atlantis") is None
    assert zone_of("../etc/passwd") is None
    assert zone_of("") is None
    assert zone_of("Asia/Almaty\0") is None
