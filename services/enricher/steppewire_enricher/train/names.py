"""Learn what spellings cost: `make train-names DATA=folder`.

Reads `names/pairs-*.tsv` and learns from one half of the names (by hash); the other half is
measured by `make quality-names`. Only costs of sounds are kept, no name.
"""

from __future__ import annotations

import argparse
import json
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from steppewire_enricher.identity.costs import FAR, STEPS, Costs, Step, figures
from steppewire_enricher.identity.sounds import sounds
from steppewire_enricher.train.pairs import Pair, half, read_pairs

MODEL = Path(__file__).parents[1] / "models" / "names.json"
ROUNDS = 5
Example = tuple[tuple[float, ...], int]
"""Figures of a pair, and whether it is one name."""
NAMES = ("ant", "cog", "top", "pat", "?")
"""Types that are names; abbreviations and bodies are translated, not spelled."""


# --- costs ---------------------------------------------------------------------------------


class _Start(Costs):
    """What is believed before anything is learned: equal sounds are cheap."""

    def of(self, one: str, other: str) -> float:
        if len(one) + len(other) > 2:
            return FAR
        return 0.2 if one == other else 3.0 + (len(one) != len(other)) * 0.5


def learned(pairs: Sequence[tuple[str, str]], rounds: int = ROUNDS) -> Costs:
    """Learn costs: align, count, and in the first rounds offer longer steps."""
    both = [*pairs, *((other, one) for one, other in pairs)]
    costs: Costs = _Start({}, 3.0)
    for number in range(rounds):
        aligned = [costs.aligned(one, other).steps for one, other in both]
        counts = Counter(step for steps in aligned for step in steps)
        if number < min(2, rounds - 1):
            counts.update(_longer(aligned))
        costs = _costs(counts)
    return costs


def _longer(aligned: Iterable[Sequence[Step]]) -> dict[Step, int]:
    offered = Counter(
        (x + u, y + v)
        for steps in aligned
        for (x, y), (u, v) in pairwise(steps)
        if x + u != y + v and (len(x + u), len(y + v)) in STEPS and " " not in x + u + y + v
    )
    return {step: number // 2 for step, number in offered.items() if number >= 6}


def _costs(counts: Counter[Step]) -> Costs:
    kept = {s: n for s, n in counts.items() if n >= 2 or len(s[0]) + len(s[1]) <= 2}
    total = sum(kept.values())
    table = {step: -math.log(number / total) for step, number in kept.items()}
    return Costs(table, -math.log(0.15 / total))


# --- the curve -----------------------------------------------------------------------------


def usable(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    """Return how pairs sound, without those that are translated."""
    out = []
    for pair in pairs:
        one, other = sounds(pair.one), sounds(pair.other)
        if pair.type in NAMES and one and other and _near(one, other):
            out.append((one, other))
    return out


def _near(one: str, other: str) -> bool:
    same = Counter(one) & Counter(other)
    return abs(len(one) - len(other)) <= 4 and same.total() >= 0.5 * max(len(one), len(other))


def fitted(rows: np.ndarray, truth: np.ndarray) -> tuple[float, list[float]]:
    """Fit a logistic curve by Newton's method, with a little regularisation."""
    x = np.hstack([np.ones((len(rows), 1)), rows])
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (truth - p) - 0.01 * w
        hessian = (x.T * (p * (1 - p))) @ x + 0.01 * np.eye(len(w))
        w += np.linalg.solve(hessian, gradient)
    return float(w[0]), [float(v) for v in w[1:]]


def examples(
    costs: Costs, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[tuple[float, ...], int]]:
    """Yield the figures of true pairs and of near misses: the most alike of the other names."""
    others = sorted({other for _, other in pairs})
    truth = defaultdict(set)
    for one, other in pairs:
        truth[one].add(other)
    by_part = defaultdict(set)
    for other in others:
        for part in _parts(other):
            by_part[part].add(other)
    for one in sorted(truth):
        votes = Counter(o for part in _parts(one) for o in by_part[part])
        for other, _ in votes.most_common(8):
            yield figures(costs, one, other), int(other in truth[one])


def _parts(name: str) -> set[str]:
    plain = f" {name.lower()} "
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def main(argv: Sequence[str] | None = None) -> None:
    """Learn from one half, and write the model."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("data", type=Path)
    said = ask.parse_args(argv)
    pairs = read_pairs(said.data / "names")
    mine = {langs: [p for p in rows if half(p.pivot)] for langs, rows in pairs.items()}
    every = [pair for rows in mine.values() for pair in usable(rows)]
    # costs learned on one part are judged on the other, so that the curve sees honest figures
    part = {word for word, _ in every if zlib.crc32(f"curve {word}".encode()) % 2}
    rows: list[Example] = []
    for side in (True, False):
        costs = learned([p for p in every if (p[0] in part) is side], 4)
        for listed in mine.values():
            held = [p for p in usable(listed) if (p[0] in part) is not side]
            rows += examples(costs, held)
    bias, weights = fitted(np.array([f for f, _ in rows]), np.array([t for _, t in rows]))
    costs = learned(every)
    model = {
        "version": "1",
        "bias": round(bias, 4),
        "weights": [round(w, 4) for w in weights],
        "unseen": round(costs.unseen, 3),
        "costs": [[*step, round(cost, 3)] for step, cost in sorted(costs.table.items())],
    }
    MODEL.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(every)} pairs, {len(costs.table)} costs, weights {bias:.2f} {weights}")


if __name__ == "__main__":
    main()
