"""Charts as numbers: where bars stand and how high; templates draw them as SVG.

Bars are one path, so a chart of a hundred of them is a hundred short words, not elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Height = float | None


@dataclass(frozen=True)
class Bars:
    """A chart of bars in a box of `width` by `height`."""

    width: int
    height: int
    path: str
    most: float
    """What the highest bar stands for."""


def bars(values: Sequence[Height], *, width: int, height: int, gap: float = 1) -> Bars:
    """Lay bars out from left to right; None leaves a hole, anything above 0 can be seen."""
    most = max((value for value in values if value is not None), default=0) or 0
    step = width / max(len(values), 1)
    drawn = [
        _bar(index * step, _tall(value, most, height), step - gap, height)
        for index, value in enumerate(values)
        if value
    ]
    return Bars(width, height, "".join(drawn), most)


def _tall(value: float, most: float, height: int) -> float:
    return max(1.5, value / most * height)


def _bar(left: float, tall: float, wide: float, height: int) -> str:
    return f"M{left:.4g} {height}v-{tall:.4g}h{wide:.4g}v{tall:.4g}z"


def levels(rows: Sequence[Sequence[float]], steps: int = 5) -> list[list[int]]:
    """Return how dark each cell of a heat map is, from 0 (nothing) to `steps`."""
    most = max((value for row in rows for value in row), default=0)
    return [[_level(value, most, steps) for value in row] for row in rows]


def _level(value: float, most: float, steps: int) -> int:
    return min(steps, int(value / most * steps) + 1) if most > 0 and value > 0 else 0
