"""Which of two languages' names are one: every name of the one, all names of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from steppewire_enricher.identity.same import same_name
from steppewire_enricher.identity.sounds import sounds
from steppewire_enricher.knowledge import base
from steppewire_enricher.train.pairs import Pair

TYPES = {"top": "GPE", "ant": "PERSON", "cog": "PERSON", "pat": "PERSON", "org": "ORGANISATION"}
NEAREST = 25
"""So many names that share most sounds are asked about, and all that the knowledge base knows by
the same id. The others share too little to be called the same."""
Score = Callable[[str, str, str], float]


@dataclass(frozen=True)
class Figures:
    """How many were said to be one, were one, and were both."""

    said: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.said + self.true) if self.said + self.true else 0.0

    def told(self) -> dict[str, float]:
        """Return the figures, rounded."""
        values = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {name: round(value, 4) for name, value in values.items()} | {"names": self.true}


@dataclass(frozen=True)
class Match:
    """A pair with its score."""

    one: str
    other: str
    score: float


def turned(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs in the other direction."""
    return [Pair(p.other, p.one, p.type, p.pivot) for p in pairs]


def matches(pairs: Sequence[Pair], score: Score) -> list[Match]:
    """Return the score of every name with those that come near it."""
    near = _Near({p.other for p in pairs})
    types = {p.one: TYPES.get(p.type, "PERSON") for p in pairs}
    return [
        Match(one, other, score(one, other, type_))
        for one, type_ in types.items()
        for other in near.to(one)
    ]


class _Near:
    """The names that share most pairs of sounds with another."""

    def __init__(self, names: set[str]) -> None:
        self._of: dict[str, list[str]] = defaultdict(list)
        self._known: dict[str, set[str]] = defaultdict(set)
        self._sizes = {name: len(_parts(name)) for name in names}
        for name in sorted(names):
            for part in _parts(name):
                self._of[part].append(name)
            for id_ in base().ids(name):
                self._known[id_].add(name)

    def to(self, name: str) -> Iterator[str]:
        """Yield the nearest names."""
        parts = _parts(name)
        shared = Counter(other for part in parts for other in self._of.get(part, ()))
        ranked = sorted(shared, key=lambda o: (-2 * shared[o] / (len(parts) + self._sizes[o]), o))
        known = {o for id_ in base().ids(name) for o in self._known.get(id_, ())}
        yield from sorted({*ranked[:NEAREST], *known})


def _parts(name: str) -> set[str]:
    plain = f" {sounds(name).lower()} "
    skeleton = [c for c in plain if c not in "aeiouwy"]
    pairs_ = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return pairs_ | {"".join(skeleton[i : i + 2]) + "." for i in range(len(skeleton) - 1)}


def picked(pairs: Sequence[Pair], scored: Sequence[Match], least: float) -> Figures:
    """Judge the best match of each name, if it is good enough."""
    truth = _truth(pairs)
    best: dict[str, Match] = {}
    for match in scored:
        if match.score >= least and match.score > best.get(match.one, _NONE).score:
            best[match.one] = match
    right = sum(match.other in truth[match.one] for match in best.values())
    return Figures(len(best), len(truth), right)


_NONE = Match("", "", -1.0)


def decided(pairs: Sequence[Pair], scored: Sequence[Match], least: float) -> Figures:
    """Judge every pair by itself: all that are good enough are said to be one."""
    truth = _truth(pairs)
    said = [match for match in scored if match.score >= least]
    right = sum(match.other in truth[match.one] for match in said)
    return Figures(len(said), sum(map(len, truth.values())), right)


def _truth(pairs: Sequence[Pair]) -> Mapping[str, set[str]]:
    truth: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        truth[pair.one].add(pair.other)
    return truth


def ours(one: str, other: str, type_: str) -> float:
    """Score as the enricher does."""
    return same_name(one, other, type_)


def peer(one: str, other: str, type_: str) -> float:
    """Score by Jaro-Winkler on what anyascii writes."""
    from anyascii import anyascii
    from rapidfuzz.distance import JaroWinkler

    plain = anyascii(one).lower(), anyascii(other).lower()
    return float(JaroWinkler.similarity(*plain))
