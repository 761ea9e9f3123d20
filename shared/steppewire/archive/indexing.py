"""What articles are found by beside their own rows: words, entities, groups of near copies.

It is written at once with an article, or later, in larger pieces, while a rush of articles is
saved: `to_index` then holds who waits. Whoever indexes takes rows from there and deletes them in
the transaction that writes the index, so that a crash leaves nothing out and nothing half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import Select, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import bulk, rows, search
from steppewire.archive.kin import Arrived, Kin
from steppewire.archive.lexicon import Lexicon
from steppewire.archive.tables import (
    articles,
    entities,
    entity_names,
    near_copies,
    to_index,
    versions,
)
from steppewire.events import ArticleEnriched

REMEMBERED = 1_000
"""Articles that wait whose events are still at hand; the others are read from the database."""

NAMES = 200_000
"""Names that are known to be noted."""
KNOWN_FOR = 600.0
"""Seconds for which that is believed: another store may have removed those of nobody."""
Name = tuple[str, str]
"""A name, folded, and the id whose it is."""
A_FEW, A_PIECE = "512kB", "16MB"
"""Words that PostgreSQL lets wait before it sorts them in: each search reads through all that do
(30 ms for 4 MB), and with none at all each write costs the server half as much again."""


@dataclass(frozen=True)
class Changed:
    """An article whose current version is another now."""

    article: int
    event: ArticleEnriched | rows.Document
    reading: str
    is_new: bool
    """It was never indexed before."""


@dataclass(frozen=True)
class Noted:
    """What a transaction noted for all articles, to be remembered once it is committed."""

    names: frozenset[Name] = frozenset()
    words: frozenset[str] = frozenset()


class Indexer:
    """Writes what articles are found by; one for each archive that is written to."""

    def __init__(self) -> None:
        self.kin = Kin()
        self._names: set[Name] = set()
        self._lexicon = Lexicon()
        self._names_until = monotonic() + KNOWN_FOR
        self._at_hand: dict[tuple[int, str], ArticleEnriched | rows.Document] = {}
        self.unfit: set[int] = set()
        """Articles that could not be indexed where others could; they are left waiting."""

    async def at_once(self, connection: AsyncConnection, changed: Sequence[Changed]) -> Noted:
        """Index articles inside the transaction that saves them; return what `know` is given."""
        known = [one.article for one in changed if not one.is_new]
        if known:
            # waits for whoever indexes an older version just now
            await connection.execute(delete(to_index).where(to_index.c.article.in_(known)))
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SET LOCAL gin_pending_list_limit = '{A_FEW}'"))
        return await self._put(connection, changed)

    async def later(self, connection: AsyncConnection, changed: Sequence[Changed]) -> Noted:
        """Note that articles are to be indexed, inside the transaction that saves them."""
        self.unfit.difference_update(one.article for one in changed)  # they are others now
        new = [{"article": one.article, "is_new": 1} for one in changed if one.is_new]
        await bulk.add(connection, to_index, new)
        known = [{"article": one.article} for one in changed if not one.is_new]
        if known:
            # who waits already has not been indexed since it was new
            await connection.execute(text(_WAITING[connection.dialect.name]), known)
        return Noted()

    def remember(self, changed: Sequence[Changed]) -> None:
        """Keep at hand what was noted and is committed."""
        for one in changed[: REMEMBERED - len(self._at_hand)]:
            self._at_hand[one.article, one.reading] = one.event

    def waiting(self, only: int | None = None) -> Select[int, int]:
        """Select the articles that wait, in the order of their numbers, or one of them."""
        found = select(to_index.c.article, to_index.c.is_new).order_by(to_index.c.article)
        if only is not None:
            return found.where(to_index.c.article == only)
        return found.where(to_index.c.article.not_in(self.unfit)) if self.unfit else found

    async def some(
        self, connection: AsyncConnection, limit: int, only: int | None = None
    ) -> tuple[int, Noted]:
        """Index some that wait, or one of them, in a transaction of its own; return how many, and
        what `know` is given."""
        waiting = self.waiting(only).limit(limit)
        found = await connection.execute(waiting.with_for_update(skip_locked=True))
        is_new = {article: bool(new) for article, new in found}
        if not is_new:
            return 0, Noted()
        if connection.dialect.name == "postgresql":
            # such a piece is sorted as one: it takes the server a third less time
            await connection.execute(text(f"SET LOCAL gin_pending_list_limit = '{A_PIECE}'"))
        noted = await self._put(connection, await self._changed(connection, is_new))
        done = to_index.c.article.in_(list(is_new))
        await connection.execute(delete(to_index).where(done))
        if connection.dialect.name == "postgresql":
            await connection.execute(text(_SORT_IN))
        return len(is_new), noted

    async def _changed(self, connection: AsyncConnection, is_new: dict[int, bool]) -> list[Changed]:
        current = (versions.c.article == articles.c.id) & (versions.c.number == articles.c.version)
        of_those = articles.c.id.in_(list(is_new))
        read = select(articles.c.id, versions.c.reading).join(versions, current).where(of_those)
        readings = {row.id: row.reading for row in await connection.execute(read)}
        at_hand = {id_: self._at_hand.pop((id_, said), None) for id_, said in readings.items()}
        missing = [id_ for id_, event in at_hand.items() if event is None]
        found: dict[int, Any] = {id_: event for id_, event in at_hand.items() if event is not None}
        if missing:
            document = select(articles.c.id, versions.c.document).join(versions, current)
            for row in await connection.execute(document.where(articles.c.id.in_(missing))):
                found[row.id] = rows.Document.model_validate_json(row.document)
        return [Changed(id_, found[id_], readings[id_], is_new[id_]) for id_ in sorted(found)]

    async def _put(self, connection: AsyncConnection, changed: Sequence[Changed]) -> Noted:
        await bulk.remove(connection, entities.name, [one.article for one in changed])
        named = [row for one in changed for row in _entity_rows(one)]
        await bulk.add(connection, entities, named)
        names = await self._name(connection, changed)
        terms = [{"article": one.article, "terms": self._terms(one)} for one in changed]
        words = await search.note(connection, self._lexicon)
        await search.put(connection, terms)
        # last of all: others wait from here on
        told = await connection.run_sync(self.kin.tell, [_arrived(one) for one in changed])
        await bulk.add(connection, near_copies, told)
        return Noted(names, words)

    def _terms(self, one: Changed) -> str:
        content = one.event.article
        return self._lexicon.terms(rows.texts(content), content.title)

    async def _name(
        self, connection: AsyncConnection, changed: Sequence[Changed]
    ) -> frozenset[Name]:
        """Note whose the names are that were not noted lately; return all of them."""
        said = {row for one in changed for row in rows.name_rows(one.event.enrichment.entities)}
        # in order, so that no two writers wait for each other
        fresh = [{"key": key, "entity_id": id_} for key, id_ in sorted(said - self._names)]
        if fresh:
            await connection.execute(NOTE[connection.dialect.name], fresh)
        return frozenset(said)

    def know(self, noted: Noted) -> None:
        """Remember what is noted and committed."""
        if len(self._names) > NAMES or monotonic() > self._names_until:
            self.forget_names()
        self._names |= noted.names
        self._lexicon.know(noted.words)

    def forget_names(self) -> None:
        """Remember no names any more: some may have been removed from the archive."""
        self._names.clear()
        self._names_until = monotonic() + KNOWN_FOR


NOTE = {
    "sqlite": sqlite.insert(entity_names).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(entity_names).on_conflict_do_nothing(),
}
_SORT_IN = "SELECT gin_clean_pending_list('ix_article_search_terms')"
_WAITING = {
    "sqlite": "INSERT INTO to_index (article, is_new) VALUES (:article, 0) "
    "ON CONFLICT (article) DO NOTHING",
    # the update waits for whoever indexes the version before, and then enters the new one
    "postgresql": "INSERT INTO to_index (article, is_new) VALUES (:article, 0) "
    "ON CONFLICT (article) DO UPDATE SET article = excluded.article",
}


def _entity_rows(one: Changed) -> list[rows.Row]:
    return rows.entity_rows(one.event.enrichment.entities, one.article)


def _arrived(one: Changed) -> Arrived:
    event = one.event
    return Arrived(one.article, event.article.article_id, event.enrichment.sketch, one.is_new)
