"""A replay: read the past again with today's code, tell what changes, put that onto the path."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from steppewire.archive.history import Version
from steppewire.archive.promise import Archive, Record
from steppewire.delivery.again import Again
from steppewire.delivery.way import Way
from steppewire.delivery.work import Work
from steppewire.errors import BlobMissing, Verdict
from steppewire.events import ArticleEnriched, ArticleFetched, ArticleParsed
from steppewire.identity import fetch_id
from steppewire.records import FetchRecord, Records, Stamp
from steppewire.replay.changes import (
    Change,
    added_version,
    enriched_change,
    in_effect,
    parsed_change,
)
from steppewire.replay.spool import Result, Spool
from steppewire.rules import SiteRules
from steppewire.streams import ENRICHED, PARSED, Stream

REMEMBERED = "replayed"
"""Name of the set of what was put onto the path: asked again after a lost reply, it is not put
twice."""
KEEP = 3600.0
MOST_WAITING = 100
"""Entries that may wait before a replay adds to them: what live work may have to wait for."""

_CHUNK = 100
_AT_ONCE = 20
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Scope:
    """What is replayed."""

    source: str
    since: datetime
    until: datetime
    started: datetime
    """When this replay began: what it changes says so."""


@dataclass
class Findings:
    """What a replay has found."""

    looked_at: int = 0
    unchanged: int = 0
    without: int = 0
    """Pages that are no article, today as before."""
    removed: int = 0
    """Articles that the archive has removed to make room, or is older than; they stay removed."""
    new: int = 0
    versions: int = 0
    renewals: int = 0
    moved: int = 0
    """Of the new ones: pages that today's parser takes for another address's article."""
    refused: Counter[str] = field(default_factory=Counter)
    """Reason -> pages of stored articles in which today's code finds none; they stay stored."""
    failed: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    code: Counter[str] = field(default_factory=Counter)
    """What read them, as the new versions will say."""
    sample: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """What would be put onto the path."""
        return self.new + self.versions + self.renewals


class Replay:
    """Finds out what changes, and keeps it in a spool."""

    def __init__(self, archive: Archive, work: Work, scope: Scope, spool: Spool, sample: int):
        self.archive, self.work, self.scope = archive, work, scope
        self.spool, self.most = spool, sample
        self.found = Findings()
        # the same sample each time, from all over the replay
        self._dice = random.Random(0)  # noqa: S311
        self._slots = asyncio.Semaphore(max(1, work.concurrency))

    # ── pages ────────────────────────────────────────────────────────────────────────────────

    async def parse(self, records: Records, rules: Mapping[str, SiteRules], tell: Tell) -> None:
        """Read archived pages again, oldest first, each with its source's rules of today."""
        scope = self.scope
        stamps = records.list(source=scope.source, since=scope.since, until=scope.until)
        added: dict[str, list[Version]] = defaultdict(list)
        while chunk := await asyncio.to_thread(lambda: list(islice(stamps, _CHUNK))):
            saved = await self.archive.saved([stamp.fetch_id for stamp in chunk])
            pages = await asyncio.to_thread(_opened, records, chunk)
            self.found.looked_at += len(chunk)
            self.found.failed["record-unreadable"] += len(chunk) - len(pages)
            events = [_ruled(page.event, rules, scope.started) for page in pages]
            results = await self._all(events)
            kept = [
                self._kept(result, stored=_id(event) in saved)
                for event, result in zip(events, results, strict=True)
            ]
            await self._compare([one for one in kept if one is not None], saved, added)
            tell(f"{self.found.looked_at} pages read again, {self.found.changed} changed")

    async def _compare(
        self, parsed: Sequence[Result], saved: Mapping[str, str], added: dict[str, list[Version]]
    ) -> None:
        known = await self.archive.histories({event.key for event in parsed})
        since = await self.archive.remembers_since()
        for event in parsed:
            assert isinstance(event, ArticleParsed)
            mine = known.get(event.key, [])
            if not mine and _made_room_for(event, saved, since):
                self.found.removed += 1
                continue
            change = parsed_change(event, mine, added[event.key])
            if change is not None and change.kind != "renewal":
                added[event.key].append(added_version(event, len(mine) + len(added[event.key])))
                self.found.moved += change.kind == "new" and _id(event) in saved
            self._note(event, change)

    # ── articles ─────────────────────────────────────────────────────────────────────────────

    async def enrich(self, records: Records, tell: Tell) -> None:
        """Enrich stored articles again, as they were parsed."""
        scope = self.scope
        pages = self.archive.walk(source=scope.source, since=scope.since, until=scope.until)
        async for chunk in _chunks(pages):
            hints = await asyncio.to_thread(_hints, records, chunk)
            events = [_parsed(r, hints.get(_id(r)), scope.started) for r in chunk]
            self.found.looked_at += len(chunk)
            for before, result in zip(chunk, await self._all(events), strict=True):
                if enriched := self._kept(result, stored=True):
                    assert isinstance(enriched, ArticleEnriched)
                    self._note(enriched, enriched_change(enriched, before))
            tell(f"{self.found.looked_at} articles enriched again, {self.found.changed} changed")

    # ── both ─────────────────────────────────────────────────────────────────────────────────

    async def _all(
        self, events: Sequence[ArticleFetched | ArticleParsed]
    ) -> list[Result | BaseException]:
        return list(await asyncio.gather(*map(self._one, events)))

    async def _one(self, event: ArticleFetched | ArticleParsed) -> Result | BaseException:
        async with self._slots:
            [outcome] = await self.work.run([event])
        if isinstance(outcome, BaseException):
            return outcome
        return outcome[0]  # type: ignore[return-value]  # of these stages each gives one event

    def _kept(self, result: Result | BaseException, stored: bool) -> Result | None:
        """Return the result; what came of a page without one is counted."""
        if not isinstance(result, BaseException):
            return result
        if not isinstance(result, Verdict):
            self.found.failed[_reason(result)] += 1
        elif stored:
            self.found.refused[result.reason] += 1
        else:
            self.found.without += 1
        return None

    def _note(self, event: Result, change: Change | None) -> None:
        found = self.found
        if change is None:
            found.unchanged += 1
            return
        found.new += change.kind == "new"
        found.versions += change.kind == "version"
        found.renewals += change.kind == "renewal"
        found.fields.update(list(change.fields))
        found.code.update(code_of(event))
        self.spool.add(change.kind, event)
        self._draw(change)

    def _draw(self, change: Change) -> None:
        """Keep a fair sample: each change has the same chance to be in it."""
        sample, seen = self.found.sample, self.found.changed
        if len(sample) < self.most:
            sample.append(change)
        elif (place := self._dice.randrange(seen)) < self.most:
            sample[place] = change


def _made_room_for(event: ArticleParsed, saved: Mapping[str, str], since: datetime | None) -> bool:
    """Tell whether an article that is not there was removed; see `Archive.remembers_since`."""
    if (stored := saved.get(_id(event))) is not None:
        # of another address's article: today's parser takes the page for one that is new
        return stored == event.key
    return since is not None and event.fetch.fetched_at < since


async def apply(
    spool: Spool,
    again: Again,
    way: Way,
    scope: Scope,
    *,
    pace: float,
    tell: Tell,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    """Put what was found onto the path; return how much.

    In small portions, each only when little waits ahead, so that live work is hardly delayed.
    What is on its way for the first time is left alone: it is being read by today's code anyway.
    """
    count, events = 0, iter(spool)
    while some := list(islice(events, max(1, min(_AT_ONCE, int(pace))))):
        fresh = [e for kind, e in some if kind != "new" or _id(e) not in way.waiting]
        if not fresh:
            continue
        stream = stream_of(fresh[0])
        await again.wait_for_room(stream, most=MOST_WAITING, tell=tell)
        marked = [(f"{_id(event)} {scope.started.isoformat()}", event) for event in fresh]
        count += await again.put(stream, marked)
        tell(f"{count} of {len(spool)} put into {stream.name}")
        await pause(len(fresh) / pace)
    return count


def stream_of(event: Result) -> Stream:
    """Return the stream in which a stage's results are."""
    return PARSED if isinstance(event, ArticleParsed) else ENRICHED


def code_of(event: Result) -> list[str]:
    """Return what read a page, as its version will say."""
    if isinstance(event, ArticleParsed):
        return [event.extraction.parser]
    return [f"{name}={version}" for name, version in event.enrichment.models.items()]


def _id(event: ArticleFetched | Result | Record) -> str:
    return fetch_id(event.fetch.link_id, event.fetch.fetched_at)


def _opened(records: Records, stamps: Sequence[Stamp]) -> list[FetchRecord]:
    found = []
    for stamp in stamps:
        with suppress(BlobMissing):
            found.append(records.get(stamp))
    return found


def _ruled(
    event: ArticleFetched, rules: Mapping[str, SiteRules], started: datetime
) -> ArticleFetched:
    """Return a fetch with today's rules, or where nobody knows them, with those of then."""
    fetch = event.fetch.model_copy(update={"replayed_at": started})
    today = rules.get(event.fetch.source, event.rules)
    return event.model_copy(update={"fetch": fetch, "rules": today})


def _parsed(record: Record, hint: str | None, started: datetime) -> ArticleParsed:
    """Return a stored article as the parser gave it."""
    return ArticleParsed(
        article=record.article,
        fetch=record.fetch.model_copy(update={"replayed_at": started}),
        extraction=record.extraction,
        language_hint=hint,
    )


def _hints(records: Records, stored: Sequence[Record]) -> dict[str, str | None]:
    """Return the language hints of then; the database does not keep them."""
    found = {}
    for record in stored:
        try:
            page = records.find(record.fetch)
        except BlobMissing:  # fetched before there were records
            continue
        found[_id(record)] = page.event.language_hint
    return found


async def _chunks(pages: AsyncIterator[list[Record]]) -> AsyncIterator[list[Record]]:
    async for page in pages:
        current = in_effect(page)
        for start in range(0, len(current), _CHUNK):
            yield current[start : start + _CHUNK]


def _reason(error: BaseException) -> str:
    return "blob-missing" if isinstance(error, BlobMissing) else f"fault-{type(error).__name__}"
