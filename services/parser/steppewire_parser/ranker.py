"""Weighs candidates for the title: a sum of weights over their marks, learned from real pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from steppewire_parser.headlines import Candidate, length_of

LENGTH = "length"


@cache
def weights() -> dict[str, float]:
    """Return the shipped weight of each mark; see models/README.md."""
    model = json.loads((files("steppewire_parser") / "models" / "titles.json").read_text("utf-8"))
    return dict(model["weights"])


def score(candidate: Candidate, weight: dict[str, float]) -> float:
    """Return how much speaks for a candidate."""
    known = sum(weight.get(mark, 0.0) for mark in candidate.marks)
    return known + weight.get(LENGTH, 0.0) * length_of(candidate)


def best(found: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate that most speaks for; the first one of equals."""
    learned = weights()
    return max(found, key=lambda candidate: score(candidate, learned), default=None)
