"""What an archive promises, whichever database keeps it. One contract suite tests every one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steppewire.events import Article, ArticleEnriched, ArticleStored, Enrichment, Extraction, Fetch


class Query(BaseModel):
    """What to look for. All given conditions must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: tuple[str, ...] = Field(default=(), max_length=64)
    """BCP 47 tags or prefixes: `kk` finds `kk-Cyrl` and `kk-Latn`. Any of them."""
    source: tuple[str, ...] = Field(default=(), max_length=256)
    entity: str | None = None
    """An entity's id, or a name by which the article calls it, in any spelling that folds to the
    same. Dates, sums and numbers are not asked for like this but found by `text`."""
    text: str | None = None
    """Words that must all occur, in any spelling that folds to the same; the last may be a prefix.
    At most 32 words count. Text without any word, such as an emoji, finds nothing."""
    since: AwareDatetime | None = None
    """Published (or, where the page gives no date or one in the future, first stored) since."""
    until: AwareDatetime | None = None
    cursor: str | None = None
    """`next` of the page before."""
    limit: int = Field(default=20, ge=1, le=200)


class Record(BaseModel):
    """One version of an article as the archive keeps it."""

    model_config = ConfigDict(frozen=True)

    article: Article
    enrichment: Enrichment
    fetch: Fetch
    extraction: Extraction
    version: int
    first_stored_at: AwareDatetime
    """When the article's first version was stored."""
    stored_at: AwareDatetime
    """When this version was stored."""
    copies: tuple[str, ...] = ()
    """Ids of other articles with the same `text_hash`: syndicated copies."""
    snippet: str | None = None
    """Where the text matched, its words marked by U+E000 … U+E001; None without a text query."""


class Logged(BaseModel):
    """A version at its place in the log."""

    model_config = ConfigDict(frozen=True)

    seq: int
    record: Record


class Found(BaseModel):
    """One page of results, newest first (by publication, else by first storing)."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Record, ...]
    next: str | None = None


class Facet(BaseModel):
    """A value and how many articles have it."""

    model_config = ConfigDict(frozen=True)

    value: str
    count: int


class Archive(Protocol):
    """The database of articles."""

    async def save(self, events: Sequence[ArticleEnriched]) -> list[ArticleStored]:
        """Store a batch in one transaction; one result for each event, in order.

        Saved twice, stored once: the second call returns the same result as the first, so a
        message that is delivered again has the same effect. Another `version_id` of a known
        article becomes its next version; no version is ever overwritten.
        """

    async def find(self, query: Query) -> Found:
        """Return the current versions that match. Raises ValueError for a bad cursor."""

    async def get(self, article_id: str, version: int | None = None) -> Record | None:
        """Return one version of an article, the current one by default."""

    async def versions(self, article_id: str) -> list[Record]:
        """Return all versions, oldest first; empty when the article is unknown."""

    async def log(self, after: int, limit: int = 100) -> list[Logged]:
        """Return versions in the order in which they became visible, from the one after `after`.

        Who has seen a number has seen, or can see, every smaller one that is kept: nothing ever
        appears behind a reader. Numbers may have holes.
        """

    async def log_ends(self) -> tuple[int, int]:
        """Return the first and the last number that the log has; zeros when it is empty."""

    async def places(self, events: Sequence[ArticleEnriched | ArticleStored]) -> list[int | None]:
        """Return where the version that each event became is in the log; None: not saved yet."""

    async def saved(self, fetches: Collection[str]) -> dict[str, str]:
        """Return which of these fetches (`identity.fetch_id`) are saved, and in which article."""

    async def histories(self, article_ids: Collection[str]) -> dict[str, list[Record]]:
        """Return all versions of several articles, oldest first; unknown ones are left out."""

    def walk(
        self, *, source: str, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[list[Record]]:
        """Return a source's versions whose pages were fetched since (and before) a time.

        In pages that hold all of an article's versions in that time, oldest first.
        """

    async def facets(
        self, by: Literal["source", "language", "entity"], limit: int = 50
    ) -> list[Facet]:
        """Return the most frequent values among current versions."""

    async def count(self) -> int:
        """Return the number of articles."""

    async def close(self) -> None:
        """Release the connections."""
