"""Letters of one alphabet that look like letters of another: `Қазақcтан` with a Latin `c`."""

from __future__ import annotations

import re

_LATIN_TWINS = "AaBCcEeHhIiKkMmOoPpTtXxYyəɵ"
_CYRILLIC_TWINS = "АаВСсЕеҺһІіКкМмОоРрТтХхУуәө"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)
_HAS_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_HAS_LATIN = re.compile(r"[A-Za-zəɵ]")
_REAL_LATIN = re.compile(rf"(?![{_LATIN_TWINS}])[A-Za-z]")
_REAL_CYRILLIC = re.compile(rf"(?![{_CYRILLIC_TWINS}])[\u0400-\u052f]")
_MEETING = re.compile(r"[A-Za-zəɵ][\u0400-\u052f]|[\u0400-\u052f][A-Za-zəɵ]")
# U+0400 to U+052F begin with these in UTF-8.
_CYRILLIC_BYTES = bytes(range(0xD0, 0xD5))
_MIXED_WORD = re.compile(r"[A-Za-zəɵ\u0400-\u052f]+")


def one_script(word: str) -> str:
    """Undo look-alikes; a word that truly mixes scripts (`iPhoneда`) stays."""
    if _HAS_CYRILLIC.search(word) is None or _HAS_LATIN.search(word) is None:
        return word
    if _REAL_LATIN.search(word) is None:
        return word.translate(_TO_CYRILLIC)
    if _REAL_CYRILLIC.search(word) is None:
        return word.translate(_TO_LATIN)
    return word


def disguised(text: str) -> list[str]:
    """Return the words that mix scripts by look-alikes only, in the order of the text."""
    if not _may_mix(text) or _MEETING.search(text) is None:
        return []
    words = (match[0] for match in _MIXED_WORD.finditer(text))
    return [word for word in words if one_script(word) != word]


def _may_mix(text: str) -> bool:
    """Tell whether there is any Cyrillic, by its first bytes: most long texts are in one script."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _CYRILLIC_BYTES)) < len(data)
