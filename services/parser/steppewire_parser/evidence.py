"""Which encoding bytes are in, told from the letters that they would be."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# More words than this make no answer surer, only slower.
MOST_WORDS = 600
# Nats between two readings of the same bytes, in all and a byte, before a label is overruled.
SURE = 12.0
SURE_A_BYTE = 0.15

# Letters of each language from the most to the least frequent, as its letter counts are published.
_CYRILLIC = {
    "ru": "оеаинтсрвлкмдпуыяьгзбчйхжшюцщэфъё",
    "kk": "аеынтрлідсқкмоуғжбшзгпйиңөүұәяхэвфцюһёчщьъ",
    "uz": "аиоелнртмқдшбугсйҳўвкязғпчхжэюёъцфь",
    "ky": "аынерутлкдоибмсжшгпйөүзчңэвяхфцюьёъщ",
    "tg": "аиоредмнтбвшҳхсулкгйзӣқпяфчӯҷғэъюёж",
    "uk": "оаинтвіерслкудмпзяьбгчхйцжїєюшщґф",
    "be": "аонеістркўдлмпыяувцгзьбйхэшжчёюф",
    "bg": "аоиетнрсвлкдпмзугябчъшщжцхйфюь",
    "sr": "аоиенрстјувкмдлпбгзцћчшжњхљфђџ",
    "mk": "аоитенрсвлдкмпушгзбчцјжхќњѓфџѕљ",
}
_OTHER = {
    "el": "αοιετσνηυρπκμλωςδγάίέήόύώχφβθξζψϊϋ",
    "he": "יוהלארתבשמנםעדחקפכגצזטסןךףץ",
    "ar": "اليمنترودهبةفعسكقحجأىشطصخضذإثغزئءظآؤ",
    "fa": "ايرندهموتسبشكزگخفقجپعحچصطآژ",
}
# Of Latin alphabets only what ASCII lacks: its letters look the same in every reading.
_LATIN = {
    "fr": "éèàêçôîùâûëïœ", "de": "üäöß", "es": "óíáñéúü", "pt": "ãçéáóíõêâúà", "it": "àèòùìé",
    "sv": "äåö", "da": "øåæé", "nl": "ëéïö", "is": "ðíáóæþöéúý", "pl": "ąłęóżśćńź",
    "cs": "íáéěřčžšýůúťďňó", "sk": "áíéčžúšýľťôňäóď", "hu": "áéöőóüúűí", "ro": "ăîşţâ",
    "hr": "čšžćđ", "tr": "ışüöçğâî", "az": "əışüöçğ", "lt": "ėšžųįčąūę", "lv": "āēīšņžūļķģč",
    "et": "äõüöšž",
}  # fmt: skip
_SPOKEN_IN = {
    "cp1251": "ru uk be bg sr mk",
    "kz1048": "kk",
    "ptcp154": "kk uz ky tg",
    "koi8-u": "ru uk",
    "koi8-t": "tg",
    "iso8859-5": "ru uk be bg sr mk",
    "cp866": "ru be",
    "mac-cyrillic": "ru uk",
    "cp1252": "fr de es pt it sv da nl is",
    "cp1250": "pl cs sk hu ro hr",
    "iso8859-2": "pl cs sk hu ro hr",
    "cp1254": "tr",
    "cp1257": "lt lv et",
    "cp1253": "el",
    "cp1255": "he",
    "cp1256": "ar fa",
}
CYRILLIC = frozenset(("cp1251", "kz1048", "ptcp154", "koi8-u", "koi8-t", "iso8859-5", "cp866"))
"""Encodings of Cyrillic with one byte a letter."""
# How much rarer than the first of its kind an encoding is on the web: it takes better letters.
_RARE = {
    "kz1048": 1, "ptcp154": 2, "koi8-u": 1, "koi8-t": 3, "cp866": 3, "iso8859-5": 4,
    "mac-cyrillic": 6, "cp1250": 1, "iso8859-2": 3, "cp1254": 0.5, "cp1257": 4, "cp1253": 5,
    "cp1255": 5, "cp1256": 2,
}  # fmt: skip
# The same of languages: a page in them is read here less often than one of the neighbours.
_SELDOM = {"sr": 4, "mk": 6, "bg": 2, "be": 2, "is": 4}
# Encodings whose letters the tables above judge in the same way.
_JUDGED_AS = {"koi8-r": "ru uk", "cp1254": "tr az fr de es pt", "iso8859-15": "fr de es pt it"}
_SIGNS = frozenset("«»—–“”„…№’‘•·©®°§\u00a0\u00ad€™\u2009")

_FLOOR, _SIGN, _CAPITAL, _BROKEN = -9.0, -4.5, -1.5, -6.0
_ASCII = bytes(range(0x80))
# From the begin of a word on, or a run of ASCII letters is read once from each of them.
_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
_LETTERS = [chr(code) for code in range(0xAA, 0x600) if chr(code).isalpha()]
_LOWER = "a-z" + "".join(c for c in _LETTERS if c.islower())
_UPPER = "A-Z" + "".join(c for c in _LETTERS if c.isupper())
# Case that no writer uses: "пРИВЕТ" is what one Cyrillic encoding makes of another.
_ODD_CASE = re.compile(f"(?<=[{_LOWER}])[{_UPPER}]")
# A closing sign at the start of a word is a capital of another encoding: "—исло".
_ODD_START = re.compile(f"(?<![{_LOWER}{_UPPER}])[’”•—–†‡‰€»‚‹][{_LOWER}]")
_FOREIGN = "\u0370-\u06ff"
_MIXED = re.compile(f"[A-Za-z][{_FOREIGN}]|[{_FOREIGN}][A-Za-z]")
_CROWDED = re.compile("(?=[\u00c0-\u024f]{2})")


# Real text in the right alphabet is above this mean; Chinese read letter by letter far below.
_READABLE = -4.2


def evident_charset(data: bytes, words: bytes) -> str:
    """Return the encoding that bytes are in, by their letters alone."""
    found = best_reading(words)
    if (japanese := _japanese(data)) is not None:
        return japanese
    if found.score > readable(words):
        return found.charset
    return wide_reading(data) or found.charset


def readable(words: bytes) -> float:
    """Return the score above which these words are a text."""
    return _READABLE * high_bytes(words)


@dataclass(frozen=True)
class Reading:
    """How well bytes read in one encoding: the log-likelihood of its best language."""

    charset: str
    score: float
    language: str


def words_of(data: bytes) -> bytes:
    """Return the words that have a letter outside ASCII: only they tell encodings apart."""
    found: list[bytes] = []
    for match in _WORD.finditer(data):
        found.append(match[0][:40])
        if len(found) == MOST_WORDS:
            break
    return b" ".join(found)


def best_reading(words: bytes) -> Reading:
    """Return the single-byte encoding in which the words read best."""
    found = (read_as(words, name) for name in _SPOKEN_IN)
    return max(found, key=lambda one: one.score - _RARE.get(one.charset, 0))


def read_as(words: bytes, charset: str) -> Reading:
    """Judge the words in one encoding."""
    languages = _JUDGED_AS.get(charset) or _SPOKEN_IN.get(charset) or ""
    text = words.decode(charset, "replace")
    counts = Counter(text)
    best, language = max(
        ((_likelihood(counts, name) - _SELDOM.get(name, 0), name) for name in languages.split()),
        default=(_FLOOR * len(text), ""),
    )
    odd = len(_ODD_CASE.findall(text)) + len(_MIXED.findall(text))
    starts = len(_ODD_START.findall(text))
    crowded = len(_CROWDED.findall(text)) if language in _LATIN else 0
    return Reading(charset, best + _BROKEN * odd + _BROKEN / 3 * (starts + crowded), language)


def overrules(found: str, declared: str, words: bytes) -> bool:
    """Say whether one reading is so much better that the declared one must be a mistake."""
    gain = read_as(words, found).score - read_as(words, declared).score
    return gain > SURE and gain > SURE_A_BYTE * high_bytes(words)


def high_bytes(words: bytes) -> int:
    """Count the bytes outside ASCII."""
    return len(words.translate(None, _ASCII))


def _likelihood(counts: Mapping[str, int], language: str) -> float:
    table = _table(language)
    return sum(
        count * table.get(letter, _FLOOR) for letter, count in counts.items() if letter > "\x7f"
    )


@cache
def _table(language: str) -> dict[str, float]:
    """Return log-probabilities: counts of letters fall with their rank about exponentially."""
    letters = (_CYRILLIC | _OTHER | _LATIN)[language]
    decay = 0.11 if len(letters) > 20 else 0.45
    total = math.log(sum(math.exp(-decay * rank) for rank in range(len(letters))))
    table = dict.fromkeys(_SIGNS, _SIGN)
    for rank, letter in enumerate(letters):
        table[letter] = -decay * rank - total
        table.setdefault(letter.upper(), table[letter] + _CAPITAL)
    return table


# ── encodings of several bytes a letter ──────────────────────────────────────────────────────

_RUN = re.compile(rb"[\x80-\xff]+")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
# Two bytes, both high, or the text is in none of these: half of all Russian words break that.
_IN_PAIRS = 0.97
# The frequent half of each table; Cyrillic bytes read as the other half.
_FREQUENT = {"gb18030": (0xB0, 0xD7), "cp949": (0xB0, 0xC8), "big5": (0xA4, 0xC6)}
_FREQUENT_SHARE = 0.8


def wide_reading(data: bytes) -> str | None:
    """Return the Chinese or Korean encoding that the bytes are in; None for none."""
    runs = _RUN.findall(data)[:MOST_WORDS]
    leads = Counter(run[at] for run in runs for at in range(0, len(run) - 1, 2))
    total = sum(leads.values())
    if not total or sum(len(run) for run in runs) < 2 * 4:
        return None
    paired = sum(len(run) % 2 == 0 for run in runs) >= _IN_PAIRS * len(runs)
    for name in ("cp949", "gb18030") if paired else ("big5",):
        low, high = _FREQUENT[name]
        frequent = sum(count for lead, count in leads.items() if low <= lead <= high)
        if frequent >= _FREQUENT_SHARE * total and _reads(data, name):
            return name
    return None


def _japanese(data: bytes) -> str | None:
    for name in ("cp932", "euc_jp"):
        text = _strictly(data, name)
        wide = len(_WIDE.findall(text)) if text else 0
        if text and wide >= 4 and len(_KANA.findall(text)) >= 0.2 * wide:
            return name
    return None


def _reads(data: bytes, name: str) -> bool:
    text = _strictly(data, name)
    wanted = _HANGUL if name == "cp949" else _WIDE
    return text is not None and len(wanted.findall(text)) >= 4


def _strictly(data: bytes, name: str) -> str | None:
    """Decode a window: its last letter may be cut."""
    for cut in range(3):
        try:
            return data[: len(data) - cut].decode(name)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 8:
                return None
    return None
