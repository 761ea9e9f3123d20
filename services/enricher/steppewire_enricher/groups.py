"""Offices and peoples by their words, in languages whose corpora taught the tagger only names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from steppewire_enricher.folding import REMEMBERED
from steppewire_enricher.gazetteer import cue_of
from steppewire_enricher.lists import read_list
from steppewire_enricher.tagger import Span

LANGUAGES = ("ru", "en")
_NOUN_ENDINGS = {"ru": "|а|у|ом|е|ы|ов|ам|ами|ах|и|ев|ка|ки|ин|ина|е|ей|ям|ями", "en": "|s"}
_ADJECTIVE_ENDINGS = {"ru": "ий|ая|ое|ие|ого|ой|ому|им|ом|их|ими|ую|ый|ые|ых|ым|ыми", "en": ""}


def offices_and_peoples(words: Sequence[str], language: str) -> list[Span]:
    """Return the offices (`премьер-министр`) and peoples (`казахстанский`) among words."""
    if language not in LANGUAGES:
        return []
    return [*_offices(words, language), *_peoples(words, language)]


def _offices(words: Sequence[str], language: str) -> list[Span]:
    modifiers = _words(language, "modifiers")
    out: list[Span] = []
    for i, word in enumerate(words):
        if _is_office(word, language):
            start = i
            while start > 0 and words[start - 1].lower() in modifiers:
                start -= 1
            out.append(Span(start, i + 1, "POSITION"))
    return out


def _peoples(words: Sequence[str], language: str) -> list[Span]:
    return [Span(i, i + 1, "NORP") for i, word in enumerate(words) if _is_people(word, language)]


@lru_cache(maxsize=REMEMBERED)
def _is_office(word: str, language: str) -> bool:
    return cue_of(word, language) == "person_title"


@lru_cache(maxsize=REMEMBERED)
def _is_people(word: str, language: str) -> bool:
    return _people(language).fullmatch(word) is not None


@lru_cache(maxsize=8)
def _words(language: str, name: str) -> frozenset[str]:
    return frozenset(read_list("peoples")[language][name].split())


@lru_cache(maxsize=8)
def _people(language: str) -> re.Pattern[str]:
    nouns, adjectives = (
        "|".join(sorted(_words(language, name))) for name in ("nouns", "adjectives")
    )
    return re.compile(
        rf"(?:{nouns})(?:{_NOUN_ENDINGS[language]})"
        rf"|(?:{adjectives})(?:{_ADJECTIVE_ENDINGS[language]})",
        re.IGNORECASE,
    )
