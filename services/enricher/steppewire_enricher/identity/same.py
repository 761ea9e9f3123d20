"""Do two spellings name one thing? One public answer, for pairs of names."""

from __future__ import annotations

import re
from itertools import permutations

from steppewire_enricher.identity.costs import figures, model
from steppewire_enricher.identity.given_names import counterparts, said_as, spellings
from steppewire_enricher.identity.keys import patronymic_of, person_words, surname_key, word_key
from steppewire_enricher.identity.sounds import sounds
from steppewire_enricher.knowledge.base import base

SAME = 0.5
"""At this probability and above, two names are taken for one."""
BEST = 0.02
"""At this probability and above, the best of many candidates is taken for the one sought."""
LAST_NAME_ALONE = 0.6
"""A last name alone says only so much about who is meant."""
OTHER_FATHER = 0.05
"""How likely two names are one whose patronymics differ."""
SAME_KEY, OTHER_KEY = 0.9, 0.6
SPELLED, COUNTERPART = 0.97, 0.7
"""How sure the lists of given names are that two words are one: John and Джон; Joseph and Иосиф."""
_KNOWN, _KNOWN_APART = 0.99, 0.01
"""How likely two listed names are one that share an id, or that have two."""
_INITIAL = re.compile(r"^\w{1,2}\.$")


def same_name(one: str, other: str, type: str = "PERSON") -> float:
    """Return how likely two spellings are one name, in whatever languages and alphabets.

    1. who both are known to be decides;
    2. people are compared by given, father's and last name, in either order;
    3. everything else word by word, by how it sounds, at learned costs.
    """
    left, right = base().ids(one, type), base().ids(other, type)
    if left and right:
        return _KNOWN if left & right else _KNOWN_APART
    if type == "PERSON":
        return _same_person(one, other)
    return _same_words(one.split(), other.split())


def _same_person(one: str, other: str) -> float:
    fathers = patronymic_of(one), patronymic_of(other)
    if all(fathers) and fathers[0] != fathers[1] and _heard(*fathers) < SAME:
        return OTHER_FATHER
    a, b = person_words(one), person_words(other)
    if not a or not b:
        return 0.0
    if len(a) == len(b):
        return max(_agreeing(a, order) for order in permutations(b)) * _initials(one, other)
    short, long = sorted((a, b), key=len)
    best = max(_agreeing(short, part) for part in permutations(long, len(short)))
    return best * LAST_NAME_ALONE * _initials(one, other)


def _initials(one: str, other: str) -> float:
    """Return 0 where an initial is not that of the other's given name."""
    for short, full in ((one, other), (other, one)):
        letters = [sounds(w[:-1]) for w in short.split() if _INITIAL.match(w)]
        firsts = {sounds(w)[:1].lower() for w in full.split()}
        if letters and letters[0] and letters[0][:1].lower() not in firsts:
            return 0.0
    return 1.0


def _agreeing(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    alike = _alike if len(one) == 1 else _alike_in_full
    return min(alike(a, b) for a, b in zip(one, other, strict=True))


def _alike_in_full(one: str, other: str) -> float:
    """Compare a word of a full name: there, the same key is the same id.

    One alphabet spells one name in one way more often than two: Марат is not Мурат.
    """
    likely = _alike(one, other)
    if surname_key(said_as(one)) == surname_key(said_as(other)):
        return max(likely, SAME_KEY)
    if one.isascii() == other.isascii() and word_key(one) != word_key(other):
        return likely * OTHER_KEY
    return likely


def _same_words(one: list[str], other: list[str]) -> float:
    if len(one) == len(other):
        return min((_alike(a, b) for a, b in zip(one, other, strict=True)), default=0.0)
    return _alike(" ".join(one), " ".join(other))


def _alike(one: str, other: str) -> float:
    likely = _heard(sounds(one), sounds(other))
    written = (*((other, s) for s in spellings(one)), *((one, s) for s in spellings(other)))
    for word, spelled in written:
        likely = max(likely, SPELLED * _heard(sounds(word), sounds(spelled)))
    return max(likely, COUNTERPART) if counterparts(one, other) else likely


def _heard(one: str, other: str) -> float:
    """Return how likely two words that sound so are one, at learned costs."""
    if not one or not other:
        return 0.0
    learned = model()
    return learned.weights.probability(figures(learned.costs, one, other))
