"""Dates as news sites write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.dates import Clock, read_date, zone_of

CLOCK = Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), ZoneInfo("Asia/Almaty"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16 қараша 2018", "2018-11-16T00:00+06:00"),
        ("2018 жылғы 16 қараша", "2018-11-16T00:00+06:00"),
        ("2018 ж. 16 қараша", "2018-11-16T00:00+06:00"),
        ("2018 жылдың 16 қарашасы", "2018-11-16T00:00+06:00"),
        ("5 сәуір, 2024 18:20", "2024-04-05T18:20+05:00"),
        ("16 қарашада", "2026-11-16T00:00+05:00"),
        ("16 караша", "2026-11-16T00:00+05:00"),
        ("20 сауір 2025", "2025-04-20T00:00+05:00"),
        ("1 шiлде 2025", "2025-07-01T00:00+05:00"),
        ("16 qarasha 2018", "2018-11-16T00:00+06:00"),
        ("25 shilde 2025", "2025-07-25T00:00+05:00"),
        ("3 şilde 2025", "2025-07-03T00:00+05:00"),
        ("16-قاراشا، 2018", "2018-11-16T00:00+06:00"),
        ("23 февраля 2017, 14:05", "2017-02-23T14:05+06:00"),
        ("12:18, 15 Ноябрь 2025 | GMT +5", "2025-11-15T12:18+05:00"),
        ("18 сентября 2023, 21:00", "2023-09-18T21:00+06:00"),
        ("28 февраля 2007 года", "2007-02-28T00:00+06:00"),
        ("20 июля 2024 в 12:00 МСК", "2024-07-20T12:00+03:00"),
        ("29-mart 2024", "2024-03-29T00:00+05:00"),
        ("2024-yil 29-mart", "2024-03-29T00:00+05:00"),
        ("2024 yil 29 mart kuni", "2024-03-29T00:00+05:00"),
        ("16-noyabr, 2018", "2018-11-16T00:00+06:00"),
        ("16 sentyabr 2020", "2020-09-16T00:00+06:00"),
        ("Kategoriya | 20:15 / 05.01.2024", "2024-01-05T20:15+06:00"),
        ("2024 йил 29 март", "2024-03-29T00:00+05:00"),
        ("2 Noyabr 2023", "2023-11-02T00:00+06:00"),
        ("16 ноябри соли 2018", "2018-11-16T00:00+06:00"),
        ("2018-жылдын 16-ноябры", "2018-11-16T00:00+06:00"),
        ("May 28 2026", "2026-05-28T00:00+05:00"),
        ("Sept. 5, 2025, 3:05 p.m.", "2025-09-05T15:05+05:00"),
        ("Tue, 05 Mar 2024 12:00:00 +0300", "2024-03-05T12:00+03:00"),
        ("05/28/2026", "2026-05-28T00:00+05:00"),
        ("2026-01-16T11:33:14.5+05:00", "2026-01-16T11:33:14+05:00"),
        ("2026-01-16 11:33", "2026-01-16T11:33+05:00"),
        ("20260116T113314Z", "2026-01-16T11:33:14+00:00"),
    ],
)
def test_a_written_date_is_read(text, expected):
    assert datetime.fromisoformat(expected) == read_date(text, CLOCK).at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13:51, сегодня", "2026-11-22T13:51+05:00"),
        ("Вчера, 11:33", "2026-11-21T11:33+05:00"),
        ("бүгін 10:15", "2026-11-22T10:15+05:00"),
        ("кеше, 09:00", "2026-11-21T09:00+05:00"),
        ("bugun, soat 10:15", "2026-11-22T10:15+05:00"),
        ("kecha 23:59", "2026-11-21T23:59+05:00"),
        ("бугун 08:00", "2026-11-22T08:00+05:00"),
        ("yesterday at 7:30 pm", "2026-11-21T19:30+05:00"),
        ("31 декабря, 23:50", "2025-12-31T23:50+05:00"),
        ("2 часа назад", "2026-11-22T13:30+05:00"),
        ("1 soat avval", "2026-11-22T14:30+05:00"),
    ],
)
def test_a_relative_date_counts_from_the_day_of_fetching_at_the_site(text, expected):
    assert datetime.fromisoformat(expected) == read_date(text, CLOCK).at


@pytest.mark.parametrize(
    "text",
    ["", "2024", "99.99.2024", "марта 2024", "tomorrow", "mayor 12", "маяк 12", "31.02.2024",
     "10 марсель 2024", "Нурлан Сейтов", "25:61", "1 января 2031"],
)  # fmt: skip
def test_what_is_no_date_stays_none(text):
    assert read_date(text, CLOCK) is None


@pytest.mark.parametrize(
    ("local", "offset"),
    [("2024-02-29 23:30", 6), ("2024-03-01 00:30", 5), ("2017-06-01 12:00", 6)],
)
def test_almaty_has_the_offset_of_that_day(local, offset):
    assert timedelta(hours=offset) == read_date(local, CLOCK).at.utcoffset()


def test_z_stays_utc():
    assert read_date("2025-08-13T13:25:00Z", CLOCK).at.isoformat() == "2025-08-13T13:25:00+00:00"


def test_a_range_of_hours_is_no_offset():
    moment = read_date("15 ноября 2025 10:00-12:30", CLOCK)

    assert moment.at.isoformat() == "2025-11-15T10:00:00+05:00"


def test_a_day_alone_says_that_it_has_no_time():
    assert not read_date("16 қараша 2018", CLOCK).has_time


@pytest.mark.parametrize("text", ["18/11, 09:40", "18.11, 09:40", "18-noyabr, 09:40"])
def test_a_date_without_its_year_says_that_the_year_is_a_guess(text):
    moment = read_date(text, CLOCK)

    assert moment.guessed
    assert moment.at.isoformat()[4:16] == "-11-18T09:40"


def test_a_day_and_month_in_numbers_need_a_time_to_be_a_date():
    assert read_date("18/11", CLOCK) is None


def test_an_unknown_zone_is_none_and_not_an_error():
    assert zone_of("Asia/Atlantis") is None
    assert zone_of("../etc/passwd") is None


MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "uz-Cyrl": "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр",
    "kk-Arab": "قاڭتار اقپان ناۋرىز ءساۋىر مامىر ماۋسىم "
    "شىلدە تامىز قىركۇيەك قازان قاراشا جەلتوقسان",
    "en": "January February March April May June July August September October November December",
}


@given(
    language=st.sampled_from(sorted(MONTHS)),
    moment=st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 20)),
    form=st.sampled_from(
        ["{d} {m} {y}, {t}", "{t}, {d} {m} {y}", "{d}-{m} {y} {t}", "{y} {d} {m} {t}"]
    ),
)  # fmt: skip
def test_every_month_is_read_in_every_language_and_order(language, moment, form):
    name = MONTHS[language].split()[moment.month - 1]
    if form.startswith("{y}"):
        form = form.replace("{y}", "{y} жылғы")
    text = form.format(d=moment.day, m=name, y=moment.year, t=f"{moment:%H:%M}")

    found = read_date(text, CLOCK)

    assert found is not None
    assert moment.replace(second=0, microsecond=0) == found.at.replace(tzinfo=None)


@given(st.text(max_size=200))
def test_any_text_is_a_date_in_the_past_or_none(text):
    found = read_date(text, CLOCK)

    assert found is None or found.at <= CLOCK.now + timedelta(days=2)
