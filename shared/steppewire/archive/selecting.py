"""Records as statements give them: with the articles that say the same beside each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import rows
from steppewire.archive.promise import Record
from steppewire.archive.tables import articles, near_copies, versions

MOST_COPIES = 100
"""Ids of copies, and of other reports, that a record lists."""


def records(version: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """Select records, by default of current versions."""
    current = versions.c.number == articles.c.version
    joined = articles.join(versions, versions.c.article == articles.c.id).outerjoin(
        near_copies, near_copies.c.article == articles.c.id
    )
    return (
        select(
            articles.c.id,
            articles.c.article_id,
            articles.c.sort_at,
            articles.c.text_hash,
            articles.c.first_stored_at,
            near_copies.c.grp,
            versions.c.number,
            versions.c.stored_at,
            versions.c.document,
        )
        .select_from(joined)
        .where(current if version is None else version)
    )


def fetched(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    """Return the conditions of versions that were fetched from a moment on, and before another."""
    conditions = []
    if since is not None:
        conditions.append(versions.c.fetched_at >= since)
    if until is not None:
        conditions.append(versions.c.fetched_at < until)
    return conditions


class Others:
    """Which articles say the same as those of a page: word for word, and nearly."""

    def __init__(self, copies: dict[str, list[str]], reports: dict[str, list[str]]) -> None:
        self._copies, self._reports = copies, reports

    def record(self, row: Any) -> Record:
        """Return the record of a row of `records`, which names the others."""
        copies = _but(self._copies.get(row.text_hash, ()), row.article_id)
        return rows.record(row, copies, _but(self._reports.get(row.grp, ()), row.article_id))


def _but(ids: Iterable[str], own: str) -> list[str]:
    return [id_ for id_ in ids if id_ != own][:MOST_COPIES]


async def others(connection: AsyncConnection, page: Sequence[Any]) -> Others:
    """Look up the others of some rows of `records`."""
    hashes = sorted({row.text_hash for row in page if row.text_hash is not None})
    groups = sorted({row.grp for row in page if row.grp is not None})
    copies = (
        select(articles.c.text_hash, articles.c.article_id)
        .where(articles.c.text_hash.in_(hashes))
        .order_by(articles.c.id)
    )
    reports = (
        select(near_copies.c.grp, articles.c.article_id)
        .join_from(near_copies, articles, near_copies.c.article == articles.c.id)
        .where(near_copies.c.grp.in_(groups))
        .order_by(near_copies.c.number)
    )
    return Others(
        await _listed(connection, copies, len(hashes)),
        await _listed(connection, reports, len(groups)),
    )


async def _listed(
    connection: AsyncConnection, found: Select[*tuple[Any, ...]], wanted: int
) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = defaultdict(list)
    if wanted:
        # one too many, for the article itself
        bounded = found.limit((MOST_COPIES + 1) * wanted)
        for same, article_id in await connection.execute(bounded):
            listed[same].append(article_id)
    return listed
