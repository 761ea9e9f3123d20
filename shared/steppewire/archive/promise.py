"""What an archive promises, whichever database keeps it. One contract suite tests every one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steppewire.events import (
    Article,
    ArticleEnriched,
    ArticleStored,
    Enrichment,
    EntityType,
    Extraction,
    Fetch,
)

Step = Literal["day", "week", "month"]
MOST_PERIODS = 1_000
"""Periods of a timeline at most."""
NEWEST = 5_000
"""Articles of an entity in which its companions are counted: bounded, however well it is known."""


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
    group: str | None = Field(default=None, max_length=200)
    """All that tell nearly the same text: a record's `group`."""
    collapse: bool = False
    """Of each group of nearly the same texts, only the one that was published first of those that
    match."""
    order: Literal["newest", "relevance"] = "newest"
    """By relevance: how many of the words stand in the title, come often, and are written so; the
    newest first of equals. Without text that is the same as `newest`."""
    cursor: str | None = None
    """`next` of the page before, in the same order."""
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
    group: str | None = None
    """The group of articles with nearly the same text: the id of the one that began it. None for a
    text that is too short to be told a copy."""
    reports: tuple[str, ...] = ()
    """Ids of the other articles of the group, as they arrived: other reports of the same."""
    title_marked: str | None = None
    """The title with the words of the query marked as in `snippet`; None without a text query."""
    snippet: str | None = None
    """Where the text matched, its words marked by U+E000 … U+E001; None without a text query."""


class Logged(BaseModel):
    """A version at its place in the log."""

    model_config = ConfigDict(frozen=True)

    seq: int
    record: Record


class Found(BaseModel):
    """One page of results, newest first (by publication, else by first storing) or as ordered."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Record, ...]
    next: str | None = None


class Facet(BaseModel):
    """A value and how many articles have it."""

    model_config = ConfigDict(frozen=True)

    value: str
    count: int
    id: str | None = None
    """Of an entity, its id, if it has one."""


class Period(BaseModel):
    """A day, a week from its Monday, or a month from its first; and how many articles it has."""

    model_config = ConfigDict(frozen=True)

    start: date
    """In UTC."""
    count: int


class Seen(BaseModel):
    """A name under which articles of one language know an entity."""

    model_config = ConfigDict(frozen=True)

    language: str
    """BCP 47 with script, of the articles."""
    name: str
    articles: int


class Named(BaseModel):
    """An entity as it is listed."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: EntityType
    name: str
    """The name by which most of the counted articles call it."""
    articles: int


class Profile(BaseModel):
    """What is known of an entity from the current versions that name it."""

    model_config = ConfigDict(frozen=True)

    id: str
    """The id that stays, where a hand has told several to be one."""
    ids: tuple[str, ...]
    """All ids under which articles have it, the one that stays first."""
    type: EntityType
    """What most articles take it for."""
    types: dict[str, int]
    """Type -> articles."""
    names: dict[str, str]
    """Language (`kk`, `ru`, `uz-Latn`, `uz-Cyrl`, `en`) -> name, as the enricher knows it."""
    seen: tuple[Seen, ...]
    """Names as articles have them, by language, the most frequent first."""
    articles: int
    mentions: int
    first_at: AwareDatetime
    """Of its articles the place of the oldest in "newest first"."""
    last_at: AwareDatetime


class Archive(Protocol):
    """The database of articles."""

    async def save(
        self, events: Sequence[ArticleEnriched], *, index: bool = True
    ) -> list[ArticleStored]:
        """Store a batch in one transaction; one result for each event, in order.

        Saved twice, stored once: the second call returns the same result as the first, so a
        message that is delivered again has the same effect. Another `version_id` of a known
        article becomes its next version; no version is ever overwritten.

        Without `index`, text and entities are found, and a group is told, only once `index` has
        come to the article; everything else is there at once.
        """

    async def forget(
        self, *, before: datetime | None = None, most_bytes: int | None = None, limit: int = 500
    ) -> int:
        """Remove some articles that have not changed since a time, or are too much; return how
        many. 0: there are no more of them.

        The oldest first. What is delivered again after that gets its first answer and stays
        removed; a page that is fetched anew is a new article. Cursors hold.
        """

    async def forget_answers(self, before: datetime) -> int:
        """Forget some answers of removed articles that were stored before a time; return how many.

        0: there are no more. What is delivered again or recovered after that is a new article.
        """

    async def forget_names(self, after: str = "") -> tuple[int, str | None]:
        """Forget names of those whom no article names any more; return how many, and where to go
        on, None at the end."""

    async def size(self) -> int:
        """Return how much is kept, in bytes: what `most_bytes` is held against."""

    async def index(self, limit: int = 1_000) -> int:
        """Index some of what was saved without; return how many. 0: nothing waits any more.

        An article that cannot be indexed is left waiting, and holds up no other.
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

    async def standing(self) -> str | None:
        """Return a word that is another one whenever what can be found has changed.

        None while something that was saved is still to be indexed. It costs next to nothing.
        """

    async def place_before(self, moment: datetime) -> int:
        """Return a place in the log before which everything was stored before a moment.

        Not far before it, so that it is a good place to begin for who wants what came since.
        """

    async def called(self, entity_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return by which folded names articles know entities, in all languages; others are left
        out."""

    async def places(self, events: Sequence[ArticleEnriched | ArticleStored]) -> list[int | None]:
        """Return where the version that each event became is in the log; None: not saved yet."""

    async def saved(self, fetches: Collection[str]) -> dict[str, str]:
        """Return which of these fetches (`identity.fetch_id`) are saved, and in which article."""

    async def remembers_since(self) -> datetime | None:
        """Return since when it is known what was removed; None: nothing was.

        What was fetched before is older than all that was removed, or forgotten since then.
        """

    async def histories(self, article_ids: Collection[str]) -> dict[str, list[Record]]:
        """Return all versions of several articles, oldest first; unknown ones are left out."""

    def walk(
        self, *, source: str, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[list[Record]]:
        """Return a source's versions whose pages were fetched since (and before) a time.

        In pages that hold all of an article's versions in that time, oldest first.
        """

    async def facets(
        self,
        by: Literal["source", "language", "entity"],
        limit: int = 50,
        query: Query | None = None,
    ) -> list[Facet]:
        """Return the most frequent values among current versions, or those that match a query.

        The query's `limit` and `cursor` mean nothing here, nor in what follows.
        """

    async def count(self, query: Query | None = None) -> int:
        """Return the number of articles, or of those that match."""

    async def timeline(self, query: Query, by: Step = "day") -> list[Period]:
        """Return how many matching articles each day, week or month has, in order.

        From the first to the last that has any, with those that have none between them; at most
        `MOST_PERIODS`, the newest.
        """

    async def activity(
        self, since: datetime, until: datetime | None = None, by: Step = "day"
    ) -> dict[str, list[Period]]:
        """Return for each source how many articles each period has; those without are left out."""

    async def entity(self, entity_id: str) -> Profile | None:
        """Return what is known of an entity; None for one that no current version names."""

    async def companions(self, entity_id: str, limit: int = 20) -> list[Named]:
        """Return who and what stands most often in the same articles.

        Of the newest `NEWEST` articles that name the entity.
        """

    async def entities(
        self,
        limit: int = 50,
        *,
        types: Collection[str] = (),
        name: str | None = None,
        query: Query | None = None,
    ) -> list[Named]:
        """Return the entities that most articles name, of some types, among those that match.

        By name: those that any article calls so, in any spelling that folds to the same.
        """

    async def close(self) -> None:
        """Release the connections."""
