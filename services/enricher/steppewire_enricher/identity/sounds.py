"""How a name sounds, in one small alphabet for every spelling: what names are compared in.

One letter for one sound; capitals are sounds near the small letter (`A` of ә, `O` of ө, `W` of ў
and o‘, `U` of ұ and ү, `I` of ы and і). Nothing is guessed here: what a spelling leaves open
(c of Cuba and Cyprus, x of Alex and Xorazm) keeps a letter of its own, and its costs are learned.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from steppewire_enricher.scripts import one_apostrophe

VOWELS = "aAeEiIoOuUW"

_CYRILLIC = {
    "а": "a", "ә": "A", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo",
    "ж": "j", "з": "z", "и": "i", "і": "I", "й": "y", "к": "k", "қ": "k", "л": "l", "м": "m",
    "н": "n", "ң": "N", "о": "o", "ө": "O", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ұ": "U", "ү": "U", "ф": "f", "х": "x", "һ": "x", "ҳ": "x", "ц": "c", "ч": "C", "ш": "S",
    "щ": "S", "ъ": "", "ы": "I", "ь": "", "э": "E", "ю": "yu", "я": "ya", "ў": "W", "ї": "i",
    "є": "e", "ґ": "g", "ҷ": "j", "ӣ": "i", "ӯ": "u", "җ": "j", "ҙ": "z", "ҫ": "s", "ҡ": "k",
}  # fmt: skip
_LATIN = {
    "ş": "S", "ç": "C", "ğ": "g", "ñ": "N", "ń": "N", "ǵ": "g", "ä": "A", "ə": "A", "á": "A",
    "ö": "O", "ó": "O", "ü": "U", "ú": "U", "ū": "U", "ı": "I", "ý": "u",
}  # fmt: skip
_GROUPS = {
    "o'": "W", "g'": "g", "dzh": "j", "dj": "j", "zh": "j", "kh": "x", "gh": "g", "sh": "S",
    "tch": "C", "ch": "C", "ts": "c", "tz": "c", "ph": "f", "ng": "N", "q": "k", "w": "v",
    "h": "x", "c": "K", "x": "X",
}  # fmt: skip
_CYRILLIC_LETTER = re.compile("[а-яёәғқңөұүіһҳў]")
_CYRILLIC_GROUPS = (("дж", "ж"), ("нг", "ң"), ("тс", "ц"))
_TO_SOUNDS = str.maketrans(_CYRILLIC)
_FROM_LATIN = str.maketrans(_LATIN)
_GROUP = re.compile("|".join(sorted(_GROUPS, key=len, reverse=True)))
_VOWEL_Y = re.compile(f"(?<![{VOWELS}])y(?![{VOWELS}])")
_SMOOTHED = (
    (re.compile("[^a-zA-Z]+"), " "),
    (re.compile("y(?=[eI])"), ""),
    (re.compile("iy|yi|Iy|yI"), "i"),
    (re.compile(f"(?<=[{VOWELS}])y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=20_000)  # two lists of names are compared word by word
def sounds(name: str) -> str:
    """Return how a name sounds: `Тоқаев`, `Tokayev` -> `tokaev`; words parted by one space."""
    plain = one_apostrophe(name.replace("\u2010", "-").replace("\u2011", "-")).casefold()
    key = _of_cyrillic(plain) if _CYRILLIC_LETTER.search(plain) else _of_latin(plain)
    key = key.replace("'", "").replace("-", "")
    for pattern, plainly in _SMOOTHED:
        key = pattern.sub(plainly, key)
    return key.strip()


def _of_cyrillic(name: str) -> str:
    for group, letter in _CYRILLIC_GROUPS:
        name = name.replace(group, letter)
    return _without_marks(name.translate(_TO_SOUNDS))


def _of_latin(name: str) -> str:
    plain = _without_marks(name.translate(_FROM_LATIN))
    return _VOWEL_Y.sub("I", _GROUP.sub(lambda found: _GROUPS[found[0]], plain))


def _without_marks(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
