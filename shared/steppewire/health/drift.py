"""Whether a yes-or-no fact of a source (has an author, was let in) still holds as often as ever.

Page's CUSUM test (Biometrika 1954): each bad one adds the logarithm of how much more likely it is
if the thing is broken than if all is as usual, each good one takes away; never below zero. The sum
exceeds h by chance about once in exp(h) observations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Turn = Literal["broken", "mended", "accepted"]
"""It broke; it is as ever again; it has been broken for so long that this is how things are now."""

BROKEN = 0.95
"""Share of bad ones when it is broken."""
_MOST = 0.6
"""Usual share of bad ones from which on nothing can be told: most articles never had it."""
_LEAST = 0.01
"""Least usual share of bad ones: no history is long enough to rule one in a hundred out."""
_MEMORY = 400.0
"""Observations that are remembered."""
ENOUGH = 25.0
"""Observations before anything is told."""
_FADE = 60 * 86_400.0
"""Seconds in which half of the highest innocent sum is forgotten."""
_ACCEPT = 28 * 86_400.0
"""Seconds after which what is broken is how things are now."""


@dataclass(slots=True)
class Gauge:
    """One fact: its usual share, and the evidence against it. Methods edit it."""

    number: float = 0.0
    bad: float = 0.0
    sum: float = 0.0
    since: float = 0.0
    """When the present sum began to grow."""
    top: float = 0.0
    """The highest value of the present sum."""
    run: int = 0
    run_bad: int = 0
    """Observations, and bad ones, since then."""
    peak: float = 0.0
    """The highest sum that came to nothing; streaks of a source make it higher than chance does."""
    seen: float = 0.0
    """When it was observed last."""
    broken: float = 0.0
    """Since when it is broken; 0: it is not."""
    good: float = 0.0
    """Evidence that it is mended."""

    @property
    def usual(self) -> float:
        """The usual share of bad ones, on the safe side."""
        return max(_LEAST, (self.bad + 0.5) / (self.number + 1))

    def observe(self, is_bad: bool, at: float, limit: float) -> Turn | None:
        """Take one observation; tell when it breaks and when it is mended."""
        usual = self.usual
        if self.broken:
            return self._mending(is_bad, at, usual, limit)
        self._learn(is_bad)
        self.peak *= 0.5 ** (max(0.0, at - self.seen) / _FADE) if self.peak else 0.0
        self.seen = at
        if self.number < ENOUGH or usual > _MOST:
            return None
        return self._suspect(is_bad, at, usual, limit)

    @property
    def now(self) -> float:
        """The share of bad ones since the evidence began to grow."""
        return self.run_bad / self.run if self.run else self.usual

    def _suspect(self, is_bad: bool, at: float, usual: float, limit: float) -> Turn | None:
        if not self.sum:
            if not is_bad:
                return None
            self.since, self.top, self.run, self.run_bad = at, 0.0, 0, 0
        self._count(is_bad)
        self.sum += self._weigh(is_bad, usual)
        self.top = max(self.top, self.sum)
        if self.sum <= 0:
            self.peak, self.sum = max(self.peak, self.top), 0.0
        if self.sum <= max(limit, min(1.5 * self.peak, 3 * limit)):
            return None
        self.peak, self.broken, self.good = self.sum, self.since, 0.0
        return "broken"

    def _mending(self, is_bad: bool, at: float, usual: float, limit: float) -> Turn | None:
        self._count(is_bad)
        self.good = max(0.0, self.good - self._weigh(is_bad, usual))
        if at - self.broken > _ACCEPT:
            self.number = self.bad = self.peak = self.sum = self.broken = 0.0
            return "accepted"
        if self.good <= limit / 2:
            return None
        self.sum = self.broken = 0.0
        return "mended"

    def _count(self, is_bad: bool) -> None:
        self.run += 1
        self.run_bad += is_bad

    @staticmethod
    def _weigh(is_bad: bool, usual: float) -> float:
        if is_bad:
            return math.log(BROKEN / usual)
        return math.log((1 - BROKEN) / (1 - usual))

    def _learn(self, is_bad: bool) -> None:
        keep = min(1.0, _MEMORY / (self.number + 1))
        self.number = self.number * keep + 1
        self.bad = self.bad * keep + is_bad
