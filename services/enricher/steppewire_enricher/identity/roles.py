"""What a person is called beside the name: boxer, singer, surgeon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from steppewire_enricher.folding import REMEMBERED, fold
from steppewire_enricher.lists import read_list
from steppewire_enricher.scripts import uz_to_cyrillic

BESIDE = 40
"""Characters before and after a name in which the word stands."""
_WORD = re.compile(r"[^\W\d_][\w‘’'ʻʼ]*")


def field_of(around: Iterable[tuple[str, str]]) -> str:
    """Return the field that most words beside the mentions of a person name; "" for none.

    Each mention gives the text before it and behind it; only its own clause counts.
    """
    found = Counter[str]()
    for before, after in around:
        found.update(_fields(_last_clause(before)))
        found.update(_fields(_first_clause(after)))
    return max(sorted(found), key=found.__getitem__) if found else ""


def _last_clause(text: str) -> list[str]:
    """Return the words right before a name, the nearest three."""
    return _WORD.findall(re.split(r"[.!?:;,()«»\n]", text)[-1])[-3:]


def _first_clause(text: str) -> list[str]:
    """Return the words right behind a name: an apposition, which a comma or dash begins."""
    if not re.match(r"\s*(?:,|[-–—(])", text):
        return []
    return _WORD.findall(re.split(r"[.!?:;()«»\n]|(?<=\w),", text)[0])[:4]


def _fields(words: Iterable[str]) -> list[str]:
    return [field for word in words if (field := _field(word))]


@lru_cache(maxsize=REMEMBERED)
def _field(word: str) -> str:
    folded = fold(word)
    return next((field for stem, field in _stems() if folded.startswith(stem)), "")


@lru_cache(maxsize=1)
def _stems() -> tuple[tuple[str, str], ...]:
    return tuple(
        (fold(stem), field)
        for field, by_language in read_list("roles")["field"].items()
        for language, stems in by_language.items()
        for stem in (*stems.split(), *(uz_to_cyrillic(stems).split() if language == "uz" else ()))
    )
