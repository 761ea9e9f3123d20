"""Full-text search in the two databases: the same words, the same answers.

What is a word, and which words are the same, was settled before by `folding`; the databases only
keep sets of terms. SQLite does it in an FTS5 table, PostgreSQL in a tsvector with a GIN index;
neither parses or stems anything. Terms hold nothing but letters and digits, so that none can
break out of a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive.folding import Wanted


class Search(Protocol):
    """The search index of one kind of database."""

    ddl: tuple[str, ...]
    """Creates the empty index."""

    def put(self, terms: Sequence[dict[str, Any]]) -> tuple[str, Any]:
        """Return the statement that adds or replaces the terms of articles, and its parameters."""

    def matching(self, query: Sequence[Wanted]) -> TextClause:
        """Select the articles that have every word of `query`."""


class SqliteSearch:
    """An FTS5 table.

    Tokenizer `ascii` splits at the spaces between our terms and leaves every other letter alone.
    There are no phrases to look for, so positions and sizes are left out (`detail`, `columnsize`).
    It keeps its own copy of the terms: a change of the folding cannot corrupt what is indexed.
    """

    ddl: tuple[str, ...] = (
        "CREATE VIRTUAL TABLE article_search USING fts5("
        "terms, tokenize='ascii', detail='none', columnsize=0)",
    )
    _put = "INSERT OR REPLACE INTO article_search (rowid, terms) VALUES (:article, :terms)"

    def put(self, terms: Sequence[dict[str, Any]]) -> tuple[str, Any]:
        """One statement, many values."""
        return self._put, list(terms)

    def matching(self, query: Sequence[Wanted]) -> TextClause:
        """FTS5: `("тест" OR "тес"*) AND (…)`."""
        found = text("SELECT rowid FROM article_search WHERE article_search MATCH :words")
        words = " AND ".join(f"({' OR '.join(_fts5(word))})" for word in query)
        return found.bindparams(bindparam("words", words, unique=True))


def _fts5(word: Wanted) -> Iterable[str]:
    yield from (f'"{term}"' for term in sorted(word.terms))
    yield from (f'"{prefix}"*' for prefix in sorted(word.prefixes))


class PostgresSearch:
    """A tsvector of bare terms, made by a cast: no text search configuration is involved."""

    ddl: tuple[str, ...] = (
        "CREATE TABLE article_search ("
        "article BIGINT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, "
        "terms tsvector NOT NULL)",
        # 0007 takes the limit away: since then whoever writes says it
        "CREATE INDEX ix_article_search_terms ON article_search USING gin (terms) "
        "WITH (gin_pending_list_limit = 512)",
    )
    _put_many = (
        "INSERT INTO article_search (article, terms) "
        "SELECT article, array_to_tsvector(string_to_array(terms, ' ')) "
        "FROM unnest(CAST(:articles AS bigint[]), CAST(:terms AS text[])) AS new (article, terms) "
        "ON CONFLICT (article) DO UPDATE SET terms = excluded.terms"
    )

    def put(self, terms: Sequence[dict[str, Any]]) -> tuple[str, Any]:
        """One statement with two arrays."""
        numbers, words = [row["article"] for row in terms], [row["terms"] for row in terms]
        return self._put_many, {"articles": numbers, "terms": words}

    def matching(self, query: Sequence[Wanted]) -> TextClause:
        """PostgreSQL: `('тест' | 'тес':*) & (…)`."""
        found = text("SELECT article FROM article_search WHERE terms @@ CAST(:words AS tsquery)")
        words = " & ".join(f"({' | '.join(_tsquery(word))})" for word in query)
        return found.bindparams(bindparam("words", words, unique=True))


def _tsquery(word: Wanted) -> Iterable[str]:
    yield from (f"'{term}'" for term in sorted(word.terms))
    yield from (f"'{prefix}':*" for prefix in sorted(word.prefixes))


SEARCHES: dict[str, Search] = {"sqlite": SqliteSearch(), "postgresql": PostgresSearch()}


async def put(connection: AsyncConnection, terms: Sequence[dict[str, Any]]) -> None:
    """Index articles: `{"article": id, "terms": index_terms(…)}`."""
    if terms:
        statement, parameters = SEARCHES[connection.dialect.name].put(terms)
        await connection.execute(text(statement), parameters)
