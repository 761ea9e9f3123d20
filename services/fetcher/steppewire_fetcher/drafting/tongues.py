"""Which language a text is in, told by its letters: enough to tell the editions of one site apart.

The enricher knows better, but a draft needs no model: what is wrong, a human corrects.
"""

from __future__ import annotations

import re
from collections import Counter

_RARE = 0.012
"""Share of letters below which they are of a name or a quotation, and not of the language."""
_WORDS = {
    "en-Latn": {"the", "of", "and", "in", "to", "is"},
    "uz-Latn": {"va", "bilan", "uchun", "bu", "ham", "bo‘ldi", "ning", "haqida"},
    "tk-Latn": {"we", "bilen", "üçin", "hem", "boýunça", "bolan"},
}


def language_of(text: str) -> str | None:
    """Return the language of a text with its script, or None when the letters do not tell."""
    letters = Counter(sign for sign in text.lower() if sign.isalpha())
    if letters.total() < 20:
        return None
    cyrillic = sum(n for sign, n in letters.items() if "Ѐ" <= sign <= "ӿ")
    return _cyrillic(letters) if cyrillic * 2 > letters.total() else _latin(text)


def _cyrillic(letters: Counter[str]) -> str:
    def has(signs: str) -> bool:
        return sum(letters[sign] for sign in signs) > _RARE * letters.total()

    if has("ӣӯҷ"):
        return "tg-Cyrl"
    if has("әұі"):
        return "kk-Cyrl"
    if has("ўқғҳ"):
        return "uz-Cyrl"
    return "ky-Cyrl" if has("өүң") else "ru-Cyrl"


def _latin(text: str) -> str | None:
    words = Counter(re.findall(r"[^\W\d_]+(?:[‘ʻ'’][^\W\d_]+)*", text.lower()))
    if len(re.findall(r"[og][‘ʻ`'’]", text.lower())) * 100 > words.total():
        return "uz-Latn"
    best = max(_WORDS, key=lambda tag: sum(words[word] for word in _WORDS[tag]))
    return best if any(words[word] for word in _WORDS[best]) else None
