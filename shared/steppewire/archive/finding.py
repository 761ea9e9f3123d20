"""Finding: the articles that match a query, a page at a time, with what to show of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import cursors
from steppewire.archive.conditions import after, conditions, relevance
from steppewire.archive.folding import Wanted
from steppewire.archive.promise import Found, Query, Record
from steppewire.archive.search import look_up
from steppewire.archive.selecting import others, records
from steppewire.archive.snippets import marked, snippet
from steppewire.archive.tables import articles

_NEWEST_FIRST = (articles.c.sort_at.desc(), articles.c.id.desc())


async def find(connection: AsyncConnection, query: Query, words: Sequence[Wanted]) -> Found:
    """Return a page of the current versions that match; `words` are those of the query's text.

    Raises ValueError for a bad cursor.
    """
    dialect = connection.dialect.name
    ranked = query.order == "relevance" and bool(words)
    sought = await look_up(connection, words)
    score = relevance(sought, dialect) if ranked else None
    asked = conditions(query, sought, dialect)
    if query.cursor is not None:
        asked.append(after(query.cursor, score))
    # sorted without their documents: a frequent word matches thousands
    ordered = _NEWEST_FIRST if score is None else (score.desc(), *_NEWEST_FIRST)
    place = literal(None) if score is None else score
    chosen = select(articles.c.id, place.label("score")).where(*asked).order_by(*ordered)
    page_of = chosen.limit(query.limit + 1).subquery()
    statement = records().join(page_of, page_of.c.id == articles.c.id)
    found = await _in_order(connection, statement.add_columns(page_of.c.score), ranked)
    page = found[: query.limit]
    same = await others(connection, page)
    items = tuple(_with_snippet(same.record(row), words) for row in page)
    return Found(items=items, next=_next(page) if len(found) > query.limit else None)


async def _in_order(
    connection: AsyncConnection, statement: Select[*tuple[Any, ...]], ranked: bool
) -> Sequence[Any]:
    first = (text("score DESC"),) if ranked else ()
    return (await connection.execute(statement.order_by(*first, *_NEWEST_FIRST))).all()


def _with_snippet(record: Record, words: Sequence[Wanted]) -> Record:
    if not words:
        return record
    article = record.article
    texts = (article.text, article.lead or "", article.title)
    shown = {"snippet": snippet(texts, words), "title_marked": marked(article.title, words)}
    return record.model_copy(update=shown)


def _next(page: Sequence[Any]) -> str:
    last = page[-1]
    return cursors.encode(cursors.Position(last.sort_at, last.id, last.score))
