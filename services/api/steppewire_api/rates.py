"""How often one caller may ask: a bucket of tokens for each, filled at a steady pace."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from time import monotonic

MOST = 10_000
"""Buckets that are remembered. A forgotten one is full again, so a flood of addresses gains
nothing but what each of them had anyway."""


@dataclass(frozen=True)
class Rate:
    """`burst` requests at once, then `per_second`."""

    per_second: float
    burst: int

    @property
    def window(self) -> int:
        """Seconds in which an empty bucket is full again."""
        return max(1, math.ceil(self.burst / self.per_second))


@dataclass(frozen=True)
class Bucket:
    """What was left of a caller's tokens at a moment."""

    tokens: float
    at: float


@dataclass(frozen=True)
class Taken:
    """The answer to one request: whether it may pass, and what is left."""

    passes: bool
    bucket: Bucket
    wait: int
    """Seconds until the next token is there; 0 when one is."""


def take(bucket: Bucket | None, rate: Rate, now: float) -> Taken:
    """Take a token for a request."""
    before = bucket or Bucket(float(rate.burst), now)
    filled = before.tokens + max(0.0, now - before.at) * rate.per_second
    tokens = min(float(rate.burst), filled)
    passes = tokens >= 1
    left = tokens - 1 if passes else tokens
    wait = 0 if left >= 1 else math.ceil((1 - left) / rate.per_second)
    return Taken(passes, Bucket(left, now), wait)


def headers(rate: Rate, taken: Taken) -> dict[str, str]:
    """Return what a caller is told (draft-ietf-httpapi-ratelimit-headers-10)."""
    told = {
        "RateLimit-Policy": f'"default";q={rate.burst};w={rate.window}',
        "RateLimit": f'"default";r={int(taken.bucket.tokens)};t={taken.wait}',
    }
    return told if taken.passes else {**told, "Retry-After": str(max(1, taken.wait))}


class Limiter:
    """The buckets of those who asked last, in the memory of this process."""

    def __init__(self, rate: Rate | None, *, clock: Callable[[], float] = monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    async def ask(self, caller: str, rate: Rate) -> Taken:
        """Take a token of a caller; see `lending.Lender`, which asks others, too."""
        return self.take(caller, rate)

    def take(self, caller: str, rate: Rate) -> Taken:
        """Take a token of a caller."""
        taken = take(self._buckets.pop(caller, None), rate, self._clock())
        self._buckets[caller] = taken.bucket
        while len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return taken


def neighbourhood(host: str) -> str:
    """Return what is counted as one address: of IPv6 the half that a provider gives out whole."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
