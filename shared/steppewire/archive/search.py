"""Full-text search in the two databases: the same words, the same answers.

What is a word, and which words are the same, was settled before by `folding`; the databases only
keep sets of terms. SQLite does it in an FTS5 table, PostgreSQL in a tsvector with a GIN index;
neither parses or stems anything. Terms hold nothing but letters and digits, so that none can
break out of a query.

Of a text its words are kept, without their stems: half as many terms, of which each costs the
database the same. Which words have which stem is kept once for all texts (`search_words`), and a
query asks for that first (`look_up`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import bulk
from steppewire.archive.folding import Sought, Wanted, sought
from steppewire.archive.lexicon import Lexicon, stems
from steppewire.archive.tables import search_words

Stem = tuple[str, str]
"""A stem, and a word that has it."""


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


async def look_up(connection: AsyncConnection, words: Sequence[Wanted]) -> tuple[Sought, ...]:
    """Return what to look for: the words of a query with all words that share a stem with them."""
    asked = sorted({term for word in words for term in word.terms | word.exact})
    family: dict[str, list[str]] = defaultdict(list)
    if asked:
        known = select(search_words).where(search_words.c.stem.in_(asked))
        for stem, word in await connection.execute(known):
            family[stem].append(word)
    return tuple(sought(word, family) for word in words)


async def note(connection: AsyncConnection, lexicon: Lexicon) -> frozenset[str]:
    """Note the stems of words that a writer has met and that may not be noted yet.

    Return the words: once that is committed, the lexicon is to be told.
    """
    words = lexicon.unsure()
    found = stems(words)
    if found:
        await connection.execute(*NOTE_STEMS[connection.dialect.name](found))
    return words


def _note_rows(found: Sequence[Stem]) -> tuple[TextClause, Any]:
    statement = "INSERT INTO search_words (stem, word) VALUES (:stem, :word) ON CONFLICT DO NOTHING"
    return text(statement), [{"stem": stem, "word": word} for stem, word in found]


def _note_arrays(found: Sequence[Stem]) -> tuple[TextClause, Any]:
    statement = (
        "INSERT INTO search_words (stem, word) "
        "SELECT * FROM unnest(CAST(:stems AS text[]), CAST(:words AS text[])) "
        "ON CONFLICT DO NOTHING"
    )
    return text(statement), {"stems": [s for s, _ in found], "words": [w for _, w in found]}


NOTE_STEMS = {"sqlite": _note_rows, "postgresql": _note_arrays}
"""How stems are noted in each database."""


async def put(connection: AsyncConnection, terms: Sequence[dict[str, Any]]) -> None:
    """Index articles, also again: `{"article": id, "terms": words by spaces}`."""
    if not terms:
        return
    if connection.dialect.name != "postgresql":
        statement, parameters = SEARCHES[connection.dialect.name].put(terms)
        await connection.execute(text(statement), parameters)
        return
    # also of articles that are new here: a rebuilt index has those, too, that wait to be indexed
    articles = [row["article"] for row in terms]
    await bulk.remove(connection, "article_search", articles)
    rows = [(_number(row["article"]), _vector(row["terms"])) for row in terms]
    await bulk.add_encoded(connection, "article_search", ("article", "terms"), rows)


def _number(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _vector(terms: str) -> bytes:
    """Return different terms, by spaces, as PostgreSQL receives a tsvector (`tsvectorrecv`).

    Their number in four bytes; each term with a zero byte, and two that say it has no positions.
    The server sorts them. From a list of words it would first make one of single texts.
    """
    if not terms:
        return bytes(4)
    count = terms.count(" ") + 1
    return count.to_bytes(4, "big") + terms.encode().replace(b" ", b"\0\0\0") + b"\0\0\0"
