"""Rows that well-known readers of dates get wrong, some of them silently; each is read here.

dateparser 1.5.0 reads "29-mart 2024" as 29 November in the zone of the Marquesas, takes
"20:15 / 05.01.2024" for the first of May, and gives None for most of the others.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from steppewire.dates import read_date

ROWS = [
    ("16 қараша 2018", "2018-11-16T00:00+06:00"),
    ("2018 жылғы 16 қараша", "2018-11-16T00:00+06:00"),
    ("23 февраля 2017, 14:05", "2017-02-23T14:05+06:00"),
    ("29-mart 2024", "2024-03-29T00:00+05:00"),
    ("2024-yil 29-mart", "2024-03-29T00:00+05:00"),
    ("5 сәуір, 2024 18:20", "2024-04-05T18:20+05:00"),
    ("бүгін 10:15", "2026-11-22T10:15+05:00"),
    ("вчера, 18:40", "2026-11-21T18:40+05:00"),
    ("bugun 10:15", "2026-11-22T10:15+05:00"),
    ("bugun, soat 10:15", "2026-11-22T10:15+05:00"),
    ("20:15 / 05.01.2024", "2024-01-05T20:15+06:00"),
    ("2018 жылдың 16 қарашасы", "2018-11-16T00:00+06:00"),
    ("16 қарашада", "2026-11-16T00:00+05:00"),
    ("алдыңғы күні", "2026-11-20T00:00+05:00"),
    ("16 qarasha 2018", "2018-11-16T00:00+06:00"),
    ("16 караша", "2026-11-16T00:00+05:00"),
    ("20 сауір", "2026-04-20T00:00+05:00"),
    ("1 шiлде", "2026-07-01T00:00+05:00"),
    ("16 sentyabr 2020", "2020-09-16T00:00+06:00"),
    ("16 oktyabr 2020", "2020-10-16T00:00+06:00"),
    ("1 soat avval", "2026-11-22T14:30+05:00"),
    ("2024 yil 29 mart kuni", "2024-03-29T00:00+05:00"),
    ("29-март 2024", "2024-03-29T00:00+05:00"),
    ("2024 йил 29 март", "2024-03-29T00:00+05:00"),
    ("бугун", "2026-11-22T00:00+05:00"),
    ("16 сентябрь 2020", "2020-09-16T00:00+06:00"),
    ("16 октябрь 2020", "2020-10-16T00:00+06:00"),
    ("16 ноябрь 2020", "2020-11-16T00:00+06:00"),
    ("12:18, 15 Ноябрь 2025 | GMT +5", "2025-11-15T12:18+05:00"),
    ("31 декабря, 23:50", "2025-12-31T23:50+05:00"),
    ("16 ноябри соли 2018", "2018-11-16T00:00+06:00"),
    ("2018-жылдын 16-ноябры", "2018-11-16T00:00+06:00"),
    # the long dates of CLDR; a narrow no-break space stands before ж.
    ("2018\u202fж. 16 қараша", "2018-11-16T00:00+06:00"),
    ("16-قاراشا، 2018", "2018-11-16T00:00+06:00"),
    ("16 ноября 2018 г.", "2018-11-16T00:00+06:00"),
    ("15 Август 2025", "2025-08-15T00:00+05:00"),
    ("16-noyabr, 2018", "2018-11-16T00:00+06:00"),
    ("16 ноябр, 2018", "2018-11-16T00:00+06:00"),
    ("2018-ж., 16-ноябрь", "2018-11-16T00:00+06:00"),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_a_row_that_others_miss_is_read(text, expected, clock):
    assert datetime.fromisoformat(expected) == read_date(text, clock).at


@pytest.mark.parametrize("text", ["MART", "20:15 MART", "5 MART", "29 MART 2024, 10:15"])
def test_mart_is_a_month_and_never_the_marquesas(text, clock):
    found = read_date(text, clock)

    assert found is None or found.at.utcoffset().total_seconds() in (5 * 3600, 6 * 3600)


def test_a_date_without_its_year_is_never_in_the_future(clock):
    assert read_date("23 қараша", clock).at.year == 2025
    assert read_date("22 қараша", clock).at.year == 2026
