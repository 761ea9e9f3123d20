"""Dead letters as people work with them: find, group, read, put back, throw away.

What decides is pure; `Quarantine` is the one adapter over Redis.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from steppewire.delivery.gate import Gate
from steppewire.errors import NotFound
from steppewire.near import hint
from steppewire.streams import (
    DELIVER,
    ENRICH,
    FETCH,
    NOTIFY,
    PARSE,
    SIDE_STAGES,
    STAGES,
    STORE,
    Stage,
    dead_name,
    key,
    tally_name,
)
from steppewire.wire import Fields

ALL = (*STAGES, *SIDE_STAGES)
STAGE_NAMES = {
    "fetch": FETCH, "parse": PARSE, "enrich": ENRICH, "store": STORE,
    "notify": NOTIFY, "deliver": DELIVER,
}  # fmt: skip
"""What people call the stages, in the order of an article's path."""

_PAGE = 100
"""Letters read, or settled, in one command: some carry a whole article."""
_ID = re.compile(r"([a-z]+)/(\d{1,4})/(\d{1,20}-\d{1,20})")
T = TypeVar("T")


@dataclass(frozen=True)
class Address:
    """Where a letter lies. As text, `parser/0/1763784000000-0`: group, partition, id."""

    stage: Stage
    partition: int
    id: str

    def __str__(self) -> str:
        return f"{self.stage.group}/{self.partition}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address from its text. Raises NotFound."""
        match = _ID.fullmatch(text.strip())
        if match is None or any(int(part) >= 2**64 for part in match[3].split("-")):
            raise NotFound(
                f"{text[:100]!r} is no id of a dead letter: such as parser/0/1763784000000-0, "
                "from `steppewire dead list --each`"
            )
        return cls(group_named(match[1]), int(match[2]), match[3])


@dataclass(frozen=True)
class Letter:
    """A dead letter without its payload."""

    address: Address
    source: str
    outcome: str
    """`reject` (can never succeed) or `dead` (failed too often)."""
    reason: str
    detail: str
    attempts: str
    deliveries: str
    first: str
    last: str
    entry: str
    """Its id in the stream, or retry stream, that the stage read."""
    type: str
    key: str
    size: int
    """Bytes of the payload."""

    @property
    def died_at(self) -> datetime | None:
        """When it died; None when it does not say so."""
        try:
            when = datetime.fromisoformat(self.last)
        except ValueError:
            return None
        return when if when.tzinfo else when.replace(tzinfo=UTC)

    @classmethod
    def read(cls, address: Address, fields: Fields) -> Letter:
        """Read a letter's fields; one that is missing reads as empty."""

        def dead(name: str) -> str:
            return text_of(fields, f"dead.{name}")

        return cls(
            address=address,
            source=dead("source"),
            outcome=dead("outcome"),
            reason=dead("reason"),
            detail=dead("detail"),
            attempts=dead("attempts"),
            deliveries=dead("deliveries"),
            first=dead("first"),
            last=dead("last"),
            entry=dead("id"),
            type=text_of(fields, "type"),
            key=text_of(fields, "key"),
            size=len(fields.get(b"data", b"")),
        )


@dataclass(frozen=True)
class Selection:
    """Which letters are meant; None means any."""

    stages: tuple[Stage, ...] = ALL
    source: str | None = None
    reason: str | None = None
    since: datetime | None = None
    """Those that died at this moment or later."""
    until: datetime | None = None
    """Those that died before this moment."""

    @property
    def narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != Selection()

    def admits(self, letter: Letter) -> bool:
        """Tell whether a letter is meant."""
        return (
            letter.address.stage in self.stages
            and self.source in (None, letter.source)
            and self.reason in (None, letter.reason)
            and self._in_time(letter)
        )

    def _in_time(self, letter: Letter) -> bool:
        if self.since is None and self.until is None:
            return True
        died = letter.died_at
        return (
            died is not None
            and (self.since is None or died >= self.since)
            and (self.until is None or died < self.until)
        )


@dataclass(frozen=True)
class Heap:
    """Letters with one stage, source and reason."""

    stage: Stage
    source: str
    outcome: str
    reason: str
    count: int
    first: str
    last: str
    newest: Address
    """The one that died last."""


def select(
    *,
    stage: str | None = None,
    group: str | None = None,
    source: str | None = None,
    reason: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Selection:
    """Make a selection of what a person gave. Raises NotFound for an unknown stage or group."""
    stages = set(ALL)
    if stage is not None:
        stages &= {stage_named(stage)}
    if group is not None:
        stages &= {group_named(group)}
    return Selection(tuple(one for one in ALL if one in stages), source, reason, since, until)


def stage_named(name: str) -> Stage:
    """Return the stage that people call `fetch`, or by its group, `fetcher`. Raises NotFound."""
    groups = {stage.group: stage for stage in ALL}
    return _known({**STAGE_NAMES, **groups}, name, "stage", STAGE_NAMES)


def group_named(name: str) -> Stage:
    """Return the stage of a consumer group. Raises NotFound."""
    groups = {stage.group: stage for stage in ALL}
    return _known(groups, name, "group", groups)


def name_of(stage: Stage) -> str:
    """Return what people call a stage."""
    return next(name for name, one in STAGE_NAMES.items() if one == stage)


def heaps(letters: Iterable[Letter]) -> list[Heap]:
    """Group letters by stage, source and reason; the largest heap first."""
    grouped: dict[tuple[Stage, str, str, str], list[Letter]] = defaultdict(list)
    for letter in letters:
        place = (letter.address.stage, letter.source, letter.outcome, letter.reason)
        grouped[place].append(letter)
    found = [_heap(*place, together) for place, together in grouped.items()]
    return sorted(found, key=lambda h: (-h.count, ALL.index(h.stage), h.source, h.reason))


def _heap(stage: Stage, source: str, outcome: str, reason: str, letters: list[Letter]) -> Heap:
    newest = max(letters, key=lambda letter: letter.last)
    return Heap(
        stage=stage,
        source=source,
        outcome=outcome,
        reason=reason,
        count=len(letters),
        first=min(letter.first for letter in letters),
        last=newest.last,
        newest=newest.address,
    )


def payload(fields: Fields) -> Any:
    """Return what a letter carries: parsed JSON, or text where it is none."""
    raw = fields.get(b"data", b"")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):  # such bytes may be the very reason why it died
        return raw.decode("utf-8", "replace")


def text_of(fields: Fields, name: str) -> str:
    """Return a field as text; bytes that are no UTF-8 show as U+FFFD."""
    return fields.get(name.encode(), b"").decode("utf-8", "replace")


class Quarantine:
    """The dead letters of all stages, in all partitions."""

    def __init__(self, gate: Gate, partitions: int = 1) -> None:
        self._gate, self._redis = gate, gate.redis
        self._partitions = range(partitions)

    async def find(self, selection: Selection) -> list[Letter]:
        """Return the letters that are meant, oldest first in each stage.

        Raises NotFound for a source or reason that no message of these stages ever ended with.
        """
        letters = [
            letter
            for stage in selection.stages
            for partition in self._partitions
            async for letter in self._letters(stage, partition)
            if selection.admits(letter)
        ]
        if not letters:
            await self._doubt(selection)
        return letters

    async def open(self, address: Address) -> Fields:
        """Return all fields of a letter. Raises NotFound when it is not, or no longer, there."""
        name = key(dead_name(address.stage), address.partition)
        rows: Any = await self._redis.xrange(name, address.id, address.id)
        if not rows:
            raise NotFound(
                f"no dead letter {address}: retried or dropped already? "
                "`steppewire dead list --each` shows what is there"
            )
        return cast("Fields", rows[0][1])

    async def letters(self, addresses: Sequence[Address]) -> list[Letter]:
        """Return letters by address. Raises NotFound when one of them is not there."""
        return [Letter.read(address, await self.open(address)) for address in addresses]

    async def retry(self, addresses: Sequence[Address], *, pace: float = math.inf) -> int:
        """Put letters back to work; return how many were still there. Twice has one effect.

        `pace` is how many a second at most, so that a large heap does not stand before live work.
        """
        count, size = 0, int(min(max(pace, 1), _PAGE))
        for stage, partition, ids in _batches(addresses, size):
            if count:
                await asyncio.sleep(size / pace)
            count += sum(await self._gate.revive(stage, partition, ids))
        return count

    async def drop(self, addresses: Sequence[Address]) -> int:
        """Throw letters away for ever; return how many were still there."""
        count = 0
        for stage, partition, ids in _batches(addresses):
            count += int(await self._redis.xdel(key(dead_name(stage), partition), *ids))
        return count

    async def _letters(self, stage: Stage, partition: int) -> AsyncIterator[Letter]:
        name, after = key(dead_name(stage), partition), "-"
        while True:
            rows: Any = await self._redis.xrange(name, after, count=_PAGE)
            for raw, fields in rows:
                yield Letter.read(Address(stage, partition, raw.decode()), fields)
            if len(rows) < _PAGE:
                return
            after = f"({rows[-1][0].decode()}"

    async def _doubt(self, selection: Selection) -> None:
        """Refuse names that were never counted: more likely a slip than a wish."""
        if selection.source is None and selection.reason is None:
            return
        ended = [end for stage in selection.stages async for end in self._endings(stage)]
        if selection.source is not None:
            _known({source: source for source, _ in ended}, selection.source, "source")
        if selection.reason is not None:
            _known({reason: reason for _, reason in ended if reason}, selection.reason, "reason")

    async def _endings(self, stage: Stage) -> AsyncIterator[tuple[str, str]]:
        for partition in self._partitions:
            tally: Mapping[bytes, bytes] = await cast(
                # redis-py types its answers for both of its clients at once
                "Awaitable[Any]",
                self._redis.hgetall(key(tally_name(stage), partition)),
            )
            for field in tally:
                source, _, reason = (*field.decode("utf-8", "replace").split("|", 2), "", "")[:3]
                yield source, reason


def _batches(
    addresses: Sequence[Address], size: int = _PAGE
) -> Iterable[tuple[Stage, int, list[str]]]:
    """Split addresses into what one command may touch: one stage and partition, a page at most."""
    places: dict[tuple[Stage, int], list[str]] = defaultdict(list)
    for address in dict.fromkeys(addresses):
        places[address.stage, address.partition].append(address.id)
    for (stage, partition), ids in places.items():
        for start in range(0, len(ids), size):
            yield stage, partition, ids[start : start + size]


def _known(table: Mapping[str, T], name: str, kind: str, shown: Iterable[str] = ()) -> T:
    if name in table:
        return table[name]
    names = ", ".join([*shown] or sorted(table)[:12]) or "none yet"
    raise NotFound(f"unknown {kind} {name[:100]!r}; {hint(name, table, f'known: {names}')}")
