"""The values in a text, by rules: what a tagger trained on television speech never saw.

`2018 жылғы 16 қарашада`, `2024-yil 5-yanvar`, `March 3, 2024`; sums and numbers are `amounts`'.
Every repetition in a pattern has an upper bound: no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain

from steppewire import dates
from steppewire_enricher.amounts import (
    BEFORE_CLOCK,
    CLOCK,
    IN_MONEY,
    MONEY,
    Found,
    beginnings_of_numbers,
    numbers,
    sums,
)
from steppewire_enricher.folding import REMEMBERED
from steppewire_enricher.scan import HEAD, Scan, matches_at, scan, words_before_numbers

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
_ANY_MONTH = re.compile("|".join(_MONTHS), re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_OF = [re.compile(rf"(?:{names})", re.IGNORECASE) for names in _MONTHS]
_TAIL = r"[^\W\d_]{0,8}"
_DAY = r"(?P<day>[0-3]?\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_YEAR_WORD = rf"(?:\s?[-–]?\s?(?:жыл|йил|yil){_TAIL}|\s?(?:год{_TAIL}|гг?\.|ж\.))"
_END = r"(?!\w)"

_DATES = tuple(
    (
        re.compile(pattern, re.IGNORECASE),
        pattern.startswith(rf"(?<!\w){_MONTH}"),
        _MONTH in pattern,
    )
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
        *(
            rf"(?<=\b{before}\s)(?P<year>(?:19|20)\d\d)\b(?!\s?[%\d])"
            for before in ("in", "by", "of", "since", "until", "from", "till", "before", "after")
        ),
    )
)
"""Dates; whether they begin with the name of a month (all others begin with a digit), and whether
they have one (all others have a year)."""


def find(text: str, published: datetime | None = None, language: str = "") -> list[Found]:
    """Return the values in `text`, in order, none overlapping: sums, dates, and other numbers."""
    taken = bytearray(len(text))
    kept: list[Found] = []
    seen = scan(text, _marks_in(language))
    told = (_dates(seen, published), _told_from_now(seen, published), _weekdays(seen))
    for found in (*sums(seen), *chain(*told), *_periods(seen)):
        if taken.find(1, found.start, found.end) < 0:
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
            kept.append(found)
    return sorted([*kept, *numbers(seen, language, taken)], key=lambda found: found.start)


_PERIODS, _DAYS, _WEEKDAYS, _OF_MONTHS = 1 << 8, 1 << 9, 1 << 10, 1 << 11
"""What a word may begin; lower marks are `amounts`'."""


@lru_cache(maxsize=16)
def _marks_in(language: str) -> Callable[[str], int]:
    """Return what tells the marks of a word in a language."""
    patterns = (
        (MONEY, IN_MONEY),
        (CLOCK, BEFORE_CLOCK),
        (_PERIODS, _BEGINS_PERIOD),
        (_DAYS, _RELATIVE),
        (_WEEKDAYS, _WEEKDAY),
        (_OF_MONTHS, _ANY_MONTH),
    )
    # one question for all, to small letters, is a third of the time: nearly every word is none
    any_of = re.compile("|".join(pattern.pattern for _, pattern in patterns))
    beginnings = beginnings_of_numbers(language)

    def marks_of(word: str) -> int:
        small = word.lower()
        marks = 0
        for mark, words in beginnings.get(small[:HEAD], ()):
            if small.startswith(words):
                marks |= mark
        if any_of.match(small):
            marks |= sum(mark for mark, pattern in patterns if pattern.match(word))
        return marks

    return lru_cache(maxsize=REMEMBERED)(marks_of)


_PERIOD = re.compile(
    r"(?<!\w)(?:биыл|былтыр|(?:өткен|келесі|былтырғы|алдыңғы)\s(?:жыл|ай|апта|тоқсан)[^\W\d_]{0,6}|"
    r"(?:o[‘’ʻʼ'`]tgan|kelasi|joriy)\s(?:yil|oy|hafta|chorak)[^\W\d_]{0,6}|"
    r"(?:ўтган|келаси|жорий)\s(?:йил|ой|ҳафта|чорак)[^\W\d_]{0,6}|"
    r"(?:прошл|следующ|нынешн|текущ)[^\W\d_]{2,4}\s(?:год|месяц|недел|квартал)[^\W\d_]{0,4}|"
    r"(?:last|next|this)\s(?:year|month|week|quarter))(?!\w)",
    re.IGNORECASE,
)
_LONG_PERIOD = re.compile(r"(?<!\w)\d{1,3}-(?:year|month|week|day)(?!\w)", re.IGNORECASE)
_BEGINS_PERIOD = re.compile(
    r"биыл|былтыр|өткен|келесі|алдыңғы|o[‘’ʻʼ'`]tgan|kelasi|joriy|ўтган|келаси|жорий|"
    r"прошл|следующ|нынешн|текущ|last|next|this",
    re.IGNORECASE,
)


def _periods(seen: Scan) -> Iterator[Found]:
    """Return years, months and weeks that are told from now: they have a place, and no date."""
    worded = matches_at(_PERIOD, seen.text, seen.where(_PERIODS))
    for match in (*worded, *matches_at(_LONG_PERIOD, seen.text, seen.digits)):
        yield Found(match.start(), match.end(), "DATE", "")


def _told_from_now(seen: Scan, published: datetime | None) -> Iterator[Found]:
    """Return days that are told from the day of publication: вчера, kecha, two days ago."""
    if published is not None and len(seen.text) <= LONGEST and seen.where(_DAYS):
        for found in dates.find(seen.text, published, published.tzinfo or UTC, future=True):
            if found.precision == "day":
                yield Found(found.start, found.end, "DATE", found.value.date().isoformat())


_RELATIVE = re.compile(
    r"(?:вчера|позавчера|сегодня|завтра|назад|кеше|бүгін|ертең|бұрын|алдын|kecha|bugun|ertaga|"
    r"oldin|avval|кеча|бугун|эртага|олдин|аввал|кечээ|бүгүн|мурун|ӯз|дирӯз|имрӯз|пеш|yesterday|"
    r"today|tomorrow|ago)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?<!\w)(?:дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма(?=\b|да|ға|ның)|сенбі|жексенбі|"
    r"понедельник|вторник|сред[аыу](?!\w)|четверг|пятниц|суббот|воскресень|"
    r"dushanba|seshanba|chorshanba|payshanba|shanba|yakshanba|"
    r"душанба|сешанба|чоршанба|пайшанба|шанба|якшанба|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)[^\W\d_]{0,6}(?!\w)",
    re.IGNORECASE,
)


def _weekdays(seen: Scan) -> Iterator[Found]:
    for match in matches_at(_WEEKDAY, seen.text, seen.where(_WEEKDAYS)):
        if match[0][0].isupper() or not match[0].isascii():
            yield Found(match.start(), match.end(), "DATE", "")


LONGEST = 20_000
"""Paragraphs longer than this are no prose."""


def _dates(seen: Scan, published: datetime | None) -> Iterator[Found]:
    if not seen.digits:
        return
    text, taken = seen.text, bytearray(len(seen.text))
    has_month, has_year = bool(seen.where(_OF_MONTHS)), bool(_ANY_YEAR.search(text))
    words = words_before_numbers(text) if has_month else []
    for pattern, by_word, of_month in _DATES:  # from the most to the least exact
        if not (has_month if of_month else has_year):
            continue
        for match in matches_at(pattern, text, words if by_word else seen.digits):
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
