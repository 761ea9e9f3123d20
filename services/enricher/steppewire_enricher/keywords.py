"""The keywords of an article: what it is about, in its own language and in base forms.

A word weighs by how often, how early and in how many paragraphs it stands (after YAKE, Campos et
al. 2020), forms of one word counted together. What is named counts under its name.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import log1p
from typing import NamedTuple

from steppewire.events import Article, Entity, Languages
from steppewire_enricher.folding import FEW, REMEMBERED, fold, fold_all, fold_uz, roman
from steppewire_enricher.lists import read_list
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.words import parses

MOST = 8
"""Keywords of an article."""
READ = 10_000
"""Characters that are read: who comes to what an article is about later than that?"""
LANGUAGES = ("kk", "ru", "uz", "en")
NAMED = frozenset({
    "PERSON", "ORGANISATION", "GPE", "LOCATION", "FACILITY", "NORP", "EVENT", "LAW", "ART",
    "PRODUCT", "PROJECT", "DISEASE", "MISCELLANEOUS",
})  # fmt: skip
"""Types whose names are keywords; dates, sums and offices are none."""

_TITLE = 3.0
"""A word of the title counts as often."""
_NAME = 1.3
"""What is named tells more than a common word."""
_PAIR = 1.3
"""Two words that stand together again and again tell more than either."""
_EARLY = 400.0
"""Characters from the start after which a first mention counts half of what it can."""
_VERB = 0.5
"""What looks like a verb or an adverb may be a noun after all."""
_LOOKED_AT = 3 * MOST
"""How many are looked at closely: the Russian dictionary is slow."""

_WORD = re.compile(r"[^\W\d_]++(?:[-'’ʻʼ‘`´][^\W\d_]++)*")
_SHORTEST = 3
"""Letters of a keyword."""
_RUSSIAN = (
    "ями ами иями ого его ому ему ыми ими ией ой ей ий ый ая яя ое ее ые ие ую юю ых их ым им ам"
    " ям ах ях ом ем ов ев иях иям ью ия ию ии а я о е у ю ы и ь й"
)
_LISTED_ENDINGS = {
    "ru": frozenset(_RUSSIAN.split()),
    "en": frozenset(("'s", "s'", "ies", "es", "s", "y")),
}
_LONGEST_ENDING = max(len(ending) for some in _LISTED_ENDINGS.values() for ending in some)
_ENDINGS = {
    "kk": re.compile(
        r"(?<=...)(?:[лдт][ае]р)?(?:ымыз|іміз|ыңыз|іңіз|сы|сі|ы|і|ым|ім)?"
        r"(?:н?[дт][ае]ғы|н?[дт]егі|[ндт]ың|[ндт]ің|н?[дт][ае]|[нт][ае]н|дан|ден|ға|ге|қа|ке|н[аеыі]|[дт][ыі]"
        r"|[мбп]ен|н)?$"
    ),
    "uz": re.compile(
        r"(?<=...)(?:lar)?(?:imiz|ingiz|si|i|im|ing)?"
        r"(?:ning|ni|ga|ka|qa|dan|dagi|da|gacha|dek)?$"
    ),
}
_LEAST_STEM = 3
"""Letters that an ending leaves of a word."""
_VERBS = {
    "kk": re.compile(
        r"(?:[ыі]п|[ғқ]ан|[гк]ен|[ае]ды|[ае]ді|йды|йді|[ае]тын|[ае]тін|ылды|ілді|м[ае]й|[дт][ыі])$"
    ),
    "uz": re.compile(r"(?:[gkq]an|ib|adi|ydi|ildi|moqda|yapti|ishi?|guncha|gach|di|sa|lik|lar)$"),
    "en": re.compile(r"(?:ed|ly)$"),
}


class _Word(NamedTuple):
    """A word of the text, and where it stands."""

    key: str
    """The same for all its forms, as far as endings tell."""
    surface: str
    field: str
    start: int
    paragraph: int


_word = tuple.__new__
"""Makes a named tuple in half the time: there is one for every other word."""


@dataclass(slots=True)
class _Candidate:
    """A word, two words or a name: how much it tells, and how it is written."""

    weight: float = 1.0
    count: float = 0.0
    first: int = READ
    paragraphs: set[int] = field(default_factory=set)
    shapes: dict[str, int] = field(default_factory=dict)
    name: str = ""

    def seen(self, word: _Word, surface: str) -> None:
        """Count one place."""
        self.count += _TITLE if word.field == "title" else 1.0
        first = 0 if word.field != "text" else word.start
        if first < self.first:
            self.first = first
        self.paragraphs.add(word.paragraph)
        self.shapes[surface] = self.shapes.get(surface, 0) + 1

    @property
    def score(self) -> float:
        early = _EARLY / (_EARLY + self.first)
        spread = log1p(len(self.paragraphs))
        return self.weight * log1p(self.count) * spread * (0.5 + early)


def keywords(article: Article, languages: Languages, entities: Sequence[Entity]) -> tuple[str, ...]:
    """Return what an article is about, the weightiest first.

    1. gather its words, all forms of one together, apart from grammar and from names;
    2. add what stands together more than once, and what is named;
    3. weigh, and take the best that do not repeat each other, in their base forms.
    """
    language = languages.article.tag.split("-")[0]
    found = _names(article, entities)
    if language in LANGUAGES:
        words = list(_words(article, entities, language))
        found |= _alone(words, language) | _together(words, language)
    ranked = sorted(found.values(), key=lambda one: one.score, reverse=True)[:_LOOKED_AT]
    return _shown(ranked, language)


# --- candidates ----------------------------------------------------------------------------


def _names(article: Article, entities: Sequence[Entity]) -> dict[str, _Candidate]:
    """Return what is named, with all its mentions."""
    found: dict[str, _Candidate] = {}
    starts = [start for name, start, _, _ in _texts(article) if name == "text"]
    for entity in entities:
        if entity.type in NAMED:
            one = found.setdefault(f"\0{entity.type}{entity.name}", _Candidate(_NAME))
            one.name = entity.name
            for at in entity.mentions:
                paragraph = bisect(starts, at.start) - 1 if at.field == "text" else -1
                one.seen(_Word("", "", at.field, at.start, paragraph), at.surface)
    return found


def _words(article: Article, entities: Sequence[Entity], language: str) -> Iterator[_Word]:
    """Yield the words that tell something, and are in no name, date or sum."""
    inside = _inside(entities)
    key = _keys(language)
    for name, start, paragraph, text in _texts(article):
        taken = inside.get(name)
        found = [*_WORD.finditer(text)]
        surfaces = [match[0] for match in found]
        stems = map(key, map(fold_uz, surfaces) if language == "uz" else fold_all(surfaces))
        for match, surface, stem in zip(found, surfaces, stems, strict=True):
            if stem:
                at = start + match.start()
                if taken is None or not taken[at]:
                    yield _word(_Word, (stem, surface, name, at, paragraph))


def _texts(article: Article) -> Iterator[tuple[str, int, int, str]]:
    """Yield the name of each field, where in it a paragraph starts, its number and its text."""
    yield "title", 0, -1, article.title[:READ]
    yield "lead", 0, -1, (article.lead or "")[:READ]
    start = 0
    for number, paragraph in enumerate(article.paragraphs):
        if start >= READ:
            return
        yield "text", start, number, paragraph.text[: READ - start]
        start += len(paragraph.text) + len("\n\n")


def _inside(entities: Sequence[Entity]) -> dict[str, bytearray]:
    """Return for each field which of its characters are in names, dates and sums."""
    inside: dict[str, bytearray] = {}
    for entity in entities:
        for at in entity.mentions:
            if at.start < READ:
                taken = inside.setdefault(at.field, bytearray(READ))
                taken[at.start : at.end] = b"\1" * (min(at.end, READ) - at.start)
    return inside


def _alone(words: Sequence[_Word], language: str) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    for word in words:
        one = found.get(word.key)
        if one is None:
            one = found[word.key] = _Candidate()
        one.seen(word, word.surface)
    for one in found.values() if language in _VERBS else ():
        if all(_like_verb(surface, language) for surface in one.shapes):
            one.weight = _VERB
    return found


def _together(words: Sequence[_Word], language: str) -> dict[str, _Candidate]:
    """Return pairs of words that stand together more than once."""
    pairs = [
        (f"{one.key} {next_.key}", one, next_.surface)
        for one, next_ in pairwise(words)
        if next_.start - one.start == len(one.surface) + 1 and one.field == next_.field
    ]
    often = Counter(key for key, _, _ in pairs)
    found: dict[str, _Candidate] = {}
    for key, one, behind in pairs:
        if often[key] > 1 and not _like_verb(behind, language):
            pair = found.setdefault(key, _Candidate(_PAIR))
            pair.seen(one, f"{one.surface} {behind}")
    return {key: one for key, one in found.items() if sum(one.shapes.values()) > 1}


@lru_cache(maxsize=FEW)
def _like_verb(word: str, language: str) -> bool:
    pattern = _VERBS.get(language)
    return pattern is not None and pattern.search(word.lower()) is not None


# --- words ---------------------------------------------------------------------------------


def _folding(language: str) -> Callable[[str], str]:
    return fold_uz if language == "uz" else fold


@lru_cache(maxsize=4)
def _stop(language: str) -> frozenset[str]:
    """Return the words that tell nothing, and their stems."""
    written = map(_folding(language), read_list("keywords")[language]["words"].split())
    return frozenset(form for word in written for form in (word, _stem(word, language)))


def _stem(word: str, language: str) -> str:
    """Return a word without its longest ending."""
    listed = _LISTED_ENDINGS.get(language)
    if listed is None:
        return _ENDINGS[language].sub("", word, count=1)
    # several times as fast as a pattern
    for n in range(min(_LONGEST_ENDING, len(word) - _LEAST_STEM), 0, -1):
        if word[-n:] in listed:
            return word[:-n]
    return word


@lru_cache(maxsize=4)
def _keys(language: str) -> Callable[[str], str]:
    """Return what tells the stem of a folded word; "" for words that tell nothing."""
    stop = _stop(language)

    def key(written: str) -> str:
        if len(written) < _SHORTEST or written in stop:
            return ""
        stem = _stem(written, language)
        return "" if stem in stop else stem

    return lru_cache(maxsize=REMEMBERED)(key)


# --- what is shown -------------------------------------------------------------------------


def _shown(ranked: Sequence[_Candidate], language: str) -> tuple[str, ...]:
    """Return the first base forms that are nouns and no part of one another."""
    shown: dict[str, str] = {}
    seen = frozenset(_folding(language)(shape) for one in ranked for shape in one.shapes)
    for one in ranked:
        text = one.name or _base(one.shapes, language, seen)
        key = roman(text)
        if text and not any(key in other or other in key for other in shown):
            shown[key] = text
        if len(shown) == MOST:
            break
    return tuple(shown.values())


def _base(shapes: Mapping[str, int], language: str, seen: frozenset[str]) -> str:
    """Return the base form of a word or of two; nothing, if it is no noun."""
    surface = max(shapes, key=lambda shape: (shapes[shape], -len(shape)))
    words = surface.split(" ")
    if language == "ru":
        return _russian(words)
    name = sum(shapes.values()) > 1 and all(shape[:1].isupper() for shape in shapes)
    small = surface if name or any(word.isupper() for word in words) else surface.lower()
    return normal_form(small, "MISCELLANEOUS", language, seen)


def _russian(words: Sequence[str]) -> str:
    """Return the nominative of a noun, or of a noun and what stands before it."""
    last = next((p for p in parses(words[-1])[:3] if p.tag.POS == "NOUN"), None)
    if last is None:
        return ""
    if len(words) == 1:
        return words[0] if words[0].isupper() else str(last.normal_form)
    return normal_form(" ".join(words).lower(), "MISCELLANEOUS", "ru")
