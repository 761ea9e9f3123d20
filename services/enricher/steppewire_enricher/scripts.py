"""Alphabets: the same words in another script, letter by letter.

Sources: Uzbek law of 1993/1995 (Latin), Kazakh decrees of 2017 and 2018 and the draft of 2021,
Karakalpak Latin of 2016, the Kazakh Arabic alphabet as used in China (tóte jazý).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

APOSTROPHES = "'`´ʻʼ‘’ʹ′"
"""Every character that Uzbek and Kazakh Latin texts use for the apostrophe."""

_TO_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def one_apostrophe(text: str) -> str:
    """Write every apostrophe as U+0027; the length stays the same."""
    return text.translate(_TO_ONE_APOSTROPHE)


def _cased(pairs: Mapping[str, str]) -> dict[str, str]:
    out = dict(pairs)
    for source, target in pairs.items():
        out.setdefault(source[:1].upper() + source[1:], target[:1].upper() + target[1:])
        out.setdefault(source.upper(), target.upper())
    return out


def _replacer(pairs: Mapping[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    longest_first = sorted(pairs, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), dict(pairs)


def _apply(text: str, rule: tuple[re.Pattern[str], dict[str, str]]) -> str:
    pattern, pairs = rule
    return pattern.sub(lambda match: pairs[match[0]], text)


# --- Uzbek ---------------------------------------------------------------------------------

_UZ = {
    "o'": "ў", "g'": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с",
    "t": "т", "u": "у", "v": "в", "x": "х", "y": "й", "z": "з", "'": "ъ", "c": "с", "w": "в",
}  # fmt: skip
_UZ_TO_CYRL = _replacer(_cased(_UZ))
_UZ_INITIAL_E = re.compile(r"\be", re.IGNORECASE)
_UZ_TO_LATN = _replacer(
    _cased(
        {
            "ў": "o‘", "ғ": "g‘", "ш": "sh", "ч": "ch", "ё": "yo", "ю": "yu", "я": "ya",
            "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z",
            "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
            "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "ts", "щ": "sh",
            "ъ": "’", "ы": "i", "ь": "", "э": "e", "қ": "q", "ҳ": "h",
        }
    )
)  # fmt: skip
_UZ_YE = re.compile(r"(?:\b|(?<=[аеёиоуўэюяАЕЁИОУЎЭЮЯ]))е", re.IGNORECASE)


def uz_to_cyrillic(text: str) -> str:
    """Write Uzbek Latin in Cyrillic: `Toshkent` -> `Тошкент`, `O‘zbekiston` -> `Ўзбекистон`."""
    text = one_apostrophe(text)
    text = _UZ_INITIAL_E.sub(lambda m: "э" if m[0] == "e" else "Э", text)
    return _apply(text, _UZ_TO_CYRL)


def uz_to_latin(text: str) -> str:
    """Write Uzbek Cyrillic in Latin: `Тошкент` -> `Toshkent`, `Ўзбекистон` -> `O‘zbekiston`."""
    return _apply(_UZ_YE.sub(lambda m: "ye" if m[0] == "е" else "Ye", text), _UZ_TO_LATN)


# --- Karakalpak ----------------------------------------------------------------------------

_KAA_TO_CYRL = _replacer(
    _cased(
        {
            "sh": "ш", "ya": "я", "yu": "ю", "yo": "ё", "ts": "ц",
            "a": "а", "á": "ә", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "ǵ": "ғ",
            "h": "ҳ", "x": "х", "ı": "ы", "i": "и", "j": "ж", "k": "к", "q": "қ", "l": "л",
            "m": "м", "n": "н", "ń": "ң", "o": "о", "ó": "ө", "p": "п", "r": "р", "s": "с",
            "t": "т", "u": "у", "ú": "ү", "v": "в", "w": "ў", "y": "й", "z": "з", "c": "ц",
        }
    )
)  # fmt: skip


def kaa_to_cyrillic(text: str) -> str:
    """Write Karakalpak Latin (2016) in Cyrillic."""
    return _apply(text, _KAA_TO_CYRL)


# --- Kazakh --------------------------------------------------------------------------------

_KK_COMMON = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z",
    "й": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "э": "e", "ъ": "", "ь": "",
    "щ": "şş", "і": "i", "и": "i", "ы": "y", "я": "ia", "ю": "iu",
}  # fmt: skip
_KK_LATIN = {
    "2017": {"ә": "a'", "ғ": "g'", "и": "i'", "й": "i'", "ң": "n'", "ө": "o'", "ұ": "u",
             "ү": "u'", "у": "y'", "ш": "s'", "ч": "c'", "щ": "s'c'", "х": "h"},
    "2018": {"ә": "á", "ғ": "ǵ", "и": "ı", "й": "ı", "ң": "ń", "ө": "ó", "ұ": "u", "ү": "ú",
             "у": "ý", "ш": "sh", "ч": "ch", "щ": "shsh", "я": "ıa", "ю": "ıý"},
    "2021": {"ә": "ä", "ғ": "ğ", "ң": "ñ", "ө": "ö", "ұ": "ū", "ү": "ü", "у": "u", "ш": "ş",
             "ч": "ch", "щ": "ş"},
    "wiki": {"ә": "ä", "ғ": "ğ", "и": "ï", "й": "y", "ң": "ñ", "ө": "ö", "ұ": "u", "ү": "ü",
             "у": "w", "ш": "ş", "ч": "ç", "ы": "ı", "х": "x", "я": "ya", "ю": "yu", "ё": "yo"},
    "ascii": {"ә": "a", "ғ": "g", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "у": "u", "ш": "sh",
              "ч": "ch", "щ": "sh"},
}  # fmt: skip
_KK_TO_LATN = {name: _replacer(_cased(_KK_COMMON | own)) for name, own in _KK_LATIN.items()}
KAZAKH_LATIN = tuple(_KK_LATIN)
"""Names of the Kazakh Latin alphabets that `kk_to_latin` writes."""


def kk_to_latin(text: str, alphabet: str) -> str:
    """Write Kazakh Cyrillic in one of the `KAZAKH_LATIN` alphabets."""
    return _apply(text, _KK_TO_LATN[alphabet])


_KK_ARAB = _replacer(
    {
        "а": "ا", "ә": "ا", "б": "ب", "в": "ۆ", "г": "گ", "ғ": "ع", "д": "د", "е": "ە",
        "ё": "يو", "ж": "ج", "з": "ز", "и": "ي", "й": "ي", "к": "ك", "қ": "ق", "л": "ل",
        "м": "م", "н": "ن", "ң": "ڭ", "о": "و", "ө": "و", "п": "پ", "р": "ر", "с": "س",
        "т": "ت", "у": "ۋ", "ұ": "ۇ", "ү": "ۇ", "ф": "ف", "х": "ح", "һ": "ھ", "ц": "تس",
        "ч": "چ", "ш": "ش", "щ": "شش", "ъ": "", "ы": "ى", "і": "ى", "ь": "", "э": "ە",
        "ю": "يۋ", "я": "يا", ",": "،", "?": "؟", ";": "؛",
    }
)  # fmt: skip
_KK_WORD = re.compile(r"[а-яёәғқңөұүіһ]+")
_KK_FRONT = re.compile(r"[әөүі]")
_KK_SPEAKS_FRONT = re.compile(r"[гке]")


def kk_to_arabic(text: str) -> str:
    """Write Kazakh Cyrillic in Arabic letters; a front word that shows it nowhere gets a hamza."""

    def word(match: re.Match[str]) -> str:
        # ٴ (U+0674) marks a front word, unless г, к or е already say so.
        front = _KK_FRONT.search(match[0]) and not _KK_SPEAKS_FRONT.search(match[0])
        return ("ٴ" if front else "") + match[0]

    return _apply(_KK_WORD.sub(word, text.lower()), _KK_ARAB)
