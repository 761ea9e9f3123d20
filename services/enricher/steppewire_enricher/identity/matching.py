"""Two lists of names: which of the one are which of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from steppewire_enricher.identity.given_names import also_called
from steppewire_enricher.identity.same import BEST, SAME, same_name
from steppewire_enricher.identity.sounds import sounds
from steppewire_enricher.knowledge.base import base

NEAREST = 25
"""So many names that share most sounds are compared, and all that lists know as the same."""
RIVAL = 8.0
"""A likely match holds beside a rival of so many times its odds: Ertis and Irtysh are one."""
Score = Callable[[str, str, str], float]


class Match(NamedTuple):
    """A pair with its score."""

    one: str
    other: str
    score: float


def match_names(ones: Iterable[str], others: Iterable[str], type: str = "PERSON") -> dict[str, str]:
    """Return name -> name for those that are each other's best match, and near enough.

    Several spellings of the one list may be one name of the other.
    """
    types = dict.fromkeys(ones, type)
    return {match.one: match.other for match in mutual(scores(types, others, same_name), BEST)}


def scores(types: Mapping[str, str], others: Iterable[str], score: Score) -> list[Match]:
    """Return the score of every name, given with its type, beside those that come near it."""
    near = _Near(set(others))
    return [
        Match(one, other, score(one, other, type_))
        for one, type_ in types.items()
        for other in near.to(one)
    ]


def mutual(scored: Iterable[Match], least: float) -> list[Match]:
    """Return the best match of each name, where none is better for the other side.

    Or none much better, for a match that is likely by itself: a language has several spellings of
    a name, and the other's best is but one of them.
    """
    by_one: dict[str, Match] = {}
    by_other: dict[str, float] = {}
    for match in scored:
        if match.score > by_one.get(match.one, _NONE).score:
            by_one[match.one] = match
        by_other[match.other] = max(by_other.get(match.other, 0.0), match.score)
    good = (match for match in by_one.values() if match.score >= least)
    return [match for match in good if _holds(match.score, by_other[match.other])]


def _holds(score: float, best: float) -> bool:
    """Return whether a match of this probability stands beside the best one of the other name."""
    return score >= best or (score >= SAME and _odds(best) <= RIVAL * _odds(score))


def _odds(probability: float) -> float:
    return probability / max(1e-9, 1 - probability)


_NONE = Match("", "", -1.0)


class _Near:
    """The names that share most pairs of sounds with another."""

    def __init__(self, names: set[str]) -> None:
        self._of: dict[str, list[str]] = defaultdict(list)
        self._known: dict[str, set[str]] = defaultdict(set)
        self._sizes = {name: len(_parts(name)) for name in names}
        for name in sorted(names):
            for part in _parts(name):
                self._of[part].append(name)
            for known in _known_as(name):
                self._known[known].add(name)

    def to(self, name: str) -> Iterator[str]:
        """Yield the nearest names."""
        parts = _parts(name)
        shared = Counter(other for part in parts for other in self._of.get(part, ()))
        ranked = sorted(shared, key=lambda o: (-2 * shared[o] / (len(parts) + self._sizes[o]), o))
        known = {o for known in _known_as(name) for o in self._known.get(known, ())}
        yield from sorted({*ranked[:NEAREST], *known})


def _known_as(name: str) -> frozenset[str]:
    """Return what two names share that no sound tells: a listed id, a line of given names."""
    return base().ids(name) | also_called(name)


def _parts(name: str) -> set[str]:
    """Return what two names may share: neighbouring sounds, and neighbouring consonants."""
    plain = f" {sounds(name).lower()} "
    skeleton = [letter for letter in plain if letter not in "aeiouwy"]
    pairs = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return pairs | {"".join(skeleton[i : i + 2]) + "." for i in range(len(skeleton) - 1)}
