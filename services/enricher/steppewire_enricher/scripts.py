"""Alphabets: the same words in another script, letter by letter.

Sources: Uzbek law of 1993/1995 (Latin), Kazakh decrees of 2017 and 2018 and the draft of 2021,
Karakalpak Latin of 2016, the Kazakh Arabic alphabet as used in China (tóte jazý).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class _Replacer:
    """Letters, or some together, and what is written for them."""

    pairs: Mapping[str, str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Match the letters, the longest first. Few who load this module ask for all alphabets."""
        longest_first = sorted(self.pairs, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))


def _apply(text: str, rule: _Replacer) -> str:
    return rule.pattern.sub(lambda match: rule.pairs[match[0]], text)


# --- Uzbek ---------------------------------------------------------------------------------

_UZ = {
    "o'": "ў", "g'": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с",
    "t": "т", "u": "у", "v": "в", "x": "х", "y": "й", "z": "з", "'": "ъ", "c": "с", "w": "в",
}  # fmt: skip
_UZ_TO_CYRL = _Replacer(_cased(_UZ))
_UZ_INITIAL_E = re.compile(r"\be", re.IGNORECASE)
_UZ_TO_LATN = str.maketrans(
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
    if text.isascii():
        return text
    if "е" in text or "Е" in text:
        text = _UZ_YE.sub(lambda m: "ye" if m[0] == "е" else "Ye", text)
    return text.translate(_UZ_TO_LATN)


# --- Karakalpak ----------------------------------------------------------------------------

_KAA_TO_CYRL = _Replacer(
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
_KK_TO_LATN = {name: _Replacer(_cased(_KK_COMMON | own)) for name, own in _KK_LATIN.items()}
KAZAKH_LATIN = tuple(_KK_LATIN)
"""Names of the Kazakh Latin alphabets that `kk_to_latin` writes."""


def kk_to_latin(text: str, alphabet: str) -> str:
    """Write Kazakh Cyrillic in one of the `KAZAKH_LATIN` alphabets."""
    return _apply(text, _KK_TO_LATN[alphabet])


_KK_ARAB = _Replacer(
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


def kk_to_latin_freely(text: str, dice: random.Random) -> str:
    """Write Kazakh Cyrillic in Latin letters as people do: each letter in one of its spellings."""
    own = {letter: dice.choice(ways.split("|")) for letter, ways in _KK_WAYS.items()}
    return _apply(text, _Replacer(_cased(_KK_COMMON | own)))


_KK_WAYS = {
    "ә": "a|ä|á|ae|a'|ə|e", "ғ": "g|ğ|ǵ|gh|g'", "ж": "j|zh|j", "з": "z", "и": "i|ı|ï|y|iy",
    "й": "y|i|ı|j|ĭ", "қ": "q|k|q", "ң": "n|ñ|ń|ng|n'|ŋ", "ө": "o|ö|ó|oe|o'", "у": "u|w|ý|uw",
    "ұ": "u|ū|ŭ|u", "ү": "u|ü|ú|ue|u'", "х": "h|x|kh", "һ": "h", "ц": "ts|c", "ч": "ch|ç|tş",
    "ш": "sh|ş|ś|s'", "щ": "shsh|şş|shch|ş", "ы": "y|ı|i", "і": "i|i|ı", "э": "e",
    "ю": "iu|yu|ıý|yw|ju", "я": "ia|ya|ıa|ja", "ё": "io|yo|e", "ъ": "|'", "ь": "|'",
}  # fmt: skip

# --- Turkmen, Azerbaijani, Uyghur --------------------------------------------------------------

_TK_TO_CYRL = _Replacer(
    _cased(
        {
            "ýa": "я", "ýo": "ё", "ýu": "ю", "ýe": "е", "a": "а", "b": "б", "ç": "ч", "d": "д",
            "e": "е", "ä": "ә", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "җ", "ž": "ж",
            "k": "к", "l": "л", "m": "м", "n": "н", "ň": "ң", "o": "о", "ö": "ө", "p": "п",
            "r": "р", "s": "с", "ş": "ш", "t": "т", "u": "у", "ü": "ү", "w": "в", "y": "ы",
            "ý": "й", "z": "з",
        }
    )
)  # fmt: skip
_INITIAL_E = re.compile(r"\b[eE]")


def tk_to_cyrillic(text: str) -> str:
    """Write Turkmen Latin in Cyrillic: `Türkmenistan` -> `Түркменистан`."""
    return _apply(_INITIAL_E.sub(lambda m: "э" if m[0] == "e" else "Э", text), _TK_TO_CYRL)


_AZ_TO_CYRL = _Replacer(
    _cased(
        {
            "a": "а", "b": "б", "c": "ҹ", "ç": "ч", "d": "д", "e": "е", "ə": "ә", "f": "ф",
            "g": "ҝ", "ğ": "ғ", "h": "һ", "x": "х", "ı": "ы", "i": "и", "j": "ж", "k": "к",
            "q": "г", "l": "л", "m": "м", "n": "н", "o": "о", "ö": "ө", "p": "п", "r": "р",
            "s": "с", "ş": "ш", "t": "т", "u": "у", "ü": "ү", "v": "в", "y": "ј", "z": "з",
        }
    ) | {"İ": "И", "I": "Ы"}
)  # fmt: skip


def az_to_cyrillic(text: str) -> str:
    """Write Azerbaijani Latin in Cyrillic: `Azərbaycan` -> `Азәрбајҹан`."""
    return _apply(text, _AZ_TO_CYRL)


_UG_LETTERS = {
    "ئا": "а a", "ا": "а a", "ئە": "ә e", "ە": "ә e", "ب": "б b", "پ": "п p", "ت": "т t",
    "ج": "җ j", "چ": "ч ch", "خ": "х x", "د": "д d", "ر": "р r", "ز": "з z", "ژ": "ж zh",
    "س": "с s", "ش": "ш sh", "غ": "ғ gh", "ف": "ф f", "ق": "қ q", "ك": "к k", "گ": "г g",
    "ڭ": "ң ng", "ل": "л l", "م": "м m", "ن": "н n", "ھ": "һ h", "ئو": "о o", "و": "о o",
    "ئۇ": "у u", "ۇ": "у u", "ئۆ": "ө ö", "ۆ": "ө ö", "ئۈ": "ү ü", "ۈ": "ү ü", "ۋ": "в w",
    "ئې": "е ë", "ې": "е ë", "ئى": "и i", "ى": "и i", "ي": "й y", "ئ": "' '", "،": ", ,",
    "؟": "? ?", "؛": "; ;",
}  # fmt: skip
_UG_TO_CYRL = _Replacer({a: both.split(" ")[0] for a, both in _UG_LETTERS.items()})
_UG_TO_LATN = _Replacer({a: both.split(" ")[1] for a, both in _UG_LETTERS.items()})
_UG_IOTATED = _Replacer({"йа": "я", "йу": "ю"})


def ug_to_cyrillic(text: str) -> str:
    """Write Uyghur Arabic in Cyrillic, as in Kazakhstan; without capitals, which it has not."""
    return _apply(_apply(text, _UG_TO_CYRL), _UG_IOTATED)


def ug_to_latin(text: str) -> str:
    """Write Uyghur Arabic in Latin (ULY); without capitals, which it has not."""
    return _apply(text, _UG_TO_LATN)


# --- typed without special letters ---------------------------------------------------------------

_PLAIN_WAYS = {
    "kk-Cyrl": "ә:а|а|э|е ғ:г қ:к ң:н|н|нг ө:о|о|у ұ:у ү:у|у|ю һ:х|х|г і:и|и|ы|i",
    "ky-Cyrl": "ң:н|н|нг ө:о|о|у ү:у|у|ю",
    "tt-Cyrl": "ә:а|э|я|е ө:о|о|у|э ү:у|ю җ:ж|дж ң:н|нг һ:х|г",
    "ba-Cyrl": "ғ:г ҙ:з|з|д ҡ:к ң:н|нг ө:о|у|э ҫ:с ү:у|ю һ:х|с|h ә:а|э|я|е",
    "tg-Cyrl": "ғ:г ӣ:и қ:к ӯ:у ҳ:х ҷ:ч|дж|ж",
    "uz-Cyrl": "ў:у|у|о қ:к ғ:г ҳ:х",
    "kaa-Cyrl": "ә:а|э ғ:г қ:к ң:н ө:о ү:у ў:у|в ҳ:х",
    "tk-Cyrl": "ә:а|э җ:ж|дж ң:н ө:о ү:у",
    "az-Cyrl": "ә:а|э|е ғ:г ҝ:г|к һ:х ҹ:дж|ж ө:о ү:у ј:й|й|j",
    "az-Latn": "ə:e|e|a ğ:g|g|gh ı:i|i|y ö:o|o|oe ş:s|s|sh ü:u|u|ue ç:c|c|ch",
    "tr-Latn": "ğ:g ı:i ö:o ş:s ü:u ç:c",
    "tk-Latn": "ä:a|a|e ž:j|z|zh ň:n ö:o ş:s|s|sh ü:u ý:y ç:c|c|ch",
    "kaa-Latn": "á:a ǵ:g ı:i|i|y ń:n ó:o ú:u",
    "ug-Cyrl": "ә:а|э|е ғ:г җ:ж|дж қ:к ң:н ө:о ү:у һ:х",
    "ug-Latn": "ö:o ü:u ë:e",
    "uk-Cyrl": "і:и|i ї:и|i ґ:г є:е",
}
"""Letters that phones and old sites lack, and what is typed for them: it differs by person."""
_WAYS = {
    tag: {way[0]: way[2:].split("|") for way in ways.split()} for tag, ways in _PLAIN_WAYS.items()
}
PLAINLY_TYPED = tuple(_WAYS)


def typed_plainly(text: str, tag: str, dice: random.Random) -> str:
    """Write a text without the special letters of its language, in one person's way."""
    own = {letter: dice.choice(ways) for letter, ways in _WAYS[tag].items()}
    upper = {letter.upper(): typed.capitalize() for letter, typed in own.items() if letter != "ı"}
    table: dict[str, str | int | None] = {**upper, **own}
    return text.translate(str.maketrans(table))
