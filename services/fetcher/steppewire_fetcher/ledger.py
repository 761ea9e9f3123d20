"""When each source is due, who looks at it, and how it is doing: in Redis, for all fetchers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis

from steppewire.pauses import PAUSED
from steppewire.plugins import Source
from steppewire.streams import key

Args = list[str | int]
_LUA = files("steppewire_fetcher") / "lua"

LEASE = 30.0
"""Seconds after which a dead poller's claim lapses."""
REMOVED = "removed"
"""State of a source whose file or pack is gone."""
ANNOUNCED_FOR = 600.0
"""Seconds after which a fetcher says again which sources it knows."""
FORGOTTEN_AFTER = 86_400.0
"""Seconds after which a source that no fetcher has known is no longer kept in line: far longer than
an update takes, during which some fetchers know it and some do not."""
_AT_A_TIME = 500
FAILURE_CAP = 6 * 3600.0
"""Longest wait (seconds) between two looks at a failing source."""


@dataclass(frozen=True)
class Claim:
    """The right to look at a source, until it lapses."""

    source: str
    token: str


@dataclass(frozen=True)
class Waiting:
    """No source is due for so many seconds."""

    seconds: float


class Ledger:
    """Claims and states of sources.

    A claim costs the same for ten thousand sources as for one: which ones a fetcher knows is said
    to Redis now and then, and not with each claim.
    """

    def __init__(self, redis: Redis, now: Callable[[], datetime], *, lease: float = LEASE) -> None:
        self._redis, self._now, self._lease = redis, now, lease
        self._keys = [key("sources.due"), key("sources.claims")]
        self._catalogue: tuple[tuple[str, ...], str] = ((), "")
        self._announce = redis.register_script((_LUA / "announce.lua").read_text())
        self._claim = redis.register_script((_LUA / "claim.lua").read_text())
        self._due = redis.register_script((_LUA / "due.lua").read_text())

    async def claim(self, names: Sequence[str]) -> Claim | Waiting:
        """Claim the most overdue of these sources, or say how long there is nothing to do."""
        if not names:
            return Waiting(1.0)
        token = secrets.token_hex(8)
        known, catalogue = key("sources.known"), self._key_of(names)
        keys = [*self._keys, known, catalogue, PAUSED]
        args: Args = [_ms(self._lease), token, _FORGET]
        name, wait = await self._claim(keys=keys, args=args)
        if wait < 0:  # at the start, now and then, and when the broker has lost its memory
            told: Args = [_ms(ANNOUNCED_FOR), *names]
            await self._announce(keys=[self._keys[0], known, catalogue], args=told)
            name, wait = await self._claim(keys=keys, args=args)
        return Claim(name.decode(), token) if name else Waiting(max(wait, 0) / 1000)

    def _key_of(self, names: Sequence[str]) -> str:
        """Return the key under which fetchers that know just these sources have announced them."""
        if (names := tuple(names)) != self._catalogue[0]:
            digest = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:32]
            self._catalogue = (names, key(f"sources.catalogue.{digest}"))
        return self._catalogue[1]

    async def renew(self, claim: Claim) -> bool:
        """Keep a claim for another lease; False when it has lapsed."""
        args: Args = [claim.source, claim.token, _ms(self._lease), "keep"]
        return bool(await self._due(keys=self._keys, args=args))

    async def settle(self, claim: Claim, seconds: float) -> bool:
        """End a claim: the source is due again in `seconds`. False when it has lapsed."""
        args: Args = [claim.source, claim.token, _ms(seconds), "end"]
        return bool(await self._due(keys=self._keys, args=args))

    async def introduce(self, sources: Sequence[Source]) -> None:
        """Write down what every source is, so that readers know it before its first look.

        One that says something else than before is due at once, as a new one is.
        """
        for start in range(0, len(sources), _AT_A_TIME):
            await self._introduce(sources[start : start + _AT_A_TIME])

    async def _introduce(self, sources: Sequence[Source]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for source in sources:
            pipe.hmget(_state(source.name), "declared", "state")
        known: list[list[bytes | None]] = await pipe.execute()
        for source, (declared, state) in zip(sources, known, strict=True):
            said = _description(source)
            pipe.hset(_state(source.name), mapping=said)
            # nothing new yet: from here on its silence is counted
            pipe.hsetnx(_state(source.name), "last_new", self._now().isoformat())
            if state is None or state == REMOVED.encode():
                pipe.hset(_state(source.name), "state", "new")
                # one that comes back at once may find its old catalogue still announced
                pipe.zadd(self._keys[0], {source.name: 0}, nx=True)
            if declared is not None and declared.decode() != said["declared"]:
                pipe.zadd(self._keys[0], {source.name: 0})
        await pipe.execute()

    async def hasten(self, names: Sequence[str]) -> None:
        """Make sources due at once."""
        if names:
            await self._redis.zadd(self._keys[0], dict.fromkeys(names, 0))

    async def retire(self, names: Sequence[str]) -> None:
        """Write down that sources are gone; what was known of them stays."""
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hset(_state(name), "state", REMOVED)
            pipe.zrem(self._keys[0], name)
            pipe.hdel(self._keys[1], name)
        await pipe.execute()

    async def failures(self, name: str) -> int:
        """Return how many looks at a source have failed in a row."""
        return int(await self._redis.hget(_state(name), "failures") or 0)

    async def record(
        self,
        name: str,
        *,
        error: str,
        succeeded: bool,
        seen: int,
        new: int,
        warnings: Mapping[str, int],
        next_in: float,
    ) -> None:
        """Write down how a look at a source went; the fields are told in the README."""
        now = self._now()
        pipe = self._redis.pipeline(transaction=True)
        state = _state(name)
        times = {"last_poll": now, "next_poll": now + timedelta(seconds=next_in)}
        times |= {"last_success": now} if succeeded else {}
        times |= {"last_error_at": now} if error else {}
        times |= {"last_new": now} if new else {}
        pipe.hset(state, mapping={field: moment.isoformat() for field, moment in times.items()})
        if error:
            pipe.hset(state, "last_error", error[:500])
        if succeeded:
            pipe.hset(state, mapping={"failures": 0, "state": "ok"})
        else:
            pipe.hset(state, "state", "failing")
            pipe.hincrby(state, "failures", 1)
        pipe.hset(state, "last_warnings", ",".join(sorted(warnings)))
        if seen:  # when nothing has changed, nothing was read
            pipe.hset(state, "links_listed", seen)
        counts = {"polls": 1, "links_seen": seen, "links_new": new}
        counts |= {} if succeeded else {"polls_failed": 1}
        counts |= {f"warning.{slug}": count for slug, count in warnings.items()}
        for field, count in counts.items():
            pipe.hincrby(state, field, count)
        await pipe.execute()


def next_look(poll: float, failures: int, asked: float, jitter: float) -> float:
    """Return seconds until the next look: about `poll`, doubling with each failure, capped.

    `jitter` in [0, 1) moves it by up to a tenth either way; a wait that the site
    `asked` for, or that its rhythm suggests, is kept.
    """
    base = min(poll * 2.0 ** min(failures, 30), max(FAILURE_CAP, poll))
    return max(base * (0.9 + jitter / 5), asked)


def _state(name: str) -> str:
    return key(f"source.{name}")


def _description(source: Source) -> Mapping[Any, Any]:
    return {
        "name": source.name,
        "title": source.title,
        "home": source.home,
        "languages": ",".join(source.languages),
        "country": source.country or "",
        "poll": f"{source.poll:g}",
        "confidence": source.confidence,
        "declared": hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16],
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


_FORGET = _ms(FORGOTTEN_AFTER)
