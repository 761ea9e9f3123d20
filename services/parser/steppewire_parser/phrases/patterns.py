"""How a list of phrases becomes one pattern.

One phrase a line, written as a regular expression; each is anchored at the start of a paragraph,
and `'` stands for every apostrophe that Uzbek sites type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TO_BOUNDARY = r"(?![^\W\d_])"
"""The phrase ends where a word ends."""

_LEADING = r"^[\W_]{0,6}"  # an emoji, a bullet, a dash, a bracket
_APOSTROPHES = "['ʻʼ‘’`´]"
_OPTIONAL_START = re.compile(r"[\W_]|.[?*+{]")


def pattern(*lists: str, end: str = "") -> re.Pattern[str]:
    """Return a pattern for small letters: a line starts with a phrase of the lists, then `end`.

    Of hundreds of phrases, `re` then tries those that can fit.
    """
    return re.compile(f"{_LEADING}{_any(*lists).lower()}{end}")


def _any(*lists: str) -> str:
    phrases = (line for block in lists for line in block.strip().splitlines())
    by_start: dict[str, list[str]] = {}
    for phrase in phrases:
        # `re` looks at the first letter of each alternative: of forty starts, not of all phrases
        first = "" if _OPTIONAL_START.match(phrase) else phrase[0].lower()
        by_start.setdefault(first, []).append(phrase[len(first) :])
    starts = (f"{first}(?:{'|'.join(rests)})" for first, rests in by_start.items())
    return f"(?:{'|'.join(starts)})".replace("'", _APOSTROPHES)


def starts(phrase: str, text: str) -> bool:
    """Tell whether a text starts with one phrase of our lists."""
    return bool(pattern(phrase).match(text.lower()))


def starts_with(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for lines that start with one of the phrases of a site, in any case."""
    phrases = [re.escape(" ".join(p.split())) for p in prefixes if p.strip()]
    if not phrases:
        return None
    return re.compile(f"{_LEADING}(?:{'|'.join(phrases)})", re.IGNORECASE)
