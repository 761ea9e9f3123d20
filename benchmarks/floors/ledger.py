"""The floors, and how figures are held against them: no measuring here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("floors.toml")


@dataclass(frozen=True)
class Floor:
    """What one measurement must reach."""

    kind: str
    """Who measures; see `measures.MEASURES`."""
    name: str
    """What is measured: a set of data, or one of our own."""
    sample: int = 0
    """So many items, spread evenly and always the same; 0: all."""
    least: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    def missed(self, figures: Mapping[str, float]) -> list[str]:
        """Return what is wrong, in words; a figure that was not measured is a miss."""
        return [told for told, missed in self._held(figures) if missed]

    def told(self, figures: Mapping[str, float]) -> list[str]:
        """Return every figure with its floor, in words."""
        return [f"{told}{'  MISSED' if missed else ''}" for told, missed in self._held(figures)]

    def _held(self, figures: Mapping[str, float]) -> Iterator[tuple[str, bool]]:
        for name, bound in self.least.items():
            yield self._word(name, figures, "at least", bound), not figures.get(name, -1) >= bound
        for name, bound in self.most.items():
            missed = name not in figures or not figures[name] <= bound
            yield self._word(name, figures, "at most", bound), missed

    def _word(self, name: str, figures: Mapping[str, float], side: str, bound: float) -> str:
        value = f"{figures[name]:.4g}" if name in figures else "not measured"
        return f"{self}: {name} {value}, {side} {bound:g}"


def floors(file: Path = FILE) -> list[Floor]:
    """Return all floors. Raises ValueError for one that says nothing."""
    kinds: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(file.read_text("utf-8"))
    found = [
        Floor(kind, name, **said) for kind, sets in kinds.items() for name, said in sets.items()
    ]
    for floor in found:
        if not floor.least and not floor.most:
            raise ValueError(f"{file.name}: {floor} has neither `least` nor `most`")
    return found
