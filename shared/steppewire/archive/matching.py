"""Whether an article is what somebody asked for, without a database: as `Archive.find` would say.

For who hears of each article as it arrives and has a thousand queries to hold against it.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from steppewire.archive.folding import Wanted, name_key, wanted
from steppewire.archive.promise import Record
from steppewire.archive.rows import entity_rows, found_under, plain
from steppewire.corrections import corrections


class Content:
    """What an article is found by; computed when somebody asks for it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.language = record.enrichment.languages.article.tag.lower()
        self.source = record.article.source

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words of the text and their stems."""
        return frozenset(found_under(self.record).split())

    @cached_property
    def sorted_terms(self) -> list[str]:
        """The same in order, to look for beginnings."""
        return sorted(self.terms)

    @cached_property
    def names(self) -> frozenset[str]:
        """Ids and folded names of what the article names."""
        found = entity_rows(self.record.enrichment.entities, 0)
        return frozenset(name for row in found for name in (row["key"], row["entity_id"]) if name)

    def speaks(self, tag: str) -> bool:
        """Tell whether the article's language is a tag in lower case, or begins with it."""
        return self.language == tag or self.language.startswith(f"{tag}-")

    def has(self, word: Wanted) -> bool:
        """Tell whether the text has a word of a query."""
        return not word.terms.isdisjoint(self.terms) or any(map(self._begins, word.prefixes))

    def _begins(self, prefix: str) -> bool:
        at = bisect_left(self.sorted_terms, prefix)
        return at < len(self.sorted_terms) and self.sorted_terms[at].startswith(prefix)


class Wish:
    """A standing query: language, source, entity and text, as `Query` has them."""

    def __init__(
        self,
        *,
        language: tuple[str, ...] = (),
        source: tuple[str, ...] = (),
        entity: str | None = None,
        text: str | None = None,
    ) -> None:
        self._languages = tuple(tag.lower() for tag in language)
        self._sources = frozenset(source)
        self._names = _names(entity) if entity is not None else None
        self._words = wanted(text or "")
        # text without any word, such as an emoji, finds nothing
        self._nothing = bool((text or "").strip()) and not self._words

    def met_by(self, content: Content) -> bool:
        """Tell whether an article is asked for."""
        return (
            not self._nothing
            and (not self._sources or content.source in self._sources)
            and (not self._languages or any(map(content.speaks, self._languages)))
            and (self._names is None or not self._names.isdisjoint(content.names))
            and all(map(content.has, self._words))
        )


def _names(entity: str) -> frozenset[str]:
    # what was saved before two ids were told to be one is found under both
    ids = map(plain, corrections().all(entity))
    return frozenset((*ids, name_key(entity)))
