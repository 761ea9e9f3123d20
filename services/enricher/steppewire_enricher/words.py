"""The forms under which a word of a text may stand in a list: its lemmas, roughly, by language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from steppewire_enricher.folding import REMEMBERED, fold, fold_uz
from steppewire_enricher.scripts import uz_to_latin
from steppewire_enricher.turkic import kk_stems, uz_stems

_ABBREVIATION = re.compile(r"^([^\W\d_a-zа-яёәғқңөұүіһўҳ]{2,})[-'’ʻ‘][^\W\d_]{1,6}$")
_ENGLISH_GENITIVE = re.compile(r"['’]s?$")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_KK_POSSESSED = re.compile(r"(?<=[^аеёиоуыіэюяәөүұ])[ыі]$|(?<=[аеыіәө])с[ыі]$")
_UZ_POSSESSED = re.compile(r"(?<=[^aeiou])i$|(?<=[aeou])si$")
"""`Өзбекстан Парламенті` is the listed Парламент, `Markaziy banki` the listed Markaziy bank."""
PARSES = 4_000
"""Words whose readings are remembered, 2 KB each: half of what is asked is asked again."""
PARSED = 24
"""Longer words are no lemmas of Russian; the dictionary is not asked about them."""


@lru_cache(maxsize=1)
def morphology() -> Any:
    """Return the Russian dictionary (OpenCorpora by way of pymorphy3), loaded once per process."""
    import pymorphy3  # a quarter of a second: only articles in Russian pay for it

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=PARSES)
def parses(word: str) -> tuple[Any, ...]:
    """Return pymorphy's readings of a Cyrillic word, likeliest first."""
    if len(word) > PARSED or not _CYRILLIC.search(word):
        return ()
    return tuple(morphology().parse(word)[:8])


def base_of_abbreviation(word: str) -> str | None:
    """Return the abbreviation before a hyphened ending: АҚШ-тың -> АҚШ, BMTning has none."""
    match = _ABBREVIATION.match(word)
    return match[1] if match else None


def key_of(word: str, language: str) -> str:
    """Return the first of a word's forms: itself."""
    return fold_uz(word) if language == "uz" else fold(word)


@lru_cache(maxsize=REMEMBERED)
def forms(word: str, language: str) -> tuple[str, ...]:
    """Return the keys under which a word of a text may be listed, the word itself first."""
    base = base_of_abbreviation(word)
    words = (word,) if base is None else (word, base)
    return tuple(dict.fromkeys(key for each in words for key in _forms(each, language)))


def _forms(word: str, language: str) -> tuple[str, ...]:
    if language == "kk":
        keys = (fold(word), *(fold(stem) for stem in kk_stems(word)))
        return (*keys, *(_KK_POSSESSED.sub("", key) for key in keys))
    if language == "uz":
        latin = uz_to_latin(word)
        keys = (fold_uz(latin), *(fold_uz(stem) for stem in uz_stems(latin)))
        return (*keys, *(_UZ_POSSESSED.sub("", key) for key in keys))
    if language == "ru":
        return (fold(word), *(fold(p.normal_form) for p in parses(word)), *_guessed(fold(word)))
    if language == "en":
        return (fold(word), fold(_ENGLISH_GENITIVE.sub("", word)))
    return (fold(word),)


_OBLIQUE = re.compile(r"(ой|ом|ам|ах|а|е|у|ы|и|ю|я|ю|ем)$")


def _guessed(word: str) -> tuple[str, ...]:
    """Return base forms of a Russian word by its ending: names that the dictionary misreads."""
    stem = _OBLIQUE.sub("", word)
    if stem == word or len(stem) < 3:
        return ()
    return stem, f"{stem}а", f"{stem}я", f"{stem}ь"


def listed(word: str, language: str) -> tuple[str, ...]:
    """Return the keys under which a word of a list is entered."""
    if language == "uz":
        return (fold_uz(word),)
    if language == "ru":
        return tuple(dict.fromkeys((fold(word), *(fold(p.normal_form) for p in parses(word)[:3]))))
    return (fold(word),)
