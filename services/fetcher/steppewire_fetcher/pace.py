"""The pace of each host, how many ask it at a time, and whether it is out of order: in Redis."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from redis.asyncio import Redis

from steppewire import logs
from steppewire.errors import Retry
from steppewire.streams import key, partition_of

log = logs.get(__name__)

_LUA = files("steppewire_fetcher") / "lua"

Health = Literal["ok", "failed", "unknown"]
"""How a request went, for the host: it answered; it did not; nobody can say."""

PATIENCE = 5.0
"""Longest wait (seconds) for a turn inside a request; a longer one goes back to the queue."""
_LEAST_PATIENCE = 1.0
_WAITING = 4
"""Requests to one host that may wait inside at a time: the others leave room for other hosts."""
_ASK_AGAIN = 0.25
"""Seconds until somebody patient asks again for a place at a host that is busy answering."""
LEASE = 60.0
"""Seconds beyond the time of a request after which a dead fetcher's place is free again."""


@dataclass(frozen=True)
class Breaker:
    """When a host counts as out of order, and for how long it is then left alone (seconds)."""

    failures: int = 5
    """Failures in a row that open it."""
    pause: float = 1.0
    """Rest after the first failure; doubles with each further one."""
    first: float = 30.0
    """How long it stays open at first; doubles with each probe that fails."""
    longest: float = 3600.0
    """It never stays open for longer."""


@dataclass(frozen=True)
class Turn:
    """The right to make one request to a host."""

    host: str
    ticket: str


class Pace:
    """Whose turn it is at a host."""

    def __init__(self, redis: Redis, partitions: int, breaker: Breaker | None = None) -> None:
        self._partitions, self._breaker = partitions, breaker or Breaker()
        self._turn = redis.register_script((_LUA / "turn.lua").read_text())
        self._done = redis.register_script((_LUA / "done.lua").read_text())
        self._rest = redis.register_script((_LUA / "rest.lua").read_text())
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def turn(
        self,
        host: str,
        interval: float,
        *,
        patience: float = 0.0,
        concurrency: int = 1000,
        lasts: float = 30.0,
    ) -> Turn:
        """Wait for this host's next turn; the one after it starts `interval` (seconds) later.

        `concurrency`: requests to the host at a time; `lasts`: seconds that this one may take.
        Raises Retry("pace") when the turn is more than `patience` (seconds; 0: a little) away. That
        uses up no attempt, unless the caller was patient: then something is wrong with the host.
        Raises Retry("host-down") while the host is out of order; that does use one up.
        """
        turn = Turn(host, secrets.token_hex(8))
        try:
            await self._granted(turn, interval, patience, concurrency, lasts)
        except asyncio.CancelledError:
            await asyncio.shield(self.done(turn, "unknown"))
            raise
        return turn

    async def _granted(
        self, turn: Turn, interval: float, patience: float, concurrency: int, lasts: float
    ) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + (patience or patience_for(interval))
        while True:
            left = max(0.0, until - clock())
            word, wait = await self._ask(turn, interval, left, concurrency, lasts)
            if word == "turn":
                await asyncio.sleep(wait)
                return
            if word == "broken":
                raise Retry("host-down", f"{turn.host} fails, and is left alone", after=wait)
            if word == "busy" or left <= _ASK_AGAIN:
                raise Retry("pace", f"{turn.host} is busy", after=wait, counted=bool(patience))
            await self._free(turn.host, wait)

    async def done(self, turn: Turn, health: Health) -> None:
        """Give the place back and tell how the host did: all fetchers go by it."""
        breaker = self._breaker
        waits = (_ms(breaker.pause), _ms(breaker.first), _ms(breaker.longest))
        fails, rest, before = await self._done(
            keys=self._keys(turn.host), args=[turn.ticket, health, breaker.failures, *waits]
        )
        self._wake(turn.host)
        if fails >= breaker.failures and rest:
            log.warning("host_down", host=turn.host, failures=fails, alone_for=rest / 1000)
        elif before >= breaker.failures and not fails:
            log.info("host_back", host=turn.host, failures=before)

    async def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for `seconds`, whoever asks."""
        await self._rest(keys=self._keys(host)[:1], args=[_ms(seconds)])

    async def _ask(
        self, turn: Turn, interval: float, patience: float, concurrency: int, lasts: float
    ) -> tuple[str, float]:
        lease = _ms(lasts + LEASE)
        word, wait = await self._turn(
            keys=self._keys(turn.host),
            args=[
                _ms(interval),
                _ms(patience),
                concurrency,
                turn.ticket,
                lease,
                self._breaker.failures,
                _ms(_ASK_AGAIN),
            ],
        )
        return word.decode(), wait / 1000

    async def _free(self, host: str, seconds: float) -> None:
        """Wait until a place at a host is given back here, or for so long: it may be elsewhere."""
        place = asyncio.get_running_loop().create_future()
        queue = self._waiting.setdefault(host, deque())
        queue.append(place)
        try:
            await asyncio.wait([place], timeout=seconds)
        finally:
            if place in queue:
                queue.remove(place)
            if not queue and self._waiting.get(host) is queue:
                del self._waiting[host]

    def _wake(self, host: str) -> None:
        """Let the one that has waited longest ask again."""
        queue = self._waiting.get(host)
        if queue:
            queue.popleft().set_result(None)

    def _keys(self, host: str) -> list[str]:
        host, partition = host.lower(), partition_of(host, self._partitions)
        return [key(f"pace.{host}", partition), key(f"pace.{host}.turns", partition)]


def patience_for(interval: float) -> float:
    """Return how long (seconds) a request may wait inside: four turns, within one to five."""
    return min(PATIENCE, max(_LEAST_PATIENCE, _WAITING * interval))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
