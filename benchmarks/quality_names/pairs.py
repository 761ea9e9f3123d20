"""Which of two languages' names are one: every name of the one, all names of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steppewire_enricher.identity.matching import Match, Score, mutual, scores
from steppewire_enricher.identity.same import same_name
from steppewire_enricher.train.pairs import Pair

TYPES = {"top": "GPE", "ant": "PERSON", "cog": "PERSON", "pat": "PERSON", "org": "ORGANISATION"}


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


def turned(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs in the other direction."""
    return [Pair(p.other, p.one, p.type, p.pivot) for p in pairs]


def matches(pairs: Sequence[Pair], score: Score) -> list[Match]:
    """Return the score of every name beside those that come near it."""
    types = {pair.one: TYPES.get(pair.type, "PERSON") for pair in pairs}
    return scores(types, {pair.other for pair in pairs}, score)


def picked(pairs: Sequence[Pair], scored: Sequence[Match], least: float) -> Figures:
    """Judge the matches that are each other's best, and good enough."""
    truth = _truth(pairs)
    best = mutual(scored, least)
    right = sum(match.other in truth[match.one] for match in best)
    return Figures(len(best), len(truth), right)


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
