"""The id of whoever a name means: known, or made of the name itself."""

from __future__ import annotations

from functools import lru_cache

from steppewire_enricher.folding import REMEMBERED
from steppewire_enricher.identity.keys import key_of, person_words
from steppewire_enricher.identity.same import SAME, same_name
from steppewire_enricher.knowledge.base import base

PREFIXES = {
    "PERSON": "person", "ORGANISATION": "organisation", "GPE": "place", "LOCATION": "place",
    "FACILITY": "place", "EVENT": "event", "PROJECT": "project", "PRODUCT": "product",
    "ART": "art", "LAW": "law",
}  # fmt: skip
"""Types of things that have an id; dates, sums and the like have none."""
MADE = "~"
"""Begins what is made of a name, so that it never meets a listed id."""
LONGEST = 120
SHORTEST_KEY = 3
"""A key with fewer letters says nothing about who it is."""


@lru_cache(maxsize=REMEMBERED)
def id_of(name: str, type: str) -> str | None:
    """Return the id of a name: the same in every language, process and year.

    A name that sounds as a listed one and is spelled near it is that one.
    """
    prefix = PREFIXES.get(type)
    if prefix is None:
        return None
    named = base().ids(name, type)
    if len(named) == 1 and (type != "PERSON" or len(person_words(name)) > 1):
        return next(iter(named))
    key = key_of(name, type)[:LONGEST].strip("-")
    if sum(letter.isalnum() for letter in key) < SHORTEST_KEY:
        return None
    known = base().by_key(prefix, key)
    if known is not None and _is_known(name, type, known):
        return known
    return f"{prefix}/{MADE}{key}"


def _is_known(name: str, type_: str, id_: str) -> bool:
    if type_ == "PERSON" and len(person_words(name)) < 2:
        return False
    names = base().entries[id_].names.values()
    return any(same_name(name, said, type_) >= SAME for listed in names for said in listed)


def in_field(id_: str, field: str) -> str:
    """Return a made id of a person in a field: `person/~askar-jaras.sport`."""
    made = id_.startswith(f"person/{MADE}") and "-" in id_
    return f"{id_}.{field}" if field and made else id_
