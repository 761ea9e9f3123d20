"""The tables. Alembic revisions of the store service create them; a test compares the two.

::

    articles   one row an article: what its current version is filtered and sorted by
      └ versions   one row a version: the whole record as JSON, never changed in its content
      └ log        one row a version: its place in the order in which versions became visible
      └ receipts   one row a saved event: the answer that was given, for when it comes again
      └ entities   who and what the current version names, under folded names
      │   entity_names   whose the names are, in all languages; of nobody's article
      └ near_copies   which group of nearly the same texts it belongs to
      │   removed   answers of articles that were removed; of nobody's article
      └ to_index   whether its words, entities and group are still to be written
      └ article_search   the words of the current version; differs by database, see `search`
      │   search_words   which words have which stem; of nobody's article
    webhooks   who is told of what is stored, and how they fare

In SQLite the references to `articles` are checked. In PostgreSQL nothing checks them, which would
cost more than the rows themselves: writers hold the article's row, and a trigger removes what
belongs to a removed article (migration 0010).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

REVISION = "0011"
"""The schema this code reads and writes: the newest Alembic revision."""

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; the ends of the calendar, which a page may well claim, move a day."""
    if moment.year in (1, 9999):
        return EARLIEST if moment.year == 1 else LATEST
    return moment.astimezone(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment, to the microsecond: `timestamptz`; in SQLite, UTC text that sorts as time does."""

    impl = String(26)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose the column type."""
        return dialect.type_descriptor(
            String(26) if dialect.name == "sqlite" else DateTime(timezone=True)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Give the database UTC."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return utc(value)
        return utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return utc(value)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)


# SQLite numbers rows by itself only when the type is exactly INTEGER
Id = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _article() -> Column[int]:
    return Column("article", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False)


articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("article_id", String(64), nullable=False, unique=True),
    # number of the current version
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", Moment),
    Column("first_stored_at", Moment, nullable=False),
    # the place in "newest first"
    Column("sort_at", Moment, nullable=False),
    # NULL when there is no text: a hundred empty pages are not copies of each other
    Column("text_hash", Text),
    Index("ix_articles_sort", "sort_at", "id"),
    Index("ix_articles_source_sort", "source", "sort_at", "id"),
    Index("ix_articles_language_sort", "language", "sort_at", "id"),
    Index("ix_articles_text_hash", "text_hash"),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    _article(),
    Column("number", Integer, nullable=False),
    Column("version_id", String(64), nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("stored_at", Moment, nullable=False),
    # what was read out of the page, and by what; see `history.reading`
    Column("reading", String(32), nullable=False),
    # article, enrichment, fetch and extraction, as they came on the event
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("article", "number"),
)

log = Table(
    "log",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=True),
    _article(),
    Column("number", Integer, nullable=False),
    Index("ix_log_version", "article", "number"),
    # a number is never given out twice, not even that of the newest version, deleted
    sqlite_autoincrement=True,
)

receipts = Table(
    "receipts",
    metadata,
    Column("mark", String(32), primary_key=True),
    _article(),
    Column("number", Integer, nullable=False),
    Column("change", String(9), nullable=False),
    # which fetch the event was of; see `identity.fetch_id`. NULL before 0003
    Column("fetch", String(32)),
    Index("ix_receipts_article", "article"),
    Index("ix_receipts_fetch", "fetch"),
    sqlite_with_rowid=False,
)

entities = Table(
    "entities",
    metadata,
    _article(),
    Column("key", Text, nullable=False),
    Column("type", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("entity_id", Text),
    # the key is that of the name itself, not of a surface such as a bare surname
    Column("is_name", Integer, nullable=False),
    # how often the article names the entity, by whichever name
    Column("mentions", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("article", "key", "type"),
    Index("ix_entities_key", "key", "is_name", "article"),
    Index(
        "ix_entities_entity_id",
        "entity_id",
        "article",
        sqlite_where=text("entity_id IS NOT NULL"),
        postgresql_where=text("entity_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

entity_names = Table(
    "entity_names",
    metadata,
    # a name in whatever language, folded; and whose it is
    Column("key", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    PrimaryKeyConstraint("key", "entity_id"),
    # what else somebody is called: asked for each article that arrives
    Index("ix_entity_names_entity_id", "entity_id"),
    sqlite_with_rowid=False,
)

search_words = Table(
    "search_words",
    metadata,
    # folded: a stem, and a word of some text that has it; see `folding.split`
    Column("stem", Text, nullable=False),
    Column("word", Text, nullable=False),
    PrimaryKeyConstraint("stem", "word"),
    sqlite_with_rowid=False,
)

near_copies = Table(
    "near_copies",
    metadata,
    # in the order in which they were told; never used twice, so that "since" can be asked for
    Column("number", Id, primary_key=True, autoincrement=True),
    _article(),
    # the id of the article that began the group
    Column("grp", String(64), nullable=False),
    # as `copies.Sketch.packed` wrote it
    Column("sketch", LargeBinary, nullable=False),
    UniqueConstraint("article"),
    Index("ix_near_copies_grp", "grp", "article"),
    sqlite_autoincrement=True,
)

to_index = Table(
    "to_index",
    metadata,
    Column(
        "article",
        Id,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # never indexed before
    Column("is_new", Integer, nullable=False),
)

removed = Table(
    "removed",
    metadata,
    # the receipts of articles that were removed to make room
    Column("mark", String(32), primary_key=True),
    Column("fetch", String(32)),
    Column("article_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("change", String(9), nullable=False),
    Column("stored_at", Moment, nullable=False),
    Index("ix_removed_fetch", "fetch"),
    Index("ix_removed_stored_at", "stored_at"),
    sqlite_with_rowid=False,
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(40), primary_key=True),
    # where to, what, and the secrets that sign, as JSON; see `steppewire.webhooks.Webhook`
    Column("definition", Text, nullable=False),
    # how it fares, as JSON; see `steppewire.webhooks.State`
    Column("state", Text, nullable=False),
    # messages that it has taken, and when the last one
    Column("taken", BigInteger, nullable=False),
    Column("last_delivered_at", Moment),
    sqlite_with_rowid=False,
)
