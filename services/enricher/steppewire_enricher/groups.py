"""Offices and peoples by their words, in languages whose corpora taught the tagger only names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from steppewire_enricher.folding import fold, fold_all
from steppewire_enricher.gazetteer import cues_of
from steppewire_enricher.lists import read_list
from steppewire_enricher.scan import HEAD, heads_of
from steppewire_enricher.spans import Span

LANGUAGES = ("ru", "en")
_NOUN_ENDINGS = {"ru": "|а|у|ом|е|ы|ов|ам|ами|ах|и|ев|ка|ки|ин|ина|е|ей|ям|ями", "en": "|s"}
_ADJECTIVE_ENDINGS = {"ru": "ий|ая|ое|ие|ого|ой|ому|им|ом|их|ими|ую|ый|ые|ых|ым|ыми", "en": ""}


def offices_and_peoples(
    words: Sequence[str], language: str, folded: Sequence[str] | None = None
) -> list[Span]:
    """Return the offices (`премьер-министр`) and peoples (`казахстанский`) among words.

    `folded` are the words as `fold_all` writes them, where they are known.
    """
    if language not in LANGUAGES:
        return []
    folded = folded or fold_all(words)
    cues = cues_of(words, folded, language)
    offices = [_office(words, i, language) for i, cue in enumerate(cues) if cue == "person_title"]
    heads, is_people = _heads(language), _people(language).fullmatch
    peoples = [
        Span(i, i + 1, "NORP")
        for i, key in enumerate(folded)
        if key[:HEAD] in heads and is_people(words[i])
    ]
    return [*offices, *peoples]


def _office(words: Sequence[str], title: int, language: str) -> Span:
    """Return an office with what is told of it before: бывший премьер-министр."""
    start, modifiers = title, _words(language, "modifiers")
    while start > 0 and words[start - 1].lower() in modifiers:
        start -= 1
    return Span(start, title + 1, "POSITION")


@lru_cache(maxsize=8)
def _words(language: str, name: str) -> frozenset[str]:
    return frozenset(read_list("peoples")[language][name].split())


@lru_cache(maxsize=8)
def _heads(language: str) -> frozenset[str]:
    return heads_of(map(fold, _words(language, "nouns") | _words(language, "adjectives")))


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
