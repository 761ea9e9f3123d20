"""One bucket a caller for all processes of the API: it lies in the broker, which lends tokens.

A process borrows some tokens at once, a fiftieth of a full bucket, and asks again when they are
spent: so a request mostly costs the broker nothing, and all processes together let pass no more
than one would, but for what lies borrowed. While the broker is away, each counts for itself.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from importlib.resources import files
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from steppewire import logs
from steppewire.streams import key
from steppewire_api.rates import MOST, Bucket, Limiter, Rate, Taken

log = logs.get(__name__)
SHARE = 50
"""A fiftieth of a full bucket is borrowed at once; of a small one, one token."""
PATIENCE = 0.25
"""Seconds for the broker's answer; a request must not wait for a broker that hangs."""
PAUSE = 5.0
"""Seconds for which a broker that was away is not asked again."""


class Lender(Limiter):
    """The buckets in the broker; in this process what was borrowed from them."""

    def __init__(
        self, rate: Rate | None, redis: Redis, *, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(rate, clock=clock)
        script = files("steppewire_api").joinpath("lua/lend.lua").read_text("utf-8")
        self._lend = redis.register_script(script)
        self._purses: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._away_until = float("-inf")

    async def ask(self, caller: str, rate: Rate) -> Taken:
        """Take a token of a caller: of those borrowed, or else borrow some."""
        borrowed, left = self._purses.pop(caller, (0, 0.0))
        if not borrowed:
            answer = await self._borrow(caller, rate)
            if answer is None:
                return self.take(caller, rate)
            borrowed, left = answer
        passes = borrowed > 0
        borrowed -= passes
        if borrowed:
            self._purses[caller] = (borrowed, left)
            while len(self._purses) > MOST:
                self._purses.popitem(last=False)
        tokens = borrowed + left
        wait = 0 if tokens >= 1 else math.ceil((1 - tokens) / rate.per_second)
        return Taken(passes, Bucket(tokens, self._clock()), wait)

    async def _borrow(self, caller: str, rate: Rate) -> tuple[int, float] | None:
        """Return how many tokens were lent and how many are left; None while nobody answers."""
        if self._clock() < self._away_until:
            return None
        args: list[Any] = [rate.per_second, rate.burst, max(1, rate.burst // SHARE)]
        try:
            async with asyncio.timeout(PATIENCE):
                given, left = await self._lend(keys=[key(f"rate.{caller}")], args=args)
        except (RedisError, OSError) as error:  # a timeout is an OSError
            self._away_until = self._clock() + PAUSE
            log.warning("rates_counted_alone", reason=str(error) or type(error).__name__)
            return None
        return int(given), float(left)
