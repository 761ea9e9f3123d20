"""Whatever our own forms write in any language is read back."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.dates import read_date
from steppewire.dates.words import months

FORMS = {
    "kk": ["{d} {m} {y}", "{y} жылғы {d} {m}", "{y} ж. {d} {m}", "{d}-{m} {y} жыл"],
    "kk-Latn": ["{d} {m} {y}", "{y} jylǵy {d} {m}", "{d} {m}, {y}"],
    "kk-Arab": ["{d}-{m}، {y}", "{y} جىلعى {d} {m}"],
    "uz": ["{d}-{m} {y}", "{y}-yil {d}-{m}", "{d} {m}, {y}", "{y} yil {d} {m} kuni"],
    "uz-Cyrl": ["{d}-{m}, {y}", "{y} йил {d} {m}", "{y}-йил {d}-{m} куни"],
    "ky": ["{y}-ж., {d}-{m}", "{y}-жылдын {d}-{m}", "{d}-{m}, {y}"],
    "tg": ["{d} {m}и соли {y}", "{d} {m} {y}"],
    "en": ["{m} {d}, {y}", "{d} {m} {y}", "{d} of {m} {y}", "{y} {m} {d}"],
    "hu": ["{y}. {m} {d}."],
    "es": ["{d} de {m} de {y}"],
    "de": ["{d}. {m} {y}"],
}
WRITTEN = [
    (language, form) for language in months() for form in FORMS.get(language, ["{d} {m} {y}"])
]
HOURS = ["{date}, {t}", "{date} {t}", "{t}, {date}", "{t} | {date}", "{date} | {t}"]


@given(
    written=st.sampled_from(WRITTEN),
    hours=st.sampled_from(HOURS),
    moment=st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 20)),
    number=st.integers(0, 3),
)
def test_every_language_and_form_is_read_back(written, hours, moment, number, clock_of_almaty):
    language, form = written
    names = months()[language]["months"][moment.month - 1].split()
    name = names[number % len(names)]
    date = form.format(d=moment.day, m=name, y=moment.year)

    found = read_date(hours.format(date=date, t=f"{moment:%H:%M}"), clock_of_almaty)

    assert moment.replace(second=0, microsecond=0) == found.at.replace(tzinfo=None)


@given(moment=st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 20)), number=st.integers(0, 7))
def test_every_form_of_numbers_is_read_back(moment, number, clock_of_almaty):
    form = [
        "%d.%m.%Y %H:%M",
        "%d/%m/%Y %H:%M",
        "%d-%m-%Y %H:%M",
        "%Y-%m-%d %H:%M",
        "%Y.%m.%d, %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%H:%M / %d.%m.%Y",
        "%d. %m. %Y %H.%M",
    ][number]

    found = read_date(moment.strftime(form), clock_of_almaty)

    assert moment.replace(second=0, microsecond=0) == found.at.replace(tzinfo=None, second=0)


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [
        ("сағат бұрын", 3600),
        ("минут бұрын", 60),
        ("часов назад", 3600),
        ("минут назад", 60),
        ("soat avval", 3600),
        ("daqiqa oldin", 60),
        ("соат аввал", 3600),
        ("дақиқа олдин", 60),
        ("саат мурун", 3600),
        ("мүнөт мурун", 60),
        ("соат пеш", 3600),
        ("дақиқа пеш", 60),
        ("hours ago", 3600),
        ("mins ago", 60),
        ("saat önce", 3600),
        ("dəqiqə əvvəl", 60),
        ("годин тому", 3600),
        ("saǵat buryn", 3600),
        ("ساعات بۇرىن", 3600),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 11, 23])
def test_a_count_of_hours_or_minutes_goes_back_from_now(unit, seconds, count, clock_of_almaty):
    found = read_date(f"{count} {unit}", clock_of_almaty)

    assert found.relative
    assert count * seconds == (clock_of_almaty.now - found.at).total_seconds()
