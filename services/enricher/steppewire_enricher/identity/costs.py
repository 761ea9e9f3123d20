"""What it costs to take one spelling for another: learned, sound by sound.

The costs are negative logarithms of how often sounds stood for each other in pairs of names (an
edit model learned by expectation maximisation, Ristad and Yianilos 1998, with steps of up to three
sounds for one, as joint-sequence models of pronunciation have them). `train/names.py` learns them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from steppewire_enricher.folding import REMEMBERED
from steppewire_enricher.identity.keys import class_of, stem_of

STEPS = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2), (3, 1), (1, 3))
"""How many sounds of either name one step takes."""
WIDEST = 5
"""Names that are further apart than so many sounds are not aligned."""
FAR = 1e9
LONGEST = 48
"""Sounds of a name that are compared: longer ones are told by their beginning."""

Step = tuple[str, str]
Reached = dict[tuple[int, int], tuple[float, int, int]]


class Aligned(NamedTuple):
    """The cheapest way from one name to another."""

    cost: float
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Costs:
    """The learned costs, and what is paid for a step that was never seen."""

    table: Mapping[Step, float]
    unseen: float

    def of(self, one: str, other: str) -> float:
        """Return what one step costs."""
        known = self.table.get((one, other))
        if known is not None:
            return known
        if len(one) + len(other) > 2:
            return FAR
        return self.unseen if len(one) == len(other) else self.unseen + 0.5

    def aligned(self, one: str, other: str) -> Aligned:
        """Return the cheapest way; its cost is FAR where there is none."""
        one, other = f" {one[:LONGEST]} ", f" {other[:LONGEST]} "
        best: Reached = {(0, 0): (0.0, 0, 0)}
        for i in range(len(one) + 1):
            for j in range(max(0, i - WIDEST), min(len(other), i + WIDEST) + 1):
                self._reach(one, other, i, j, best)
        return _traced(one, other, best)

    def _reach(
        self,
        one: str,
        other: str,
        i: int,
        j: int,
        best: dict[tuple[int, int], tuple[float, int, int]],
    ) -> None:
        cheapest = best.get((i, j), (FAR, 0, 0))
        for p, q in STEPS:
            before = best.get((i - p, j - q))
            if before is None or before[0] >= cheapest[0]:
                continue
            cost = before[0] + self.of(one[i - p : i], other[j - q : j])
            if cost < cheapest[0]:
                cheapest = (cost, p, q)
        if cheapest[0] < FAR:
            best[i, j] = cheapest

    @lru_cache(maxsize=REMEMBERED)  # noqa: B019 - one table lives as long as the process
    def alone(self, name: str) -> float:
        """Return what a name costs beside itself: the more, the rarer its sounds."""
        return self.aligned(name, name).cost

    def __hash__(self) -> int:
        return id(self)


def _traced(one: str, other: str, best: Reached) -> Aligned:
    i, j = len(one), len(other)
    if (i, j) not in best:
        return Aligned(FAR, ())
    steps: list[Step] = []
    while i or j:
        _, p, q = best[i, j]
        steps.append((one[i - p : i], other[j - q : j]))
        i, j = i - p, j - q
    return Aligned(best[len(one), len(other)][0], tuple(reversed(steps)))


@dataclass(frozen=True)
class Weights:
    """How strangeness becomes a probability: a logistic curve over few figures."""

    bias: float
    figures: tuple[float, ...]

    def probability(self, figures: tuple[float, ...]) -> float:
        """Return how likely two spellings with these figures are one name."""
        at = self.bias + sum(w * f for w, f in zip(self.figures, figures, strict=True))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, at))))


class Model(NamedTuple):
    """All that is learned of names."""

    costs: Costs
    weights: Weights
    version: str


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model that ships with the enricher."""
    read = json.loads((files("steppewire_enricher") / "models" / "names.json").read_text("utf-8"))
    table = {(one, other): cost for one, other, cost in read["costs"]}
    weights = Weights(read["bias"], tuple(read["weights"]))
    return Model(Costs(table, read["unseen"]), weights, read["version"])


def figures(costs: Costs, one: str, other: str) -> tuple[float, ...]:
    """Return what speaks for and against two names being one: strangeness, whole and by length.

    And the dearest step alone (one clear difference weighs more than many small ones), whether
    the ends differ (Александр, Александра), and whether the keys are one, with endings or without.
    """
    keys = (float(class_of(one) == class_of(other)), float(stem_of(one) == stem_of(other)))
    aligned = costs.aligned(one, other)
    if aligned.cost >= FAR:
        return (60.0, 20.0, 20.0, 1.0, *keys)
    strange = 2 * aligned.cost - costs.alone(one) - costs.alone(other)
    length = max(2, min(len(one), len(other)))
    dearest = max(_excess(costs, x, y) for x, y in aligned.steps)
    ends = one[-1:] != other[-1:] and (one[-1:] in "aA" or other[-1:] in "aA")
    return (min(strange, 60.0), min(strange / length, 20.0), min(dearest, 20.0), float(ends), *keys)


def _excess(costs: Costs, one: str, other: str) -> float:
    if one == other:
        return 0.0
    alone = sum(costs.of(letter, letter) for letter in one + other)
    return 2 * costs.of(one, other) - alone
