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
_ENDS_BEFORE = ".!?:;,()«»\n"
_ENDS_BEHIND = re.compile(r"[.!?:;()«»\n]|(?<=\w),")
_APPOSED = re.compile(r"\s*(?:,|[-–—(])")


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
    return _WORD.findall(text, max(map(text.rfind, _ENDS_BEFORE)) + 1)[-3:]


def _first_clause(text: str) -> list[str]:
    """Return the words right behind a name: an apposition, which a comma or dash begins."""
    if not _APPOSED.match(text):
        return []
    return _WORD.findall(_ENDS_BEHIND.split(text, maxsplit=1)[0])[:4]


def _fields(words: Iterable[str]) -> list[str]:
    return [field for word in words if (field := _field(word))]


@lru_cache(maxsize=REMEMBERED)
def _field(word: str) -> str:
    folded = fold(word)
    stems = _stems().get(folded[:_HEAD], ())
    return next((field for stem, field in stems if folded.startswith(stem)), "")


_HEAD = 3
"""Letters by which a stem is looked up; none is shorter."""


@lru_cache(maxsize=1)
def _stems() -> dict[str, list[tuple[str, str]]]:
    """Return head -> stems that begin so and their fields, in the order of the list."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field, by_language in read_list("roles")["field"].items():
        for language, stems in by_language.items():
            cyrillic = uz_to_cyrillic(stems).split() if language == "uz" else []
            for stem in map(fold, (*stems.split(), *cyrillic)):
                found.setdefault(stem[:_HEAD], []).append((stem, field))
    return found
