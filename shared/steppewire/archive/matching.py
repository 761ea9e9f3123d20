"""Whether an article is what somebody asked for, without a database: as `Archive.find` would say.

For who hears of each article as it arrives and has a thousand queries to hold against it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Protocol

from steppewire.archive.folding import Wanted, name_key, wanted
from steppewire.archive.promise import Record
from steppewire.archive.rows import entity_rows, found_under, name_rows, plain, sort_at
from steppewire.corrections import corrections


class Names(Protocol):
    """What is needed of the archive to know a name in any language."""

    async def called(self, entity_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """See `Archive.called`."""


class Content:
    """What an article is found by; computed when somebody asks for it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.language = record.enrichment.languages.article.tag.lower()
        self.source = record.article.source
        self.called: frozenset[str] | None = None
        """What other articles call those whom this one names; None: nobody asked, see `widen`."""

    @cached_property
    def sort_at(self) -> datetime:
        """The article's place in "newest first"."""
        return sort_at(self.record.article.published_at, self.record.first_stored_at)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words of the text and their stems."""
        return frozenset(found_under(self.record).split())

    @cached_property
    def sorted_terms(self) -> list[str]:
        """The same in order, to look for beginnings."""
        return sorted(self.terms)

    @cached_property
    def _entities(self) -> list[tuple[str, str | None]]:
        found = entity_rows(self.record.enrichment.entities, 0)
        return [(row["key"], row["entity_id"]) for row in found]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Folded names by which the article calls those whom it names."""
        return frozenset(key for key, _ in self._entities)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Ids of those whom the article names."""
        return frozenset(id_ for _, id_ in self._entities if id_)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Folded names in all languages of those whom it names, as the enricher told them."""
        told = name_rows(self.record.enrichment.entities)
        return frozenset(key for key, id_ in told if id_ in self.ids)

    def names(self, wanted: _Entity) -> bool:
        """Tell whether the article names an entity: by its id, or by a name in any language."""
        return (
            not wanted.ids.isdisjoint(self.ids)
            or wanted.key in self.keys
            or wanted.key in self.own_names
            or wanted.key in (self.called or ())
        )

    def speaks(self, tag: str) -> bool:
        """Tell whether the article's language is a tag in lower case, or begins with it."""
        return self.language == tag or self.language.startswith(f"{tag}-")

    def has(self, word: Wanted) -> bool:
        """Tell whether the text has a word of a query."""
        return not word.terms.isdisjoint(self.terms) or any(map(self._begins, word.prefixes))

    def _begins(self, prefix: str) -> bool:
        at = bisect_left(self.sorted_terms, prefix)
        return at < len(self.sorted_terms) and self.sorted_terms[at].startswith(prefix)


async def widen(names: Names, contents: Sequence[Content]) -> None:
    """Learn what else those are called whom some articles name, for `Wish.asks_for_name`.

    One question to the archive for all of them. Raises ArchiveUnreachable.
    """
    unknown = [content for content in contents if content.called is None]
    ids = frozenset().union(*(content.ids for content in unknown))
    called = await names.called(ids) if ids else {}
    for content in unknown:
        content.called = frozenset().union(*(called.get(id_, ()) for id_ in content.ids))


class _Entity:
    """Who is asked for, as `conditions.naming` reads it."""

    def __init__(self, asked: str) -> None:
        # what was saved before two ids were told to be one is found under both
        self.ids = frozenset(map(plain, corrections().all(asked)))
        self.key = name_key(asked)


class Wish:
    """A standing query: language, source, entity, text and time, as `Query` has them."""

    def __init__(
        self,
        *,
        language: tuple[str, ...] = (),
        source: tuple[str, ...] = (),
        entity: str | None = None,
        text: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self._languages = tuple(tag.lower() for tag in language)
        self._sources = frozenset(source)
        self._entity = _Entity(entity) if entity is not None else None
        self._since, self._until = since, until
        self._words = wanted(text or "")
        # text without any word, such as an emoji, finds nothing
        self._nothing = bool((text or "").strip()) and not self._words

    @property
    def asks_for_name(self) -> bool:
        """Whether an article must have gone through `widen` before it is held against this."""
        return self._entity is not None

    def met_by(self, content: Content) -> bool:
        """Tell whether an article is asked for."""
        return (
            not self._nothing
            and (not self._sources or content.source in self._sources)
            and (not self._languages or any(map(content.speaks, self._languages)))
            and (self._since is None or content.sort_at >= self._since)
            and (self._until is None or content.sort_at <= self._until)
            and (self._entity is None or content.names(self._entity))
            and all(map(content.has, self._words))
        )
