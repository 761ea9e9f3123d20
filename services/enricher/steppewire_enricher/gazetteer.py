"""The names we know: who and what they are in every language, found in any case form.

Countries and time-zone cities come from CLDR by way of Babel (Unicode licence); everything else
is in `lists/*.toml`, written for this project.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from steppewire.events import EntityType, PlaceKind
from steppewire_enricher.folding import REMEMBERED, fold, fold_all, fold_uz, roman
from steppewire_enricher.lists import read_list, words_of
from steppewire_enricher.places import type_and_kind
from steppewire_enricher.tokens import tokenise
from steppewire_enricher.words import base_of_abbreviation, forms, key_of, listed, parses

LANGUAGES = ("kk", "ru", "uz", "en")
CLDR_ONLY = ("ky", "tg", "tk", "tt", "az", "tr", "uk", "kaa")
"""Languages whose country names alone are known."""


@dataclass(frozen=True)
class Entry:
    """Somebody or something, with names by language; the first of each is the normal form."""

    id: str
    type: EntityType
    names: dict[str, tuple[str, ...]]
    kind: PlaceKind | None = None
    """Of a place."""
    alone: bool = False
    """The last name alone means this person."""
    states: dict[str, str] | None = None
    """For a body that several states have: state -> id, where it is not `<id>-<state>`."""

    def id_in(self, state: str | None) -> str:
        """Return the id, in the state that the article speaks of."""
        if self.states is None or state is None:
            return self.id
        prefix = self.id.partition("/")[0]
        return f"{prefix}/{self.states[state]}" if state in self.states else f"{self.id}-{state}"


class Match(NamedTuple):
    """An entry's name at `words[start:end]`."""

    start: int
    end: int
    entry: Entry
    name: str = ""
    """The spelling that is listed: the mention's base form."""
    whole: bool = True
    """False when only the last name stood there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One spelling of an entry's name."""

    entry: Entry
    name: str
    whole: bool
    capitals: bool
    """It is an abbreviation: only capitals are it."""
    small: bool
    """It begins with a small letter, as әл-Фараби does."""
    context: int = 0
    """Words that stand behind it and are no part of it."""


@dataclass(slots=True)
class Node:
    """A step in the tree of names."""

    next: dict[str, Node] = field(default_factory=dict)
    found: Listed | None = None


_HEAD = 2
"""Letters that all forms of a Russian word begin with."""
_START = 4
"""Letters by which a name is looked up before the forms of a word are."""
_GEOGRAPHIC_NUMBERS = ("002", "003", "005", "009", "019", "030", "035", "142", "143", "150")
_NOT_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ"))
_TZ_AREAS = ("Asia/", "Europe/", "Africa/", "Australia/")


def slug(name: str) -> str:
    """Return a name as part of an id: lower-case Latin letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", roman(name))
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")


def _entry(
    id_: str, type_: EntityType, row: dict[str, Any], kind: PlaceKind | None = None
) -> Entry:
    names = {lang: tuple(row[lang].split("|")) for lang in LANGUAGES if lang in row}
    return Entry(id_, type_, names, kind, bool(row.get("alone", False)), row.get("state"))


@lru_cache(maxsize=1)
def written() -> tuple[Entry, ...]:
    """Return the entries of `lists/*.toml`."""
    out: list[Entry] = []
    for kind, rows in read_list("places").items():
        for key, row in rows.items():
            name = _country_slug(key.removeprefix("iso/")) if kind == "country" else key
            type_, known = type_and_kind(kind)
            out.append(_entry(f"place/{name}", type_, row, known))
    for key, row in read_list("people")["person"].items():
        out.append(_entry(f"person/{key}", "PERSON", row))
    for key, row in read_list("organisations")["organisation"].items():
        out.append(_entry(f"organisation/{key}", "ORGANISATION", row))
    return tuple(out)


def _country_slug(iso: str) -> str:
    return slug(_territories("en")[iso.upper()])


@lru_cache(maxsize=16)
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return {
        code: name
        for code, name in Locale.parse(language).territories.items()
        if (code.isalpha() and len(code) == 2 and code not in _NOT_COUNTRIES)
        or code in _GEOGRAPHIC_NUMBERS
    }


def _cldr(language: str) -> Iterator[Entry]:
    """Return countries, continents and time-zone cities as entries in one language."""
    from babel import Locale

    english = _territories("en")
    for code, name in _territories(language).items():
        if "(" not in name and " - " not in name and code in english:
            country = code.isalpha()  # a number is a continent's, which has no kind
            type_: EntityType = "GPE" if country else "LOCATION"
            id_ = f"place/{slug(english[code])}"
            yield Entry(id_, type_, {language: (name,)}, "country" if country else None)
    for zone, data in Locale.parse(language).time_zones.items():
        if zone.startswith(_TZ_AREAS) and "city" in data and "(" not in data["city"]:
            city = slug(zone.rsplit("/", 1)[1])
            yield Entry(f"place/{city}", "GPE", {language: (data["city"],)}, "settlement")


class Gazetteer:
    """The names of one language as a tree over the forms of their words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.root = Node()
        # Written entries come first and stay: CLDR fills the gaps.
        for entry in (*written(), *(_cldr(language) if language != "kaa" else ())):
            for name in entry.names.get(language, ()):
                self._add(name, entry, whole=True)
            if entry.alone and language in entry.names:
                self._add(entry.names[language][0].split()[-1], entry, whole=False)
        self._starts = frozenset(start for key in self.root.next for start in _starts(key))

    def _add(self, name: str, entry: Entry, *, whole: bool) -> None:
        nodes = [self.root]
        # "Балқаш ~көлі": the lake, where көлі follows; its name is Балқаш
        name, _, beside = name.partition(" ~")
        words = [token.text for token in tokenise(name)]
        context = [token.text for token in tokenise(beside)]
        for word in (*words, *context):
            keys = listed(word, self.language)
            nodes = [node.next.setdefault(key, Node()) for node in nodes for key in keys]
        listing = Listed(
            entry,
            name,
            whole,
            capitals=len(words) == 1 and words[0].isupper(),
            small=words[0][:1].islower(),
            context=len(context),
        )
        for node in nodes:
            node.found = node.found or listing

    def match(self, words: Sequence[str], folded: Sequence[str] | None = None) -> list[Match]:
        """Return the longest known names in a sentence, left to right, none overlapping.

        `folded` are its words as `fold_all` writes them, where they are known.
        """
        out: list[Match] = []
        start = 0
        for position in self._beginnings(words, folded or fold_all(words)):
            found = self._longest(words, position) if position >= start else None
            if found is not None:
                out.append(found)
                start = found.end
        return out

    def _beginnings(self, words: Sequence[str], folded: Sequence[str]) -> list[int]:
        """Return where the letters are that a name begins with: case endings are at its end."""
        first, starts = self.root.next, self._starts
        keys = map(fold_uz, words) if self.language == "uz" else folded
        return [
            position
            for position, (word, plain, key) in enumerate(zip(words, folded, keys, strict=True))
            if (plain in first or not word[:1].islower())
            and (
                key[:_START] in starts or key[: _START - 1] in starts or key[: _START - 2] in starts
            )
        ]

    def _may_follow(self, word: str, nodes: Sequence[Node]) -> bool:
        """Say whether a name goes on with these letters: the Russian dictionary is slow."""
        head = key_of(word, self.language)[:_HEAD]
        return self.language != "ru" or any(
            key.startswith(head) for node in nodes for key in node.next
        )

    def _longest(self, words: Sequence[str], start: int) -> Match | None:
        best: Match | None = None
        nodes = [self.root]
        for position in range(start, len(words)):
            if position > start and not self._may_follow(words[position], nodes):
                break
            keys = forms(words[position], self.language)
            nodes = [node.next[key] for node in nodes for key in keys if key in node.next]
            if not nodes:
                break
            for node in nodes:
                listing = node.found
                if listing is not None and _fits(words, start, position + 1, listing):
                    end = position + 1 - listing.context
                    best = Match(start, end, listing.entry, listing.name, listing.whole)
                    break
        return best


def _starts(key: str) -> Iterator[str]:
    """Yield how the forms of a name's first word begin; a fleeting vowel may go: Павел, Павла."""
    yield key[:_START]
    if key[_START - 1 : _START] in ("е", "о"):
        yield key[: _START - 1] + key[_START : _START + 1]


def _fits(words: Sequence[str], start: int, end: int, listing: Listed) -> bool:
    """Say whether the words are written as a name is, and prove it where they are also common."""
    first = words[start]
    if listing.capitals:
        return (base_of_abbreviation(first) or first).isupper() or first[:2].isupper()
    if not first[:1].isupper():
        return listing.small
    return not (end - start == 1 and start == 0 and fold(first) in words_of("common_words"))


@lru_cache(maxsize=16)
def gazetteer(language: str) -> Gazetteer | None:
    """Return the names of a language (`kk`, `uz`, …), or None when none are known."""
    return Gazetteer(language) if language in (*LANGUAGES, *CLDR_ONLY) else None


@lru_cache(maxsize=8)
def cues(language: str) -> dict[str, str]:
    """Return word form -> cue (`person_title`, `organisation_head`, `place_head`)."""
    out: dict[str, str] = {}
    for cue, by_language in read_list("cues").items():
        for word in by_language.get(language, "").split():
            for key in (*listed(word, language), *_lexeme(word, language)):
                out.setdefault(key, cue)
    return out


@lru_cache(maxsize=8)
def _cue_starts(language: str) -> frozenset[str]:
    return frozenset(key[:_CUE_START] for key in cues(language))


_CUE_START = 4
"""Letters by which a cue is looked up before the forms of a word are: they begin as it does."""


def _lexeme(word: str, language: str) -> Iterator[str]:
    """Yield all forms of a Russian word: so no word of a text has to be looked up for its base."""
    if language == "ru":
        for parse in parses(word)[:1]:
            yield from (fold(form.word) for form in parse.lexeme)


def cue_of(word: str, language: str) -> str:
    """Return what a word tells about the name beside it; "" when it tells nothing."""
    known = cues(language)
    if language == "ru":
        return known.get(fold(word), "")
    starts, key = _cue_starts(language), key_of(word, language)
    if not (key[:_CUE_START] in starts or key[: _CUE_START - 1] in starts or key[:2] in starts):
        return ""
    return next((known[key] for key in forms(word, language) if key in known), "")


def cues_of(words: Sequence[str], folded: Sequence[str], language: str) -> list[str]:
    """Return what each of some words tells about the name beside it; `folded` are they, folded."""
    if language == "ru":
        known = cues(language)
        return [known.get(key, "") for key in folded]
    return [_cue_of(word, language) for word in words]


_cue_of = lru_cache(maxsize=REMEMBERED)(cue_of)
