"""The watcher: reads `articles.enriched` and the books of the fetcher, keeps every source's chart,
tells troubles on `sources.health`.

One process watches at a time, by a claim that lapses when it dies. What it has read, learnt and
told is written in one step (`lua/commit.lua`), which is refused when the claim is gone or another
watcher has read on from the same place. So a killed watcher repeats nothing and leaves nothing out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from steppewire import logs
from steppewire.errors import WireError
from steppewire.events import ArticleEnriched, Drift, PageSeen, SourceHealth
from steppewire.health.chart import Alarm, Chart, Page, Seen
from steppewire.health.reading import TOLD, Health, describe
from steppewire.health.rhythm import shared_paces
from steppewire.health.visits import Books, counts, pages_underway
from steppewire.health.words import moment, sentence
from steppewire.streams import ENRICH, ENRICHED, FETCH, HEALTH, PARSE, key, tally_name
from steppewire.wire import decode, encode, new_trace

log = logs.get(__name__)

LEASE = 30.0
"""Seconds after which a dead watcher's claim lapses."""
EVERY = 5.0
"""Seconds between two steps, when there is nothing more to read."""
BOOKS = 30.0
"""Seconds between two readings of the books."""
_AT_ONCE = 200
"""Entries read at a time."""
_UNKEPT = {"forecast", "built", "confirmed"}


@dataclass
class Patient:
    """One source while it is watched."""

    chart: Chart = field(default_factory=Chart)
    books: Books = field(default_factory=Books)
    troubles: dict[str, SourceHealth] = field(default_factory=dict)


@dataclass
class Step:
    """What one step has read and learnt, not yet written."""

    places: list[tuple[str, str, str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    events: list[SourceHealth] = field(default_factory=list)


class Watcher:
    """Watches all sources. Everything it knows while it holds the claim is in Redis, too."""

    def __init__(
        self,
        redis: Redis,
        *,
        partitions: int,
        now: Callable[[], float],
        lease: float = LEASE,
        every: float = EVERY,
        books: float = BOOKS,
    ) -> None:
        self._redis, self._now = redis, now
        self._partitions, self._lease = partitions, lease
        self._every, self._books = every, books
        self._token = secrets.token_hex(8)
        self._patients: dict[str, Patient] = {}
        self._places: dict[str, str] | None = None
        self._books_read = 0.0
        self._commit = redis.register_script(
            (files("steppewire.health") / "lua" / "commit.lua").read_text("utf-8")
        )

    async def watch(self) -> None:
        """Watch for ever: whoever has the claim takes steps, the others wait for it."""
        while True:
            more = await self.step() if await self._claimed() else 0
            if more < _AT_ONCE:
                await asyncio.sleep(self._every)

    async def step(self) -> int:
        """Read on, look at the books and at the clock, write down; return the entries read.

        When the writing is refused or fails, everything is forgotten and read again from Redis.
        """
        if self._places is None:
            await self._recall()
        places, self._places = self._places or {}, None
        step = Step()
        entries = await self._read_articles(places, step)
        if entries < _AT_ONCE:  # a silence is judged by one who has read everything
            await self._read_books(step)
        if (step.touched or step.places) and not await self._write(places, step):
            return _AT_ONCE
        self._places = places | {name: after for name, _, after in step.places}
        for event in step.events:
            log.warning("source_health", source=event.source, kind=event.kind, text=event.text)
        return entries

    # The claim

    async def _claimed(self) -> bool:
        """Take the claim or keep it; one who comes to it anew knows nothing yet."""
        name, lease = key("health.claim"), round(self._lease * 1000)
        if await self._redis.set(name, self._token, nx=True, px=lease):
            self._places = None
            return True
        if await self._redis.get(name) == self._token.encode():
            await self._redis.pexpire(name, lease)
            return True
        self._places = None
        return False

    # Reading

    async def _recall(self) -> None:
        places: Any = await self._redis.hgetall(key("health.place"))
        charts: Any = await self._redis.hgetall(key("health.charts"))
        told: Any = await self._redis.hgetall(key(TOLD))
        self._patients = {
            name.decode(): _patient(text, told.get(name)) for name, text in charts.items()
        }
        self._places = {name.decode(): at.decode() for name, at in places.items()}
        self._books_read = 0.0

    async def _read_articles(self, places: Mapping[str, str], step: Step) -> int:
        read = 0
        for partition in range(self._partitions):
            before = places.get(str(partition), "")
            start = f"({before}" if before else "-"
            stream = key(ENRICHED.name, partition)
            entries: Any = await self._redis.xrange(stream, min=start, count=_AT_ONCE)
            for _, fields in entries:
                self._take(fields, step)
            if entries:
                step.places.append((str(partition), before, entries[-1][0].decode()))
            read = max(read, len(entries))
        return read

    def _take(self, fields: Mapping[bytes, bytes], step: Step) -> None:
        try:
            event = decode(fields, ArticleEnriched)
        except WireError:  # the store buries and counts it; to us it shows nothing
            return
        patient = self._patients.setdefault(event.origin, Patient())
        self._tell(event.origin, patient.chart.see(seen(event)), step)
        step.touched.add(event.origin)

    async def _read_books(self, step: Step) -> None:
        now = self._now()
        if now - self._books_read < self._books:
            return
        self._books_read = now
        names: Any = await self._redis.zrange(key("sources.due"), 0, -1)
        for name in names:
            self._patients.setdefault(name.decode(), Patient())
        tallies, states = await self._tallies(), await self._states(list(self._patients))
        self._compare(states)
        for name, state in states.items():
            self._read_book(name, state, {**_look_totals(state), **tallies.get(name, {})}, step)

    def _compare(self, states: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Tell each source what comes at the others of its country: a holiday slows them all."""
        countries: dict[bytes, list[str]] = defaultdict(list)
        for name, state in states.items():
            countries[state.get(b"country", b"")].append(name)
        now = self._now()
        for names in countries.values():
            charts = [self._patients[name].chart for name in names]
            shared = shared_paces([chart.pace(now) for chart in charts])
            for chart, one in zip(charts, shared, strict=True):
                chart.hear(one)

    def _read_book(
        self, name: str, state: Mapping[bytes, bytes], totals: dict[str, int], step: Step
    ) -> None:
        patient, now = self._patients[name], self._now()
        if patient.books.totals != totals:
            step.touched.add(name)
        for one in counts(patient.books, totals):
            self._tell(
                name, patient.chart.count(one.fact, one.good, one.bad, now, reason=one.reason), step
            )
        underway = pages_underway(totals) > 0
        self._tell(name, patient.chart.look(now, looked=_looked(state), underway=underway), step)

    async def _states(self, names: Sequence[str]) -> dict[str, Mapping[bytes, bytes]]:
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(key(f"source.{name}"))
        return dict(zip(names, await pipe.execute(), strict=True))

    async def _tallies(self) -> dict[str, Counter[str]]:
        """Return source -> `stage.outcome.reason` -> count, of the stages before ours."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for stage in (FETCH, PARSE, ENRICH):
            for partition in range(self._partitions):
                name = key(tally_name(stage), partition)
                raw: Any = await self._redis.hgetall(name)
                for tally, count in raw.items():
                    source, outcome, reason = tally.decode().split("|", 2)
                    found[source][f"{stage.group}.{outcome}.{reason}"] += int(count)
        return found

    # Telling

    def _tell(self, name: str, alarms: Iterable[Alarm], step: Step) -> None:
        troubles = self._patients[name].troubles
        for alarm in alarms:
            event = told(name, alarm)
            step.touched.add(name)
            step.events.append(event)
            if alarm.over:
                troubles.pop(alarm.trouble, None)
            else:
                troubles[alarm.trouble] = event

    async def _write(self, places: Mapping[str, str], step: Step) -> bool:
        # every step has its number, so that none is taken twice
        number = places.get("step", "")
        step.places.append(("step", number, str(int(number or 0) + 1)))
        args: list[Any] = [self._token, round(self._lease * 1000), len(step.places)]
        for place in step.places:
            args += place
        args.append(len(step.touched))
        for name in sorted(step.touched):
            patient = self._patients[name]
            shown = describe(patient.chart, patient.troubles)
            args += [name, _dumped(patient), shown.model_dump_json()]
        args.append(len(step.events))
        for event in step.events:
            fields = [part for pair in encode(event, new_trace()).items() for part in pair]
            args += [len(fields), *fields]
        names = ("health.claim", "health.place", "health.charts", TOLD, HEALTH.name)
        return bool(await self._commit(keys=[key(name) for name in names], args=args))


def seen(event: ArticleEnriched) -> Seen:
    """Return what an article shows of its source."""
    article, fetch = event.article, event.fetch
    published = article.published_at
    return Seen(
        at=fetch.fetched_at.timestamp(),
        letters=len(article.text),
        language=event.enrichment.languages.article.tag,
        has_author=bool(article.authors),
        has_time=published is not None,
        has_section=article.section is not None,
        by_rules="layout-changed" not in event.extraction.facts,
        age=(fetch.fetched_at - published).total_seconds() if published else 0.0,
        page=Page(fetch.final_url, fetch.blob, article.article_id),
    )


def told(source: str, alarm: Alarm) -> SourceHealth:
    """Return the event that tells an alarm."""
    return SourceHealth(
        source=source,
        kind="recovered" if alarm.over else alarm.trouble,
        was=alarm.trouble if alarm.over else None,
        at=moment(alarm.at),
        since=moment(alarm.since),
        reason=alarm.reason,
        text=sentence(alarm),
        drifts=tuple(
            Drift(fact=d.fact, usual=round(d.usual, 3), now=round(d.now, 3)) for d in alarm.drifts
        ),
        page=_page(alarm.page),
        last_article_at=moment(alarm.last) if alarm.last else None,
        expected=None if alarm.expected is None else round(alarm.expected, 1),
    )


def _page(page: Page | None) -> PageSeen | None:
    if page is None or not page.url:
        return None
    return PageSeen(url=page.url, blob=page.blob, article_id=page.article_id)


def _dumped(patient: Patient) -> bytes:
    return _KEPT.dump_json(patient, exclude={"chart": _UNKEPT, "troubles": True})


def _patient(text: bytes, shown: bytes | None) -> Patient:
    """Read what an earlier watcher knew; what this code cannot read is learnt anew."""
    try:
        patient = _KEPT.validate_json(text)
        patient.troubles = dict(Health.model_validate_json(shown).troubles) if shown else {}
    except ValidationError as error:
        log.warning("chart_unreadable", error=str(error)[:200], remedy="it is learnt anew")
        return Patient()
    patient.chart.expectation(patient.chart.last)
    return patient


_KEPT: TypeAdapter[Patient] = TypeAdapter(Patient)


def _look_totals(state: Mapping[bytes, bytes]) -> dict[str, int]:
    counted = {
        f"look.{name.decode()}": int(value)
        for name, value in state.items()
        if name in (b"polls", b"polls_failed") or name.startswith(b"warning.")
    }
    return counted | {"look.failed": counted.pop("look.polls_failed", 0)}


def _looked(state: Mapping[bytes, bytes]) -> float:
    """Return when the source's listings were last read (Unix time), 0 if never."""
    text = state.get(b"last_success", b"").decode()
    return datetime.fromisoformat(text).timestamp() if text else 0.0
