"""What a word says about a date, in any language that we read: month, year, ago, zone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any, NamedTuple

# "караша" with Russian letters, "шiлде" with a Latin i: both are typed on real pages.
_LOOKALIKES = str.maketrans(
    {
        letter: plain
        for plain, letters in {
            "к": "қҡk",
            "н": "ңh",
            "м": "m",
            "т": "t",
            "в": "b",
            "г": "ғ",
            "д": "ҙ",
            "а": "әa",
            "о": "өo",
            "у": "ұүўӯy",
            "и": "іiıӣй",
            "х": "ҳһx",
            "е": "ёe",
            "р": "p",
            "с": "c",
        }.items()
        for letter in letters
    }
)
_ARABIC = str.maketrans("يیکهھ", "ىىكەە", "\u0621\u0640")
"""Persian letters typed for Arabic ones; the hamza that softens a Kazakh word, and the stretch."""
_APOSTROPHES = str.maketrans("", "", "'`´‘’ʻʼ_")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


class Word(NamedTuple):
    """What a word means: the letter that forms are written with, and its number if it has one."""

    sign: str
    value: int = 0


# The letters of shapes; see forms.py.
MONTH, SHORT_MONTH, YEAR_WORD, DAY_WORD, MONTH_SIGN, JOINT = "M", "m", "Y", "D", "k", "o"
TODAY, FORMER, AGO, SINCE, UNIT, MERIDIEM, AT, OTHER = "R", "x", "a", "b", "u", "p", "t", "w"
WEEKDAY, COUNT, VAGUE = "W", "c", "q"

_SIGNS = {
    "year": YEAR_WORD, "day": DAY_WORD, "joint": JOINT, "month_sign": MONTH_SIGN,
    "former": FORMER, "ago": AGO, "since": SINCE, "at": AT, "weekday": WEEKDAY, "vague": VAGUE,
}  # fmt: skip
_DAYS_BACK = ("today", "yesterday", "before_yesterday")
_OTHER = Word(OTHER)
# The longest known word with its longest ending is shorter; longer ones are not looked at.
_LONGEST = 30
# Folded it is the Uzbek "й.", year: "в 2018 и 2019".
_AND = "и"


def fold(word: str) -> str:
    """Return a word in lower case, without accents and apostrophes, with look-alikes made one."""
    low = word.lower().translate(_APOSTROPHES)
    if low.isascii():
        return low
    if _CYRILLIC.search(low):
        return low.translate(_LOOKALIKES)
    plain = unicodedata.normalize("NFKD", low.replace("ı", "i").replace("ə", "a"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.translate(_ARABIC)


@lru_cache(maxsize=20_000)
def meaning(word: str) -> Word:
    """Return what a word means for a date; OTHER when nothing."""
    if len(word) > _LONGEST or word.lower() == _AND:
        return _OTHER
    folded = fold(word)
    return _whole_words().get(folded) or _inflected(folded) or _OTHER


def ending_of_number(word: str) -> Word:
    """Return what letters glued to a number mean: "16-ы", "8и", "5-е"; elsewhere they are words."""
    return Word(JOINT) if fold(word) in _suffixes() else meaning(word)


def month(word: str) -> int | None:
    """Return the number of the month that a word names in some case or abbreviation."""
    found = meaning(word)
    return found.value if found.sign in (MONTH, SHORT_MONTH) else _month_called_ago(found)


def _month_called_ago(found: Word) -> int | None:
    """ "ago" is August in Spanish and Italian."""
    return found.value or None if found.sign == AGO else None


def _inflected(folded: str) -> Word | None:
    stems, endings = _stems(), _endings()
    for length in range(min(len(folded), _longest_stem()), 2, -1):
        number = stems.get(folded[:length])
        if number and folded[length:] in endings and folded not in _strangers():
            return Word(MONTH, number)
    return None


@cache
def _whole_words() -> dict[str, Word]:
    """Every word that is known as a whole; what is told first wins."""
    found: dict[str, Word] = {}
    for folded, word in (*_month_names(), *_small_words()):
        found.setdefault(folded, word)
    found["ago"] = Word(AGO, 8)
    return found


def _month_names() -> Iterator[tuple[str, Word]]:
    for key, sign in (("months", MONTH), ("brief", MONTH), ("short", SHORT_MONTH)):
        for names in months().values():
            for number, forms in enumerate(names.get(key, ()), start=1):
                yield from ((fold(form), Word(sign, number)) for form in forms.split())


def _small_words() -> Iterator[tuple[str, Word]]:
    table = _words()
    for key, sign in _SIGNS.items():
        yield from ((word, Word(sign)) for word in _folded(table[key]))
    for back, key in enumerate(_DAYS_BACK):
        yield from ((word, Word(TODAY, back)) for word in _folded(table[key]))
    for seconds, words in table["units"].items():
        yield from ((word, Word(UNIT, int(seconds))) for word in _folded(words))
    yield from ((word, Word(COUNT, halves)) for word, halves in _counts().items())
    yield from (("am", Word(MERIDIEM, 0)), ("pm", Word(MERIDIEM, 12)))


def halves(word: str) -> int | None:
    """Return twice the number that a word before a unit means; None when it is no number.

    Some are other words, too: "eki" is two in Kazakh and October in Turkish, "oʻn" is ten in
    Uzbek and, folded, "before" in Turkmen.
    """
    return _counts().get(fold(word))


@cache
def _counts() -> dict[str, int]:
    table = _words()["counts"].items()
    return {word: int(2 * float(count)) for count, words in table for word in _folded(words)}


@cache
def _stems() -> dict[str, int]:
    """Folded names of months that take case endings."""
    inflected = (names["months"] for names in months().values() if names.get("cases"))
    return {
        fold(form): number
        for names in inflected
        for number, forms in enumerate(names, start=1)
        for form in forms.split()
    }


@cache
def _longest_stem() -> int:
    return max(map(len, _stems()))


@cache
def _endings() -> frozenset[str]:
    """Every way to take one part of each list: with none of them the name stands alone."""
    groups = (group["parts"] for group in _words()["endings"])
    return frozenset(
        "".join(parts).replace("-", "")
        for group in groups
        for parts in product(*(alternatives.split() for alternatives in group))
    )


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(_folded(_words()["suffix"]))


@cache
def _strangers() -> frozenset[str]:
    return frozenset(_folded(_words()["strangers"]["words"]))


def _folded(words: str) -> Iterable[str]:
    return (fold(word) for word in words.split())


@cache
def months() -> dict[str, dict[str, Any]]:
    """Return the table of month names by language."""
    return _read("months.toml")


@cache
def _words() -> dict[str, Any]:
    return _read("words.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / name).read_text("utf-8"))
