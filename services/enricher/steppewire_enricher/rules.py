"""Dates and sums of money, by rules: what a tagger trained on television speech never saw.

`$4,1 млрд`, `4,5 миллиона теңге`, `2018 жылғы 16 қарашада`, `2024-yil 5-yanvar`, `March 3, 2024`.
Every repetition in a pattern has an upper bound: no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from steppewire.events import EntityType


@dataclass(frozen=True)
class Found:
    """A date or a sum at `text[start:end]`; `normal` is ISO 8601, or amount and ISO 4217 code."""

    start: int
    end: int
    type: EntityType
    normal: str


_MONTHS = (
    "қаңтар|январ[ья]|январе|январ|yanvar|january|jan",
    "ақпан|феврал[ья]|феврале|феврал|fevral|february|feb",
    "наурыз|марта?|марте|mart|march|mar",
    "сәуір|апрел[ья]|апреле|апрел|aprel|april|apr",
    "мамыр|мая|май|мае|may",
    "маусым|июн[ья]|июне|июн|iyun|june|jun",
    "шілде|июл[ья]|июле|июл|iyul|july|jul",
    "тамыз|августа?|августе|avgust|august|aug",
    "қыркүйек|қыркүйег|сентябр[ья]|сентябре|сентябр|sentabr|sentyabr|september|sept?",
    "қазан|октябр[ья]|октябре|октябр|oktabr|oktyabr|october|oct",
    "қараша|ноябр[ья]|ноябре|ноябр|noyabr|november|nov",
    "желтоқсан|декабр[ья]|декабре|декабр|dekabr|december|dec",
)
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_MONTH_OF = [re.compile(rf"(?:{names})", re.IGNORECASE) for names in _MONTHS]
_TAIL = r"[^\W\d_]{0,8}"
_DAY = r"(?P<day>[0-3]?\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_YEAR_WORD = rf"(?:\s?[-–]?\s?(?:жыл|йил|yil){_TAIL}|\s?(?:год{_TAIL}|гг?\.|ж\.))"
_END = r"(?!\w)"

_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d.])(?P<year>(?:19|20)\d\d)-(?P<m>[01]\d)-(?P<day>[0-3]\d)(?![\d-])",
        r"(?<![\d.])(?P<day>[0-3]?\d)\.(?P<m>[01]\d)\.(?P<year>(?:19|20)\d\d)(?![\d.]\d)",
        rf"(?<!\w){_YEAR}{_YEAR_WORD},?\s(?P<day>[0-3]?\d)(?:-|\s){_MONTH}{_TAIL}{_END}",
        rf"(?<!\w){_DAY}(?:-|\s){_MONTH}{_TAIL},?\s{_YEAR}(?:{_YEAR_WORD})?{_END}",
        rf"(?<!\w){_DAY}(?:st|nd|rd|th)?(?:-|\s)(?:of\s)?{_MONTH}{_TAIL}{_END}",
        rf"(?<!\w){_MONTH}\.?\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}{_END}",
        rf"(?<!\w){_MONTH}\.?\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.,%]\d|\w)",
        rf"(?<!\w){_YEAR}{_YEAR_WORD},?\s{_MONTH}{_TAIL}{_END}",
        rf"(?<!\w){_MONTH}{_TAIL},?\s{_YEAR}(?:{_YEAR_WORD})?{_END}",
        rf"(?<!\w){_YEAR}{_YEAR_WORD}(?!\w)",
        r"(?<=\b[Ii]n\s)(?P<year>(?:19|20)\d\d)\b(?!\s?[%\d])",
    )
)

_SCALES = (
    (10**12, "трлн|триллион|trln|trillion"),
    (10**9, "млрд|миллиард|mlrd|milliard|billion|bn"),
    (10**6, "млн|миллион|mln|million"),
    (10**3, "тыс|тысяч|мың|минг|ming|thousand"),
)
_SCALE_OF = [(factor, re.compile(rf"(?:{names})", re.IGNORECASE)) for factor, names in _SCALES]
_SCALE = rf"(?:\s?(?P<scale>{'|'.join(names for _, names in _SCALES)}){_TAIL}\.?)"
_SYMBOLS = {"$": "USD", "€": "EUR", "₸": "KZT", "₽": "RUB", "£": "GBP", "¥": "CNY"}
_CURRENCIES = (
    ("USD", r"(?:ақш|aqsh|us|u\.s\.)?\s?(?:доллар|dollar)"),
    ("KZT", r"(?:қазақстан\w{0,6}\s)?(?:теңге|тенге|tenge|тг)"),
    ("UZS", r"(?:сўм|so[‘’ʻʼ'`]m|узбекских\sсум|сум)"),
    ("KGS", r"(?:кыргызских\s)?сом"),
    ("RUB", r"(?:ресей\s|российских\s|rossiya\s|russian\s)?(?:рубл|ruble|rouble|rubl)"),
    ("EUR", r"(?:евро|еуро|yevro|euro)"),
    ("CNY", r"(?:юан|yuan)"),
    ("GBP", r"(?:фунт|pounds?\b|funt)"),
    ("TRY", r"(?:түрік\s|турецких\s)?(?:лир|lira)"),
    ("JPY", r"(?:иен|йен|yen\b)"),
)
_CURRENCY_OF = [(code, re.compile(words, re.IGNORECASE)) for code, words in _CURRENCIES]
_CURRENCY = rf"\s?(?P<word>{'|'.join(words for _, words in _CURRENCIES)})"
_CODES = "USD|EUR|KZT|UZS|RUB|KGS|GBP|CNY|TJS|TMT|JPY|CHF"
_NUMBER = r"(?P<number>\d{1,15}(?:[\s\u00a0\u202f]\d{3}){0,5}(?:[.,]\d{1,9}){0,5})"
_MONEY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<sign>[$€₸₽£¥])\s?{_NUMBER}{_SCALE}?",
        rf"(?<![\w.,]){_NUMBER}{_SCALE}?\s?(?P<sign>[$€₸₽£¥])",
        rf"(?<![\w.,]){_NUMBER}{_SCALE}?{_CURRENCY}{_TAIL}(?:\s(?:США|АҚШ|AQSh))?{_END}",
        rf"(?<![\w.,]){_NUMBER}{_SCALE}?\s?(?P<code>{_CODES}){_END}",
        rf"(?<!\w)(?P<code>{_CODES})\s{_NUMBER}{_SCALE}?{_END}",
    )
)


def find(text: str, published: datetime | None = None) -> list[Found]:
    """Return the dates and sums in `text`, in order, none overlapping; the longest wins."""
    candidates = [*_sums(text), *_dates(text, published)]
    kept: list[Found] = []
    last_end = -1
    for found in sorted(candidates, key=lambda f: (f.start, -f.end)):
        if found.start >= last_end:
            kept.append(found)
            last_end = found.end
    return kept


def _dates(text: str, published: datetime | None) -> Iterator[Found]:
    taken = bytearray(len(text))
    for pattern in _DATES:  # from the most to the least exact
        for match in pattern.finditer(text):
            if taken.find(1, *match.span()) < 0:
                normal = _calendar(match, published)
                if normal is not None:
                    taken[slice(*match.span())] = b"\1" * len(match[0])
                    yield Found(match.start(), match.end(), "DATE", normal)


def _calendar(match: re.Match[str], published: datetime | None) -> str | None:
    """Return an ISO 8601 date, month or year; None for what is no date (31 February)."""
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    month = int(parts["m"]) if parts.get("m") else _month(parts.get("month"))
    day = int(parts["day"]) if parts.get("day") else None
    if month is None:
        return str(year)
    if day is None:
        return f"{year:04}-{month:02}"
    return _day(year, month, day, published)


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    return next(i for i, names in enumerate(_MONTH_OF, 1) if names.fullmatch(name))


def _day(year: int | None, month: int, day: int, published: datetime | None) -> str | None:
    if year is not None:
        candidates = [year]
    elif published is not None:
        candidates = [published.year - 1, published.year, published.year + 1]
    else:
        return f"--{month:02}-{day:02}" if 1 <= day <= 31 and 1 <= month <= 12 else None
    days = []
    for candidate in candidates:
        try:
            days.append(date(candidate, month, day))
        except ValueError:
            continue
    if not days:
        return None
    nearest = min(days, key=lambda d: abs((d - published.date()).days) if published else 0)
    return nearest.isoformat()


def _sums(text: str) -> Iterator[Found]:
    taken = bytearray(len(text))
    for pattern in _MONEY:
        for match in pattern.finditer(text):
            if taken.find(1, *match.span()) < 0:
                amount = _amount(match["number"], match.groupdict().get("scale"))
                code = _code(match.groupdict())
                if amount is not None and code is not None:
                    taken[slice(*match.span())] = b"\1" * len(match[0])
                    end = match.end() - match[0].endswith(".")  # a full stop, not "млн."
                    yield Found(match.start(), end, "MONEY", f"{amount} {code}")


def _amount(number: str, scale: str | None) -> str | None:
    digits = re.sub(r"\s", "", number)
    groups = re.split(r"[.,]", digits)
    # 1,234,567 and 1.234.567 are whole; a last group of three after one sign is, too,
    # unless "млрд" follows: 4,125 млрд
    whole = len(groups) > 2 or (len(groups) == 2 and len(groups[1]) == 3 and not scale)
    plain = "".join(groups) if whole else ".".join(groups)
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if scale:
        value *= next(factor for factor, names in _SCALE_OF if names.fullmatch(scale))
    return f"{value.normalize():f}"


def _code(parts: dict[str, str | None]) -> str | None:
    if parts.get("sign"):
        return _SYMBOLS[str(parts["sign"])]
    if parts.get("code"):
        return str(parts["code"]).upper()
    word = str(parts.get("word")).strip()
    return next((code for code, words in _CURRENCY_OF if words.fullmatch(word)), None)
