"""The plan: which storms make up a run, and how the messages are shared among them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Crew = Literal["light", "real"]

MOST_PAGES = 1000
"""Pages of one storm with real services: at some twenty a second on two cores they decide how long
a run takes."""


@dataclass(frozen=True)
class Storm:
    """One storm over one database."""

    crew: Crew
    """`real`: our five services as they are; `light`: stages that compute next to nothing."""
    store: str
    seed: int
    messages: int
    """How many it sends; of light storms side by side: how many it may draw at most."""
    pace: float
    """Messages a second; 0: as fast as they are taken."""
    absence: float
    """Seconds that the database stays away, when it does so for long."""
    supply: Path | None = None
    """Where light storms draw their numbers from; None: one that reads its own."""
    total: int = 0
    """How many numbers the supply holds."""
    at_most: float = 0.0
    """Seconds after which nothing more is sent; 0: no such limit."""

    @property
    def name(self) -> str:
        """What it is called in the output."""
        return f"{self.crew} on {self.store}, seed {self.seed}"


@dataclass(frozen=True)
class Wishes:
    """What a run was asked to be."""

    messages: int
    stores: Sequence[str]
    seed: int
    jobs: int
    pace: float
    absence: float
    pages: int | None = None
    at_most: float = 0.0


def plan(wishes: Wishes, supply: Path) -> list[Storm]:
    """Return the storms of a run: for each database one with real services, the rest light.

    Light storms take turns with the databases; those that run side by side share one supply.
    """
    pages = _pages(wishes)
    rest = wishes.messages - pages * len(wishes.stores)
    together = wishes.jobs >= 2 * len(wishes.stores)
    count = wishes.jobs - len(wishes.stores) if together else len(wishes.stores)
    shares = [rest] * count if together else _shares(rest, count)
    light = [
        Storm(
            "light",
            wishes.stores[number % len(wishes.stores)],
            wishes.seed + number // len(wishes.stores),
            share,
            wishes.pace,
            wishes.absence,
            supply,
            rest,
            wishes.at_most,
        )
        for number, share in enumerate(shares)
    ]
    real = [
        Storm("real", store, wishes.seed, pages, 0, min(wishes.absence, 5.0))
        for store in wishes.stores
        if pages
    ]
    return [*real, *light] if together else [*light, *real]


def _pages(wishes: Wishes) -> int:
    if wishes.pages is not None:
        return min(wishes.pages, wishes.messages // len(wishes.stores))
    return min(wishes.messages // 100, MOST_PAGES)


def _shares(total: int, count: int) -> list[int]:
    return [total * (n + 1) // count - total * n // count for n in range(count)]
