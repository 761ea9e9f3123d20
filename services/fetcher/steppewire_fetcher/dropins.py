"""Picking up what changes in the folder of TOML sources, without a restart.

Each fetcher looks at its folder once a second. mtimes and not events of the file system: those do
not come through to containers whose folder is mounted from elsewhere, and a second is soon enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from steppewire import logs
from steppewire.errors import SteppewireError
from steppewire.plugins import Source
from steppewire_fetcher.catalogue import Catalogue, renewed

log = logs.get(__name__)
EVERY = 1.0
"""Seconds between two looks at the folder."""

Stamp = Mapping[str, tuple[int, int, int]]


class Writing(Protocol):
    """Tells the readers of the ledger what is running; see `ledger`."""

    async def introduce(self, sources: Sequence[Source]) -> None:
        """Write down what sources are."""

    async def hasten(self, names: Sequence[str]) -> None:
        """Make sources due at once."""

    async def retire(self, names: Sequence[str]) -> None:
        """Write down that sources are gone."""


class DropIns:
    """Keeps a running catalogue like its folder. `load` reads all sources anew."""

    def __init__(
        self, folder: Path, running: Catalogue, load: Callable[[], Catalogue], ledger: Writing
    ) -> None:
        self._folder, self._running, self._load, self._ledger = folder, running, load, ledger
        self._told = {str(fault) for fault in running.faults}

    async def watch(self) -> None:
        """Look at the folder for ever; act on a change once it has held still for one look."""
        done: Stamp | None = None  # what changed while we started is not known: read once more
        held: Stamp | None = None
        while True:
            now = await asyncio.to_thread(stamp, self._folder)
            if now == held and now != done:
                await self.renew()
                done = now
            held = now
            await asyncio.sleep(EVERY)

    async def renew(self) -> None:
        """Read the sources anew: run what was added or changed, end what is gone, tell faults."""
        try:
            loaded = await asyncio.to_thread(self._load)
        except SteppewireError as error:  # the folder itself is away: what runs, runs on
            self._tell([error])
            return
        before = dict(self._running.sources)
        after = self._adopt(renewed(self._running, loaded, self._folder))
        self._tell(loaded.faults)
        fresh = [source for name, source in after.items() if before.get(name) != source]
        gone = sorted(before.keys() - after)
        if fresh or gone:
            await self._ledger.introduce(fresh)
            await self._ledger.retire(gone)
            # by each fetcher: another may have looked just now with what its folder said before
            await self._ledger.hasten([source.name for source in fresh])
            added = sorted(source.name for source in fresh if source.name not in before)
            changed = sorted(source.name for source in fresh if source.name in before)
            log.info("sources_changed", added=added, changed=changed, removed=gone)

    def _adopt(self, after: Catalogue) -> Mapping[str, Source]:
        """Change what runs in place: rounds, fetching and hubs all look at this one mapping."""
        running = self._running
        for name in running.sources.keys() - after.sources:
            del running.sources[name]
        running.sources.update(after.sources)
        running.origins = after.origins
        return after.sources

    def _tell(self, faults: Sequence[SteppewireError]) -> None:
        """Tell each fault once; one that was mended and comes back is told again."""
        now = {str(fault) for fault in faults}
        for text in sorted(now - self._told):
            log.error("source_left_out", error=text)
        self._told = now


def stamp(folder: Path) -> Stamp:
    """Return what tells whether a file of the folder has changed: time, size, number."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            stat = path.stat()
        except OSError:  # taken away between listing and looking
            continue
        found[path.name] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found
