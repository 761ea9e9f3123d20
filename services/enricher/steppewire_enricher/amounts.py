"""Numbers and sums of money as web text writes them: `$4,1 млрд`, `besh million so‘m`.

Every repetition in a pattern has an upper bound: no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from steppewire.events import EntityType
from steppewire_enricher.lists import read_list
from steppewire_enricher.scan import Scan, head_of, matches_at


@dataclass(frozen=True)
class Found:
    """A value at `text[start:end]`; `normal` is ISO 8601, or amount and ISO 4217 code."""

    start: int
    end: int
    type: EntityType
    normal: str


def _any(words: str) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


_LISTS = read_list("amounts")
_TAIL = r"[^\W\d_]{0,8}"
_END = r"(?!\w)"
_START = r"(?<![\w.,])"
SPACE = r"[ \t\u00a0\u202f\u2009]"
_SCALES = tuple(
    (Decimal(10) ** int(power), re.compile(rf"(?:{_any(words)}){_TAIL}", re.IGNORECASE))
    for power, words in _LISTS["scales"].items()
)
_SCALE_WORD = (
    rf"(?:{_any(' '.join(_LISTS['scales'].values()))}){_TAIL}"
    rf"(?:\.(?={SPACE}?(?:[$€₸₽]|[a-zа-яёәғқңөұүһі])))?"
)
_SCALE = rf"(?:{SPACE}?(?P<scale>{_SCALE_WORD}))"
_DIGITS = (
    rf"\d{{1,15}}(?:{SPACE}\d{{3}}(?!\d)){{0,5}}"
    rf"(?:(?:[.,]\d{{3}}(?!\d)){{2,5}}|[.,]\d{{1,9}})?"
)
_RANGE = rf"(?:{_DIGITS}(?:{SPACE}?(?:{_SCALE_WORD}))?{SPACE}?[-–—]{SPACE}?(?=[$€₸₽£¥]?\d))"
NUMBER = rf"(?P<number>{_DIGITS})"
_WORD_OF = {word: Decimal(value) for value, words in _LISTS["words"].items()
            for word in words.split()}  # fmt: skip
_HALF = "one and a half"
_WORDED = (
    rf"(?P<worded>{_HALF}|(?:{_any(' '.join(_WORD_OF))})"
    rf"(?:(?:{SPACE}|-)(?:{_any(' '.join(_WORD_OF))})){{0,6}})"
)
_SYMBOLS = _LISTS["symbols"]
_SYMBOL = rf"(?P<sign>(?:US|A|C)?[{''.join(_SYMBOLS)}])"
_CURRENCIES = tuple(
    (code, re.compile(words, re.IGNORECASE)) for code, words in _LISTS["currencies"].items()
)
_CURRENCY = rf"(?P<word>{'|'.join(_LISTS['currencies'].values())})"
_CODES = _any(" ".join(_LISTS["codes"].split()))
_OF_STATE = rf"(?:{SPACE}(?:США|АҚШ|AQSH|AQSh|Кыргызстана|Казахстана|РФ))?"
_SUFFIX = rf"(?:[-'’‘]{_TAIL}{_END})?"

_AT_WORD = r"(?<!\w)"
_AT_CODE = rf"{_AT_WORD}(?P<code>"

_MONEY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SYMBOL}{SPACE}?{_RANGE}?(?:[$€₸₽£¥])?{NUMBER}(?:{_SCALE}|(?P<short>[KMBkmbтТ]|bn|mn|tn){_END})?{_SUFFIX}",
        rf"{_START}{_RANGE}?{NUMBER}{_SCALE}?{SPACE}?{_SYMBOL}{_SUFFIX}",
        rf"{_START}{_RANGE}?{NUMBER}{_SCALE}?(?:{SPACE}|-)?{_CURRENCY}{_TAIL}{_OF_STATE}{_END}{_SUFFIX}",
        rf"{_START}{_RANGE}?{NUMBER}{_SCALE}?{SPACE}?(?P<code>{_CODES}){_END}{_SUFFIX}",
        rf"{_AT_CODE}{_CODES}){SPACE}?{_RANGE}?{NUMBER}{_SCALE}?{_END}{_SUFFIX}",
        rf"(?<!\w){_WORDED}{_SCALE}?{SPACE}{_CURRENCY}{_TAIL}{_OF_STATE}{_END}{_SUFFIX}",
        rf"(?<!\w)(?P<scale>{_SCALE_WORD}){SPACE}{_CURRENCY}{_TAIL}{_OF_STATE}{_END}{_SUFFIX}",
    )
)
IN_MONEY = re.compile(
    rf"{'|'.join(_LISTS['currencies'].values())}|(?:{_CODES.lower()}){_END}", re.IGNORECASE
)
_ANY_SYMBOL = re.compile(rf"[{''.join(_SYMBOLS)}]")
"""What no sum is without: asked first, because most paragraphs have none."""
_SHORT = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12, "т": 3}


def sums(seen: Scan) -> list[Found]:
    """Return the sums of money in a text, in order."""
    text, counted = seen.text, seen.digits
    if not _ANY_SYMBOL.search(text) and not seen.where(MONEY):
        return []
    taken = bytearray(len(text))
    out: list[Found] = []
    for pattern in _MONEY if counted else _MONEY[-2:]:
        for match in _matches(pattern, seen):
            if taken.find(1, *match.span()) < 0:
                found = _sum(match)
                if found is not None:
                    taken[found.start : found.end] = b"\1" * (found.end - found.start)
                    out.append(found)
    out.extend(_carried(text, out, taken))
    return sorted(out, key=lambda found: found.start)


def _matches(pattern: re.Pattern[str], seen: Scan) -> Iterator[re.Match[str]]:
    """Return the matches of a pattern of sums: at numbers, words for them, codes, or symbols."""
    if pattern.pattern.startswith(_START):
        return matches_at(pattern, seen.text, seen.digits)
    if pattern.pattern.startswith(_AT_CODE):
        return matches_at(pattern, seen.text, seen.where(MONEY))
    if pattern.pattern.startswith(_AT_WORD):
        return matches_at(pattern, seen.text, seen.where(_COUNTING))
    return pattern.finditer(seen.text)


def _sum(match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    amount = _amount(parts)
    code = _code(parts)
    if amount is None or code is None:
        return None
    end = match.end() - match[0].endswith(".")  # a full stop, not "млн."
    return Found(match.start(), end, "MONEY", f"{amount.normalize():f} {code}")


_FAR = 200
"""Characters within which a second sum leaves out the currency of the first."""
_BARE = re.compile(rf"{_START}{NUMBER}{_SCALE}(?P<suffix>[-'’‘]?{_TAIL}){_END}", re.IGNORECASE)
_GOES_ON = re.compile(
    rf"{SPACE}?(?:[.,;:!?)»—–]|$|(?:{_any(_LISTS['carry']['goes_on'])}){_END})", re.IGNORECASE
)
_CASED = re.compile(rf"[-'’‘](?:{_any(_LISTS['carry']['cases'])})$", re.IGNORECASE)


def _carried(text: str, told: list[Found], taken: bytearray) -> Iterator[Found]:
    """Find sums that leave out the currency: `$4,1 млрд … 4,5 млрд-ты құрады`.

    A scale that has a case ending of its own, or that no noun follows, counts what was counted.
    """
    for match in _BARE.finditer(text) if told else ():
        before = [f for f in told if 0 <= match.start() - f.end <= _FAR]
        alone = _CASED.search(match[0]) or _GOES_ON.match(text, match.end())
        if before and alone and taken.find(1, *match.span()) < 0:
            amount = _amount(match.groupdict())
            code = max(before, key=lambda f: f.start).normal.rpartition(" ")[2]
            if amount is not None:
                yield Found(match.start(), match.end(), "MONEY", f"{amount.normalize():f} {code}")


def _amount(parts: dict[str, str | None]) -> Decimal | None:
    scale = parts.get("scale")
    if parts.get("number"):
        value = number(str(parts["number"]), scaled=bool(scale or parts.get("short")))
    else:
        value = worded(parts["worded"] or "") if parts.get("worded") else Decimal(1)
    if value is not None and scale:
        value *= _factor(scale.rstrip("."))
    if value is not None and parts.get("short"):
        value *= Decimal(10) ** _SHORT[str(parts["short"]).lower()]
    return value


def _factor(scale: str) -> Decimal:
    return next(factor for factor, words in _SCALES if words.fullmatch(scale))


def number(digits: str, *, scaled: bool = False) -> Decimal | None:
    """Return the number that digits mean: 1 234,5, 1,234,567 or 4.1."""
    groups = re.split(r"[.,]", re.sub(r"\s", "", digits))
    # 1,234,567 and 1.234.567 are whole; a last group of three after one sign is, too,
    # unless "млрд" follows: 4,125 млрд
    whole = len(groups) > 2 or (len(groups) == 2 and len(groups[1]) == 3 and not scaled)
    try:
        return Decimal("".join(groups) if whole else ".".join(groups))
    except InvalidOperation:
        return None


def worded(text: str) -> Decimal:
    """Return the number that words mean: `бес жүз елу` is 550."""
    if text.lower() == _HALF:
        return Decimal("1.5")
    total = group = Decimal(0)
    for word in re.split(r"[\s-]+", text.lower()):
        value = _WORD_OF.get(word, Decimal(0))
        if value == 100:
            group = max(group, Decimal(1)) * 100
        elif value >= 1000:
            total, group = total + max(group, Decimal(1)) * value, Decimal(0)
        else:
            group += value
    return total + group


def _code(parts: dict[str, str | None]) -> str | None:
    if parts.get("sign"):
        return str(_SYMBOLS[str(parts["sign"])[-1]])
    if parts.get("code"):
        return str(parts["code"]).upper()
    word = str(parts.get("word")).strip()
    return next((code for code, words in _CURRENCIES if words.fullmatch(word)), None)


# --- other numbers -------------------------------------------------------------------------

_PHONE = r"(?<![\w.,])(?:\+\d{1,3}|8)[\s(-]{1,2}\d{2,4}\)?(?:[\s-]?\d{2,3}){2,4}(?![\w%])"
_HOUR = "сағат|soat|соат"
BEFORE_CLOCK = re.compile(_HOUR, re.IGNORECASE)
_CLOCK = (
    rf"(?<![\w:.])(?:(?:{_HOUR}){SPACE})?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
    rf"(?:{SPACE}?[ap]\.?m\b\.?)?(?:[-’'‘]{_TAIL}|[dg]a|dan|gacha)?(?![\w:])"
)
_PERCENT = rf"(?:{SPACE}?%(?:-?{_TAIL})?|{SPACE}(?:{_any(_LISTS['percent'])}){_TAIL})"
_UNITS = _LISTS["units"].split()
_LONG, _SHORT_UNITS = (" ".join(u for u in _UNITS if (len(u) > 3) == is_long) for is_long in (1, 0))
_UNIT = rf"(?:{SPACE}|-)?(?:(?:{_any(_LONG)}){_TAIL}|(?:{_any(_SHORT_UNITS)}){_END}{_SUFFIX}){_END}"


_CASED_NUMBER = (
    r"(?:с?[іы]?н[ае]н|с?[іы]н[іы]ң|[іы]нд[ае]|дағы|дегі|тағы|тегі|даған|деген|лаған|леген|мыңнан)"
)
_IN_WORD = r"(?:[^\W\d_]|[’‘ʻʼ'](?=[^\W\d_]))"
_ORDINAL_BY_HYPHEN = ("kk", "uz")
"""`3-орын`, `25-maktab`: the hyphen itself says which one."""


_AT_DIGITS, _AT_WORDS, _AT_ORDINALS, _ANYWHERE = range(4)
"""Where a pattern may begin."""


MONEY, _CARDINALS, _ORDINALS, CLOCK, _COUNTING = 1, 2, 4, 8, 16
"""Marks of words: what may begin with them."""


Beginnings = dict[str, tuple[tuple[int, tuple[str, ...]], ...]]
"""Head of a word -> marks, and how the words begin that have them."""


def beginnings_of_numbers(language: str) -> Beginnings:
    """Return how the words begin with which numbers of a language do."""
    sorts = (
        (_CARDINALS, _LISTS["cardinals"].get(language, "-").split()),
        (_ORDINALS, _LISTS["ordinal_words"].split()),
        (_COUNTING, [*_WORD_OF, _HALF, *" ".join(_LISTS["scales"].values()).split()]),
    )
    found: dict[str, dict[int, set[str]]] = {}
    for mark, words in sorts:
        for word in words:
            first = re.split("[ -]", word)[0].lower()
            found.setdefault(head_of(first), {}).setdefault(mark, set()).add(first)
    return {
        head: tuple((mark, tuple(sorted(words))) for mark, words in by_mark.items())
        for head, by_mark in found.items()
    }


@lru_cache(maxsize=16)
def _patterns(language: str) -> tuple[tuple[EntityType, re.Pattern[str], int], ...]:
    """Return the kinds of numbers in a language, the surest first; where they may begin."""
    words = _any(_LISTS["cardinals"].get(language, "-"))
    worded_ = rf"(?<!\w)(?:{words})(?:(?:{SPACE}|-)(?:{words}){_END}){{0,6}}"
    found: tuple[tuple[EntityType, str], ...] = (
        ("CONTACT", _PHONE),
        ("CONTACT", r"(?<![\w.])[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{2,20}){1,4}"),
        ("PERCENTAGE", rf"{_START}{_RANGE}?{NUMBER}{_PERCENT}{_END}"),
        ("PERCENTAGE", rf"{worded_}{_PERCENT}{_END}"),
        ("TIME", _CLOCK),
        ("QUANTITY", rf"{_START}{_RANGE}?{NUMBER}{_SCALE}?{_UNIT}"),
        ("ORDINAL", rf"{_START}\d{{1,4}}-?(?:{_any(_LISTS['ordinals'])}){_TAIL}{_END}"),
        *(
            (
                (
                    "ORDINAL",
                    rf"{_START}\d{{1,4}}-(?!{_CASED_NUMBER})[^\W\d_]{_IN_WORD}{{3,20}}{_END}",
                ),
            )
            if language in _ORDINAL_BY_HYPHEN
            else ()
        ),
        ("ORDINAL", rf"(?<!\w)(?:{_any(_LISTS['ordinal_words'])}){_TAIL}{_END}"),
        ("CARDINAL", rf"{_START}{_RANGE}?{NUMBER}{_SCALE}{_END}(?:-{_TAIL}{_END})?"),
        ("CARDINAL", rf"{_START}{_RANGE}?{NUMBER}(?:-{_TAIL}{_END})?(?![\w%$€₸₽№]|[.,:/]\d)"),
        ("CARDINAL", rf"{worded_}{_SCALE}?{_END}"),
    )
    return tuple(
        (type_, re.compile(pattern, re.IGNORECASE), _where(pattern, worded_))
        for type_, pattern in found
    )


def _where(pattern: str, worded_: str) -> int:
    if pattern.startswith(_START) and pattern != _PHONE:
        return _AT_DIGITS
    if pattern.startswith(worded_):
        return _AT_WORDS
    return _AT_ORDINALS if pattern.startswith(r"(?<!\w)") else _ANYWHERE


def _places(seen: Scan) -> dict[int, Sequence[int]]:
    """Return where numbers of every kind may begin."""
    # a phone may begin with a plus, a clock with the word for it, an address anywhere
    signs = [match.start() for match in _PLUS.finditer(seen.text)] if seen.digits else []
    odd = sorted([*seen.digits, *signs, *seen.where(CLOCK)]) if seen.digits else []
    return {
        _AT_WORDS: seen.where(_CARDINALS),
        _AT_ORDINALS: seen.where(_ORDINALS),
        _AT_DIGITS: seen.digits,
        _ANYWHERE: range(len(seen.text)) if "@" in seen.text else odd,
    }


_PLUS = re.compile(r"\+")


def numbers(seen: Scan, language: str, taken: bytearray) -> Iterator[Found]:
    """Return percentages, times, quantities and numbers outside of what is taken; marks them."""
    places = _places(seen)
    for type_, pattern, where in _patterns(language):
        for match in matches_at(pattern, seen.text, places[where]) if places[where] else ():
            if taken.find(1, *match.span()) < 0:
                taken[slice(*match.span())] = b"\1" * len(match[0])
                yield Found(match.start(), match.end(), type_, match[0])
