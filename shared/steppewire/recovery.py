"""After the broker's memory was lost: what was fetched, and is neither finished nor on its way.

The fetch records say what was fetched, the database what is finished, the broker what is still on
its way or given up. What is left is put back as `articles.fetched`, each once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from steppewire.archive.promise import Archive
from steppewire.delivery.again import Again
from steppewire.delivery.way import Way
from steppewire.errors import BlobMissing
from steppewire.events import ArticleFetched
from steppewire.records import FetchRecord, Records, Stamp
from steppewire.streams import FETCHED

REMEMBERED = "recovered"
"""Name of the set of the fetches that were put back. The broker forgets it with all else."""
KEEP = 7 * 86_400.0
"""Seconds for which it is remembered what was put back."""
GRACE = timedelta(seconds=2)
"""How long a fetcher may take from writing a record to publishing its event."""

_CHUNK = 200

Fate = Literal["finished", "waiting", "dead", "too-old", "missing"]


@dataclass
class Counts:
    """What became of the fetches that were looked at."""

    looked_at: int = 0
    finished: int = 0
    """In the database."""
    waiting: int = 0
    """On their way there."""
    dead: int = 0
    """Given up; they wait for `steppewire dead`."""
    ended: int = 0
    """Put back by an earlier recovery, and ended since without an article."""
    too_old: int = 0
    """Fetched before all that the archive remembers to have removed: removed, or never finished."""
    unreadable: int = 0
    """Their records cannot be read."""
    put_back: int = 0
    links: int = 0
    """Links that the broker did not know, or knew less lately, marked as seen."""


def fate(stamp: Stamp, finished: Collection[str], way: Way, since: datetime | None) -> Fate:
    """Tell what became of a fetch; the database knows best.

    `since` is from when on it knows what it has removed to make room; None: nothing.
    """
    if stamp.fetch_id in finished:
        return "finished"
    if stamp.fetch_id in way.waiting:
        return "waiting"
    if stamp.fetch_id in way.dead:
        return "dead"
    return "too-old" if since is not None and stamp.fetched_at < since else "missing"


@dataclass(frozen=True)
class Recovery:
    """One run. `way` must have been looked at after `until`, and before the run."""

    records: Records
    archive: Archive
    again: Again
    way: Way
    dry: bool = False
    links: bool = True
    """Whether to mark the links as seen, too, so that they are not all fetched again."""
    most_waiting: int = 5000
    pace: float = 0.0
    """Fetches a second that are put back; 0: as fast as there is room."""
    tell: Callable[[str], None] = print
    counts: Counts = field(default_factory=Counts)

    async def run(self, stamps: Iterator[Stamp]) -> Counts:
        """Look at each fetch; put back what is missing.

        In chunks: its names, what the database says, and only then, where needed, its record.
        """
        while chunk := await asyncio.to_thread(lambda: list(islice(stamps, _CHUNK))):
            self.counts.looked_at += len(chunk)
            missing = await self._missing(chunk)
            if self.links:
                await self._put_back(missing, await self._opened(chunk))
            elif missing:
                await self._put_back(missing, await self._opened(missing))
            self.tell(f"{self.counts.looked_at} looked at, {self.counts.put_back} put back")
        return self.counts

    async def _missing(self, chunk: Sequence[Stamp]) -> list[Stamp]:
        finished = await self.archive.saved([stamp.fetch_id for stamp in chunk])
        since = await self.archive.remembers_since()
        fates = [fate(stamp, finished, self.way, since) for stamp in chunk]
        self.counts.finished += fates.count("finished")
        self.counts.waiting += fates.count("waiting")
        self.counts.dead += fates.count("dead")
        self.counts.too_old += fates.count("too-old")
        return [s for s, one in zip(chunk, fates, strict=True) if one == "missing"]

    async def _opened(self, stamps: Sequence[Stamp]) -> dict[str, FetchRecord]:
        opened = await asyncio.to_thread(self._open, stamps)
        self.counts.unreadable += len(stamps) - len(opened)
        return opened

    def _open(self, stamps: Sequence[Stamp]) -> dict[str, FetchRecord]:
        found = {}
        for stamp in stamps:
            try:
                found[stamp.fetch_id] = self.records.get(stamp)
            except BlobMissing as error:
                self.tell(str(error))
        return found

    async def _put_back(self, missing: Sequence[Stamp], opened: dict[str, FetchRecord]) -> None:
        events = [(s.fetch_id, opened[s.fetch_id].event) for s in missing if s.fetch_id in opened]
        if events:
            self.counts.put_back += (put := await self._put(events))
            self.counts.ended += len(events) - put
        if self.links and opened and not self.dry:
            marks = [(record.event, record.mark) for record in opened.values()]
            self.counts.links += await self.again.mark_seen(marks)

    async def _put(self, events: Sequence[tuple[str, ArticleFetched]]) -> int:
        if self.dry:
            return len(events) - len(await self.again.put_before(events))
        await self.again.wait_for_room(FETCHED, most=self.most_waiting, tell=self.tell)
        put = await self.again.put(FETCHED, events)
        if self.pace:
            await asyncio.sleep(put / self.pace)
        return put


async def let_arrive(records: Records, now: datetime) -> None:
    """Wait for what was recorded a moment ago to be published, if there is any such."""
    young = await asyncio.to_thread(lambda: next(records.list(since=now - GRACE), None))
    if young is not None:
        await asyncio.sleep(GRACE.total_seconds())
