"""Groups of near copies: which articles report the same, told when an article is saved.

An article joins the group of the earlier article whose text is most like its own, else it begins
one, named by its own id. Groups are only ever told one article at a time (`_LOCK`), so that two
copies that arrive at once do not begin two. Where articles meet is an index in memory, of bounded
size; each time it first reads what was added to the table since, by whichever process, and all
that it still has room for after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, select, text

from steppewire.archive.tables import near_copies
from steppewire.copies import Meetings, Sketch, best, places_of, unencoded, unpacked

CAPACITY = 1 << 17
"""Articles among which copies are looked for: the last weeks of a large newswire. 34 MB."""
_LOCK = 0x5354_4550_4B49  # any number that nobody else in this database locks: "STEPKI"
_AT_ONCE = 500


@dataclass(frozen=True)
class Arrived:
    """A current version that has come: the article's number and id, and its text's sketch."""

    article: int
    article_id: str
    sketch: str
    """As the event carries it."""
    is_new: bool = True


@dataclass(frozen=True)
class _Known:
    """An article that has a group."""

    article: int
    group: str
    sketch: Sketch


class Kin:
    """Tells groups; one for each archive that is written to."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._meetings: Meetings | None = None
        self._last = 0
        """The newest row that was read."""

    def tell(self, connection: Connection, arrived: Sequence[Arrived]) -> list[dict[str, Any]]:
        """Return the groups of some articles as rows to be added in the transaction that runs."""
        sketched = [(one, data) for one in arrived if (data := unencoded(one.sketch))]
        if not sketched:
            return []
        if connection.dialect.name == "postgresql":  # SQLite has one writer as it is
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        self._catch_up(connection)
        shared = _groups(connection, [one.article for one, _ in sketched if not one.is_new])
        batch = _Batch(self._known(connection, [data for _, data in sketched]))
        written = []
        for one, data in sketched:
            group = batch.join(one, data, shared.get(one.article))
            written.append({"article": one.article, "grp": group, "sketch": data})
        stale = [one.article for one, _ in sketched if not one.is_new]
        for some in _some(stale):
            connection.execute(delete(near_copies).where(near_copies.c.article.in_(some)))
        return written

    def _catch_up(self, connection: Connection) -> None:
        """Let those meet that were added since; the first time, as many as there is room for."""
        if self._meetings is None:
            self._meetings = Meetings(self._capacity)
            newest = connection.execute(select(func.max(near_copies.c.number))).scalar() or 0
            self._last = max(0, newest - self._capacity)
        row = select(near_copies.c.number, near_copies.c.sketch).order_by(near_copies.c.number)
        while True:
            fresh = row.where(near_copies.c.number > self._last).limit(5_000)
            found = connection.execute(fresh).all()
            for number, data in found:
                self._meetings.enter(places_of(data), number)
            if not found:
                return
            self._last = found[-1].number

    def _known(self, connection: Connection, sketches: Iterable[bytes]) -> dict[int, _Known]:
        """Return by number those who stand where some would."""
        assert self._meetings is not None
        met = sorted({n for data in sketches for n in self._meetings.met(places_of(data))})
        known: dict[int, _Known] = {}
        for some in _some(met):
            rows = select(near_copies).where(near_copies.c.number.in_(some))
            for row in connection.execute(rows):
                sketch = unpacked(row.sketch)
                if sketch is not None:
                    known[row.number] = _Known(row.article, row.grp, sketch)
        return known


class _Batch:
    """Those who are in the database already, and those of a batch who have joined a group."""

    def __init__(self, known: Mapping[int, _Known]) -> None:
        self._by_place: dict[tuple[int, int], list[int]] = {}
        self._known: dict[int, _Known] = {}
        for number, one in known.items():
            self._enter(number, one)
        # whoever comes later has a greater number than anybody before
        self._next = max(known, default=0) + 1

    def join(self, one: Arrived, data: bytes, shared: str | None) -> str:
        """Return the group of one article: the one that it shares already, or else finds."""
        sketch = unpacked(data)
        assert sketch is not None
        group = shared or self._found(one, sketch) or one.article_id
        self._enter(self._next, _Known(one.article, group, sketch))
        self._next += 1
        return group

    def _found(self, one: Arrived, sketch: Sketch) -> str | None:
        met = {n for place in enumerate(sketch.places) for n in self._by_place.get(place, ())}
        others = ((n, self._known[n]) for n in met)
        match = best(sketch, ((n, other.sketch) for n, other in others
                              if other.article != one.article))  # fmt: skip
        return self._known[match.number].group if match else None

    def _enter(self, number: int, one: _Known) -> None:
        self._known[number] = one
        for place in enumerate(one.sketch.places):
            self._by_place.setdefault(place, []).append(number)


def _groups(connection: Connection, articles: Sequence[int]) -> dict[int, str]:
    """Return the groups that some articles share with others: links to those stay."""
    own, other = near_copies.alias("own"), near_copies.alias("other")
    shared: dict[int, str] = {}
    for some in _some(articles):
        others = select(other.c.number).where(other.c.grp == own.c.grp)
        together = others.where(other.c.article != own.c.article).exists()
        rows = select(own.c.article, own.c.grp).where(own.c.article.in_(some), together)
        shared |= {row.article: row.grp for row in connection.execute(rows)}
    return shared


def _some(numbers: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(numbers)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
