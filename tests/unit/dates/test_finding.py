"""All dates of a text, with their places: what the enricher marks as DATE."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.dates import find

NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")


def found(text: str, *, future: bool = False) -> list[tuple[str, str, str]]:
    return [
        (text[one.start : one.end], one.value.isoformat()[:16], one.precision)
        for one in find(text, NOW, ALMATY, future=future)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Жиын 2018 жылғы 16 қарашада, сағат 10:15-те өтті.",
            ("2018 жылғы 16 қарашада, сағат 10:15", "2018-11-16T10:15", "time"),
        ),
        (
            "Бұл 2019 жылдың наурызында болды.",
            ("2019 жылдың наурызында", "2019-03-01T00:00", "month"),
        ),
        ("Олар 2017 жылы келді.", ("2017 жылы", "2017-01-01T00:00", "year")),
        ("Он приехал 16 ноября 2018 года.", ("16 ноября 2018 года", "2018-11-16T00:00", "day")),
        ("Это было в ноябре 2018 года.", ("ноябре 2018 года", "2018-11-01T00:00", "month")),
        ("Вчера, 18:40, он уехал.", ("Вчера, 18:40", "2020-05-31T18:40", "time")),
        (
            "Sud 2018-yil 16-noyabr kuni soat 10:15 da boʻldi.",
            ("2018-yil 16-noyabr kuni soat 10:15", "2018-11-16T10:15", "time"),
        ),
        ("U 5-mart kuni keldi.", ("5-mart", "2020-03-05T00:00", "day")),
        (
            "They met on November 16, 2018 at 10:15.",
            ("November 16, 2018 at 10:15", "2018-11-16T10:15", "time"),
        ),
        ("They met 3 days ago.", ("3 days ago", "2020-05-29T00:00", "day")),
        ("Поставка 01.02.20 сорвалась.", ("01.02.20", "2020-02-01T00:00", "day")),
    ],
)
def test_a_date_is_found_in_its_place(text, expected):
    assert [expected] == found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Рост составил 4,5 млрд-ты, 40%.",
        "version 1.2.24, счёт 3:2",
        "192.168.1.10",
        "дом 12/4, квартира 10",
        "99.99.2020",
        "31 ақпан 2020",
        "маяк 12",
        "Казань",
        "in 5 of 10",
        "60-летие",
    ],
)
def test_what_is_no_date_is_not_found(text):
    assert found(text) == []


def test_dates_do_not_overlap_and_stand_in_order():
    spans = found("В 2017 году, 16 ноября 2018 года и 5 марта 2019.")

    assert [text for text, _, _ in spans] == ["2017 году", "16 ноября 2018 года", "5 марта 2019"]


def test_a_day_without_its_year_is_past_unless_the_future_is_allowed():
    assert found("2 маусымда")[0][1] == "2019-06-02T00:00"
    assert found("2 маусымда", future=True)[0][1] == "2020-06-02T00:00"


def test_years_before_the_zones_have_whole_minutes():
    (one,) = find("1848 жылғы 5 қарашада", NOW, ALMATY)

    assert one.value.isoformat() == "1848-11-05T00:00:00+05:08"


@given(st.text(alphabet="16 қараша2018.:/-жылғывчерасегодня, agoMart\n", max_size=80))
def test_spans_lie_in_the_text_and_never_overlap(text):
    spans = find(text, NOW, ALMATY)

    ends = [0, *(one.end for one in spans)]
    assert all(
        end <= one.start < one.end <= len(text) for end, one in zip(ends, spans, strict=False)
    )
