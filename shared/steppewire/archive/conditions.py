"""What a query asks for, as conditions on the rows of articles."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    false,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import cursors, rows, search
from steppewire.archive.folding import Sought, Wanted, name_key, wanted
from steppewire.archive.promise import Query
from steppewire.archive.tables import articles, entities, entity_names, near_copies
from steppewire.corrections import corrections


def asks_for_no_word(query: Query, words: Sequence[Wanted]) -> bool:
    """Tell whether a query has text, but no word in it: it finds nothing."""
    return not words and bool((query.text or "").strip())


async def matching(connection: AsyncConnection, query: Query) -> Select[int]:
    """Select the numbers of all articles that match, whatever the cursor."""
    words = wanted(query.text or "")
    asked = await search.look_up(connection, words)
    found = select(articles.c.id).where(*conditions(query, asked, connection.dialect.name))
    return found.where(false()) if asks_for_no_word(query, words) else found


def conditions(query: Query, words: Sequence[Sought], dialect: str) -> list[ColumnElement[bool]]:
    """Return what must hold of a row of `articles`; the cursor comes on top."""
    found = _of_article(query, words, dialect, articles)
    if query.collapse:
        found.append(_first_of_group(query, words, dialect))
    return found


def after(cursor: str, score: ColumnElement[int] | None) -> ColumnElement[bool]:
    """Return the condition of what comes after a page. Raises ValueError for a bad cursor."""
    position = cursors.decode(cursor, scored=score is not None)
    if score is None:
        place = tuple_(articles.c.sort_at, articles.c.id)
        return place < tuple_(position.sort_at, position.id)
    place = tuple_(score, articles.c.sort_at, articles.c.id)
    return place < tuple_(literal(position.score), position.sort_at, position.id)


IN_TITLE, OFTEN_IN_TEXT, AS_TYPED = 4, 2, 1
RANKED_WORDS = 8
"""Words of a query by which articles are ranked; all must occur, however many."""


def relevance(words: Sequence[Sought], dialect: str) -> ColumnElement[int]:
    """Return how much an article is about the words.

    It depends on nothing but the article, so that a cursor holds while others arrive.
    """
    score: ColumnElement[int] = literal(0)
    for word in words[:RANKED_WORDS]:
        worth = (
            (word.in_title, IN_TITLE),
            (word.often, OFTEN_IN_TEXT),
            (word.as_typed, AS_TYPED),
        )
        for one, points in worth:
            found = articles.c.id.in_(search.SEARCHES[dialect].matching((one,)))
            score = score + case((found, points), else_=0)
    return score


def _of_article(
    query: Query, words: Sequence[Sought], dialect: str, article: FromClause
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.language:
        found.append(or_(*(_speaks(article, tag) for tag in query.language)))
    if query.source:
        found.append(article.c.source.in_([rows.plain(name) for name in query.source]))
    if query.entity is not None:
        found.append(article.c.id.in_(naming(query.entity)))
    if query.since is not None:
        found.append(article.c.sort_at >= query.since)
    if query.until is not None:
        found.append(article.c.sort_at <= query.until)
    if query.group is not None:
        group = near_copies.c.grp == rows.plain(query.group)
        found.append(article.c.id.in_(select(near_copies.c.article).where(group)))
    if words:
        anywhere = [word.anywhere for word in words]
        found.append(article.c.id.in_(search.SEARCHES[dialect].matching(anywhere)))
    return found


def _first_of_group(query: Query, words: Sequence[Sought], dialect: str) -> ColumnElement[bool]:
    """No other one of the group that matches was published earlier."""
    own, other, earlier = near_copies.alias(), near_copies.alias(), articles.alias()
    place = tuple_(earlier.c.sort_at, earlier.c.id)
    together = (
        select(other.c.article)
        .select_from(own)
        .join(other, and_(other.c.grp == own.c.grp, other.c.article != own.c.article))
        .join(earlier, earlier.c.id == other.c.article)
        .where(own.c.article == articles.c.id)
        .where(place < tuple_(articles.c.sort_at, articles.c.id))
        .where(*_of_article(query, words, dialect, earlier))
        .correlate(articles)
    )
    return ~together.exists()


def naming(entity: str) -> Select[int]:
    """Select the numbers of the articles that name an entity, given by its id or a name."""
    # what was saved before two ids were told to be one is found under both
    ids = [rows.plain(id_) for id_ in corrections().all(entity)]
    by_id = select(entities.c.article).where(entities.c.entity_id.in_(ids))
    key = name_key(entity)
    by_name = select(entities.c.article).where(entities.c.key == key)
    # in whatever language: the article may call it otherwise
    so_called = select(entity_names.c.entity_id).where(entity_names.c.key == key)
    by_names = select(entities.c.article).where(entities.c.entity_id.in_(so_called))
    either = by_id.union(by_name, by_names).subquery()
    return select(either.c.article)


def _speaks(article: FromClause, tag: str) -> ColumnElement[bool]:
    # BCP 47 tags are at most 35 characters long; a LIKE of SQLite's has an end, too
    tag = rows.plain("-".join(_subtag(i, part) for i, part in enumerate(tag[:40].split("-"))))
    language = article.c.language
    return or_(language == tag, language.startswith(f"{tag}-", autoescape=True))


def _subtag(place: int, part: str) -> str:
    """BCP 47, section 2.1.1: `kk-cyrl-kz` is written `kk-Cyrl-KZ`."""
    if place == 0:
        return part.lower()
    return part.title() if len(part) == 4 else part.upper()
