"""What is counted over many articles: who is named, with whom, when; and how sources publish."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, type_coerce
from sqlalchemy import Date as SqlDate
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import rows
from steppewire.archive.conditions import matching
from steppewire.archive.folding import name_key
from steppewire.archive.promise import (
    MOST_PERIODS,
    NEWEST,
    Facet,
    Named,
    Period,
    Profile,
    Query,
    Seen,
    Step,
)
from steppewire.archive.tables import articles, entities, entity_names, versions
from steppewire.corrections import corrections

_ARTICLES = func.count(entities.c.article.distinct())
_AT_ONCE = 500
"""Ids in one statement."""
_MOST_NAMES = 50
"""Names as seen that a profile lists."""


# ── facets ───────────────────────────────────────────────────────────────────────────────────


def counted(value: ColumnElement[str], limit: int, within: Select[int] | None) -> Select[str, int]:
    """Select the most frequent values of a column of `articles`."""
    count = func.count()
    found = select(value, count).group_by(value).order_by(count.desc(), value).limit(limit)
    return found if within is None else found.where(articles.c.id.in_(within))


def counted_entities(limit: int, within: Select[int] | None) -> Select[Any]:
    """Count articles by name; names that fold to the same are one, shown as one of them."""
    keys = select(entities.c.key, _ARTICLES).where(entities.c.is_name == 1)
    if within is not None:
        keys = keys.where(entities.c.article.in_(within))
    top = keys.group_by(entities.c.key).order_by(_ARTICLES.desc(), entities.c.key).limit(limit)
    found = top.subquery()
    # the name is looked up for the few that are shown, not for all that are counted
    same = (entities.c.key == found.c.key) & (entities.c.is_name == 1)
    name = select(func.max(entities.c.name)).where(same).scalar_subquery()
    id_ = select(func.max(entities.c.entity_id)).where(same).scalar_subquery()
    return select(name, found.c[1], id_).order_by(found.c[1].desc(), found.c.key)


async def facets(
    connection: AsyncConnection, by: str, limit: int, query: Query | None
) -> list[Facet]:
    """Return the most frequent values; see `Archive.facets`."""
    within = None if query is None else await matching(connection, query)
    if by == "entity":
        found = await connection.execute(counted_entities(limit, within))
        return [Facet(value=value, count=count, id=id_) for value, count, id_ in found]
    found = await connection.execute(counted(articles.c[by], limit, within))
    return [Facet(value=value, count=count) for value, count in found]


async def called(
    connection: AsyncConnection, entity_ids: Collection[str]
) -> dict[str, frozenset[str]]:
    """Return the folded names of entities; see `Archive.called`."""
    found: dict[str, set[str]] = defaultdict(set)
    ordered = sorted(entity_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        named = select(entity_names.c.entity_id, entity_names.c.key)
        for id_, key in await connection.execute(named.where(entity_names.c.entity_id.in_(some))):
            found[id_].add(key)
    return {id_: frozenset(keys) for id_, keys in found.items()}


# ── time ─────────────────────────────────────────────────────────────────────────────────────


def start_of(day: date, step: Step) -> date:
    """Return the first day of the period that a day is in."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def following(start: date, step: Step) -> date:
    """Return the first day of the next period."""
    if step == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if step == "week" else 1)


def periods(days: Iterable[tuple[date, int]], step: Step) -> list[Period]:
    """Return a count for each period from the first to the last, the newest of them at most."""
    counts: Counter[date] = Counter()
    for day, count in days:
        counts[start_of(day, step)] += count
    return [Period(start=start, count=counts[start]) for start in _line(counts, step)]


def _line(counts: Counter[date], step: Step) -> Iterator[date]:
    if not counts:
        return
    longest = {"day": 1, "week": 7, "month": 30}[step] * (MOST_PERIODS - 1)
    last = max(counts)
    # a page may claim any year: nobody is shown three hundred thousand empty days
    start = max(min(counts), date.min if last.toordinal() <= longest else last - timedelta(longest))
    start = start_of(start, step)
    while start <= last:
        yield start
        if start == last:
            return
        start = following(start, step)


def _day(dialect: str) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return func.substr(type_coerce(articles.c.sort_at, String), 1, 10)
    return cast(func.timezone("UTC", articles.c.sort_at), SqlDate)


async def timeline(connection: AsyncConnection, query: Query, step: Step) -> list[Period]:
    """Return matching articles over time; see `Archive.timeline`."""
    day = _day(connection.dialect.name).label("day")
    within = await matching(connection, query)
    counted_days = select(day, func.count()).where(articles.c.id.in_(within))
    found = await connection.execute(counted_days.group_by(day))
    return periods(((_date(value), count) for value, count in found), step)


async def activity(
    connection: AsyncConnection, since: datetime, until: datetime | None, step: Step
) -> dict[str, list[Period]]:
    """Return the articles of each source over time; see `Archive.activity`."""
    day = _day(connection.dialect.name).label("day")
    found = select(articles.c.source, day, func.count()).where(articles.c.sort_at >= since)
    if until is not None:
        found = found.where(articles.c.sort_at <= until)
    days: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for source, value, count in await connection.execute(found.group_by(articles.c.source, day)):
        days[source].append((_date(value), count))
    return {source: periods(counts, step) for source, counts in sorted(days.items())}


def _date(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


# ── entities ─────────────────────────────────────────────────────────────────────────────────


async def entity(connection: AsyncConnection, entity_id: str) -> Profile | None:
    """Return what is known of an entity; see `Archive.entity`."""
    ids = corrections().all(entity_id)
    own = _own(ids)
    types = await _types(connection, own)
    if not types:
        return None
    sums = (
        select(_ARTICLES, func.sum(entities.c.mentions), func.min(articles.c.sort_at),
               func.max(articles.c.sort_at))
        .select_from(entities.join(articles, articles.c.id == entities.c.article))
        .where(*own)
    )  # fmt: skip
    total, mentions, first_at, last_at = (await connection.execute(sums)).one()
    return Profile(
        id=ids[0],
        ids=ids,
        type=next(iter(types)),
        types=types,
        names=await _known_names(connection, own, ids),
        seen=await _seen(connection, own),
        articles=total,
        mentions=mentions,
        first_at=first_at,
        last_at=last_at,
    )


def _own(ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    said = [rows.plain(id_) for id_ in ids]
    return (entities.c.entity_id.in_(said), entities.c.is_name == 1)


async def _types(connection: AsyncConnection, own: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    found = select(entities.c.type, _ARTICLES).where(*own).group_by(entities.c.type)
    ordered = found.order_by(_ARTICLES.desc(), entities.c.type)
    return {str(type_): count for type_, count in await connection.execute(ordered)}


async def _seen(
    connection: AsyncConnection, own: Sequence[ColumnElement[bool]]
) -> tuple[Seen, ...]:
    found = (
        select(articles.c.language, entities.c.name, _ARTICLES)
        .select_from(entities.join(articles, articles.c.id == entities.c.article))
        .where(*own)
        .group_by(articles.c.language, entities.c.name)
        .order_by(_ARTICLES.desc(), articles.c.language, entities.c.name)
        .limit(_MOST_NAMES)
    )
    rows_ = await connection.execute(found)
    return tuple(Seen(language=tag, name=name, articles=count) for tag, name, count in rows_)


async def _known_names(
    connection: AsyncConnection, own: Sequence[ColumnElement[bool]], ids: Collection[str]
) -> dict[str, str]:
    """Return the names in all languages, as the newest article's enricher knew them."""
    newest = (
        select(versions.c.document)
        .select_from(entities.join(articles, articles.c.id == entities.c.article))
        .join(versions, (versions.c.article == articles.c.id)
              & (versions.c.number == articles.c.version))
        .where(*own)
        .order_by(articles.c.sort_at.desc(), articles.c.id.desc())
        .limit(1)
    )  # fmt: skip
    document = (await connection.execute(newest)).scalar_one()
    named = rows.Document.model_validate_json(document).enrichment.entities
    found = next((dict(one.names) for one in named if one.id in ids), {})
    return found | {name: value for id_ in ids for name, value in _corrected(id_).items()}


def _corrected(entity_id: str) -> dict[str, str]:
    return {
        language: str(name) for language, name in corrections().names.get(entity_id, {}).items()
    }


async def companions(connection: AsyncConnection, entity_id: str, limit: int) -> list[Named]:
    """Return who stands in the same articles; see `Archive.companions`."""
    ids = corrections().all(entity_id)
    newest = (
        select(articles.c.id)
        .where(articles.c.id.in_(select(entities.c.article).where(*_own(ids))))
        .order_by(articles.c.sort_at.desc(), articles.c.id.desc())
        .limit(NEWEST)
    )
    others = entities.c.entity_id.not_in([rows.plain(id_) for id_ in ids])
    return await _named(connection, limit, (others, entities.c.article.in_(newest)))


async def named(
    connection: AsyncConnection,
    limit: int,
    types: Collection[str],
    name: str | None,
    query: Query | None,
) -> list[Named]:
    """Return the entities that most articles name; see `Archive.entities`."""
    asked: list[ColumnElement[bool]] = []
    if types:
        asked.append(entities.c.type.in_(sorted(types)))
    if name is not None:
        called = entities.alias()
        by_name = select(called.c.entity_id).where(called.c.key == name_key(name))
        known = select(entity_names.c.entity_id).where(entity_names.c.key == name_key(name))
        asked.append(entities.c.entity_id.in_(by_name) | entities.c.entity_id.in_(known))
    if query is not None:
        asked.append(entities.c.article.in_(await matching(connection, query)))
    return await _named(connection, limit, asked)


async def _named(
    connection: AsyncConnection, limit: int, asked: Sequence[ColumnElement[bool]]
) -> list[Named]:
    """Count by id; then look up, for the few that are shown, what they are mostly called."""
    conditions = (*asked, entities.c.is_name == 1, entities.c.entity_id.is_not(None))
    counted_ids = select(entities.c.entity_id, _ARTICLES).where(*conditions)
    grouped = counted_ids.group_by(entities.c.entity_id)
    top = await connection.execute(
        grouped.order_by(_ARTICLES.desc(), entities.c.entity_id).limit(limit)
    )
    counts = {str(id_): count for id_, count in top}
    called = (
        select(entities.c.entity_id, entities.c.type, entities.c.name, _ARTICLES)
        .where(*conditions, entities.c.entity_id.in_(list(counts)))
        .group_by(entities.c.entity_id, entities.c.type, entities.c.name)
        .order_by(_ARTICLES, entities.c.name.desc())
    )
    # the last one, which most articles use, stays
    said = {row[0]: (row[1], row[2]) for row in await connection.execute(called)}
    return [
        Named(id=id_, type=said[id_][0], name=said[id_][1], articles=count)
        for id_, count in counts.items()
    ]
