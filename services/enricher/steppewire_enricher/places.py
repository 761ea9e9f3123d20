"""What sort of place a name is: the word of kind beside it tells, else the list of names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from steppewire.events import EntityType, PlaceKind
from steppewire_enricher.lists import read_list
from steppewire_enricher.words import forms, key_of, listed

PLACES: tuple[EntityType, ...] = ("GPE", "LOCATION", "FACILITY")


STATES = {
    "place/kazakhstan": "kz", "place/uzbekistan": "uz", "place/kyrgyzstan": "kg",
    "place/tajikistan": "tj", "place/turkmenistan": "tm", "place/russia": "ru",
    "place/united-states": "us", "place/china": "cn", "place/belarus": "by",
    "place/azerbaijan": "az", "place/ukraine": "ua", "place/turkiye": "tr",
}  # fmt: skip
"""Places that have ministries and the like of their own, and the code that ids have for them."""


def same_type(one: str, other: str) -> bool:
    """Say whether two types are the same; all places are."""
    return one == other or (one in PLACES and other in PLACES)


@lru_cache(maxsize=8)
def _kinds(language: str) -> dict[str, str]:
    """Return word of kind -> kind: `қаласы` -> settlement, `улица` -> facility."""
    return {
        key: kind
        for kind, by_language in read_list("kinds").items()
        for word in by_language.get(language, "").split()
        for key in listed(word, language)
    }


def kind_of_word(word: str, language: str) -> str:
    """Return what a word of kind says about the place beside it; "" for any other word."""
    small, known = word.lower(), _kinds(language)
    if key_of(small, language)[:_HEAD] not in _heads(language):
        return ""
    return next((known[key] for key in forms(small, language) if key in known), "")


_HEAD = 2
"""Letters that all forms of a word begin with: nearly every word is asked for no others."""


@lru_cache(maxsize=8)
def _heads(language: str) -> frozenset[str]:
    return frozenset(key[:_HEAD] for key in _kinds(language))


def kind_of(words: Sequence[str], language: str) -> str:
    """Return what the words of a place's name and its neighbours say: the last one that speaks."""
    return next((kind for w in reversed(words) if (kind := kind_of_word(w, language))), "")


def type_and_kind(kind: str) -> tuple[EntityType, PlaceKind | None]:
    """Return KazNERD's type for a kind of place, and the kind where events know it."""
    if kind == "nature":
        return "LOCATION", "nature"
    if kind == "facility":
        return "FACILITY", None
    if kind == "country":
        return "GPE", "country"
    if kind == "region":
        return "GPE", "region"
    if kind == "district":
        return "GPE", "district"
    return "GPE", "settlement" if kind == "settlement" else None
