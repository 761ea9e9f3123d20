"""The rounds: whichever source is due is claimed, looked at and written down, by any replica."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from steppewire import logs
from steppewire.errors import Retry, SteppewireError
from steppewire.plugins import Source
from steppewire.tasks import end
from steppewire_fetcher.ledger import LEASE, Claim, Ledger, next_look

log = logs.get(__name__)

_LONGEST_NAP = 1.0
"""Seconds; another replica's claim may lapse at any time."""


class Outcome(Protocol):
    """What a look at a source gave."""

    @property
    def seen(self) -> int:
        """Links listed."""

    @property
    def new(self) -> int:
        """Links that were new or changed."""

    @property
    def warnings(self) -> Counter[str]:
        """What could not be read, by slug."""

    @property
    def error(self) -> str:
        """The last failure, or an empty string."""

    @property
    def after(self) -> float:
        """Seconds for which the site asked to be left alone."""

    @property
    def wait(self) -> float:
        """Seconds until another look is worth it; 0: nothing is known."""

    @property
    def succeeded(self) -> bool:
        """Whether anything could be read."""


@dataclass(frozen=True)
class _Failed:
    """A look that ended before it began: the site could not even be surveyed."""

    error: str
    warnings: Counter[str]
    after: float = 0.0
    wait: float = 0.0
    seen: int = 0
    new: int = 0
    succeeded: bool = False


@dataclass(frozen=True)
class Rounds:
    """Goes round the sources for ever."""

    ledger: Ledger
    sources: Mapping[str, Source]
    poll: Callable[[Source], Awaitable[Outcome]]
    jitter: Callable[[], float]
    """A random number in [0, 1)."""
    introduced: set[str] = field(default_factory=set)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def go(self) -> None:
        """Look at sources as they become due, for ever; as many at a time as run this."""
        while True:
            await self.look(await self.next())

    async def next(self) -> Claim:
        """Wait until a source is due, and claim it.

        One lane waits for all: a hundred that look at nothing ask no more often than one.
        """
        async with self.asking:
            await self._introduce()
            while True:
                claim = await self.ledger.claim(tuple(self.sources))
                if isinstance(claim, Claim):
                    return claim
                await asyncio.sleep(min(claim.seconds, _LONGEST_NAP))

    async def _introduce(self) -> None:
        fresh = [self.sources[name] for name in self.sources.keys() - self.introduced]
        if fresh:
            await self.ledger.introduce(fresh)
            self.introduced.update(source.name for source in fresh)

    async def look(self, claim: Claim) -> None:
        """Look at one claimed source and write down how it went."""
        source = self.sources.get(claim.source)
        if source is None:  # its file was taken away in this very moment
            return
        async with self._held(claim):
            outcome = await self._polled(source)
        failures = 0 if outcome.succeeded else await self.ledger.failures(source.name) + 1
        asked = outcome.after
        if outcome.succeeded and outcome.wait > source.poll:
            asked = max(asked, outcome.wait)
        delay = next_look(source.poll, failures, asked, self.jitter())
        if await self.ledger.settle(claim, delay):
            await self._write_down(source, outcome, delay)

    async def _polled(self, source: Source) -> Outcome:
        try:
            return await self.poll(source)
        except SteppewireError as error:
            reason = getattr(error, "reason", "error")
            after = error.after if isinstance(error, Retry) else None
            return _Failed(str(error), Counter([reason]), after or 0.0)
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as error:
            # one document that our own reading stumbles over must not stop the other sources
            log.exception("poll_failed", source=source.name)
            return _Failed(f"{type(error).__name__}: {error}", Counter(["fault"]))

    async def _write_down(self, source: Source, outcome: Outcome, delay: float) -> None:
        await self.ledger.record(
            source.name,
            error=outcome.error,
            succeeded=outcome.succeeded,
            seen=outcome.seen,
            new=outcome.new,
            warnings=outcome.warnings,
            next_in=delay,
        )
        news = outcome.new or outcome.warnings
        tell = log.warning if not outcome.succeeded else log.info if news else log.debug
        facts: dict[str, object] = {}
        if outcome.warnings:
            facts["warnings"] = dict(outcome.warnings)
        if outcome.error:
            facts["error"] = outcome.error
        tell("polled", source=source.name, listed=outcome.seen, new=outcome.new, **facts)

    @asynccontextmanager
    async def _held(self, claim: Claim) -> AsyncIterator[None]:
        """Renew the claim for as long as the block runs."""
        task = asyncio.create_task(self._renew(claim))
        try:
            yield
        finally:
            await end([task])

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            if not await self.ledger.renew(claim):
                return
