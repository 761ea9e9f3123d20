"""Dates as the sites print them: month names and orders of each language."""

from __future__ import annotations

from datetime import datetime


def _months(words: str) -> tuple[str, ...]:
    return tuple(words.split())


KK = _months(
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"
)  # fmt: skip
KK_CAPITAL = tuple(month.capitalize() for month in KK)
RU = _months(
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
)  # fmt: skip
RU_NOMINATIVE = _months(
    "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь"
)
UZ = _months("yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr")
UZ_CYRILLIC = _months("январ феврал март апрел май июн июл август сентябр октябр ноябр декабр")
EN = _months(
    "January February March April May June July August September October November December"
)

MONTHS = {"kk-Cyrl": KK, "ru-Cyrl": RU, "uz-Latn": UZ, "uz-Cyrl": UZ_CYRILLIC, "en-Latn": EN}


def clock(when: datetime) -> str:
    """Return the time of day: `09:05`."""
    return f"{when:%H:%M}"


def long_date(when: datetime, language: str) -> str:
    """Return the date in words: `18 ноября 2026`, `18-noyabr 2026`, `November 18, 2026`."""
    month = MONTHS[language][when.month - 1]
    if language == "en-Latn":
        return f"{month} {when.day}, {when.year}"
    if language.startswith("uz"):
        return f"{when.day}-{month} {when.year}"
    return f"{when.day} {month} {when.year}"
