"""How long and how much is kept: what is too old or too much is removed, a little at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from steppewire import logs
from steppewire.archive import Archive
from steppewire.errors import ArchiveUnreachable, SettingError

log = logs.get(__name__)
EVERY = 3600.0
"""Seconds between two looks."""
BREATH = 0.05
"""Seconds that writers get between two pieces."""
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Bounds:
    """What an operator wants to keep; 0 is everything."""

    days: float = 0
    gigabytes: float = 0

    @property
    def memory_days(self) -> float:
        """For how many days answers of removed articles are remembered after they were given.

        As long again as articles are kept, and longer than any stream keeps an event; a year where
        size alone is bounded.
        """
        return max(2 * self.days, self.days + 30) if self.days else 365

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.days or self.gigabytes)


async def tidy(
    archive: Archive,
    bounds: Bounds,
    now: datetime,
    pause: Callable[[float], Awaitable[None]],
) -> int:
    """Remove what is out of bounds, piece by piece; return how many articles.

    1. articles that are too old or too much
    2. what is remembered of those that were removed long ago
    3. names of those whom no article names any more
    """
    before = now - timedelta(days=bounds.days) if bounds.days else None
    most = int(bounds.gigabytes * GIGABYTE) if bounds.gigabytes else None
    count = 0
    while removed := await archive.forget(before=before, most_bytes=most):
        count += removed
        await pause(BREATH)
    while await archive.forget_answers(now - timedelta(days=bounds.memory_days)):
        await pause(BREATH)
    if count:  # nobody else can have lost the last article that named him
        place: str | None = ""
        while place is not None:
            _, place = await archive.forget_names(place)
            await pause(BREATH)
    return count


async def keep_tidy(
    archive: Archive,
    bounds: Bounds,
    *,
    now: Callable[[], datetime],
    pause: Callable[[float], Awaitable[None]],
) -> None:
    """Look now and every hour, for as long as the store runs."""
    while True:
        try:
            if count := await tidy(archive, bounds, now(), pause):
                log.info("articles_removed", count=count)
        except (ArchiveUnreachable, SettingError) as error:
            log.warning("not_tidied", reason=str(error))
        await pause(EVERY)
