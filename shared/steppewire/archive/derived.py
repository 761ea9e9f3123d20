"""What is told of the stored documents and can be told again: for migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from steppewire.archive import rows
from steppewire.archive.kin import Arrived, Kin
from steppewire.archive.tables import articles, entities, versions

_AT_ONCE = 500


def documents(connection: Connection) -> Iterator[Sequence[Any]]:
    """Yield the current documents in pages, with each article's `id` and `article_id`."""
    current = (versions.c.article == articles.c.id) & (versions.c.number == articles.c.version)
    last = 0
    while True:
        page = (
            select(articles.c.id, articles.c.article_id, versions.c.document)
            .join(versions, current)
            .where(articles.c.id > last)
            .order_by(articles.c.id)
            .limit(_AT_ONCE)
        )
        found = connection.execute(page).all()
        if not found:
            return
        yield found
        last = found[-1].id


def tell_groups(connection: Connection) -> None:
    """Tell the groups of near copies of all articles, in the order in which they arrived."""
    kin = Kin()
    for page in documents(connection):
        read = [(row, rows.Document.model_validate_json(row.document)) for row in page]
        kin.tell(
            connection,
            [Arrived(row.id, row.article_id, kept.enrichment.sketch) for row, kept in read],
        )


_COUNTED = (
    update(entities)
    .where(entities.c.article == bindparam("of"), entities.c.entity_id == bindparam("who"))
    .values(mentions=bindparam("times"))
)


def count_mentions(connection: Connection) -> None:
    """Count how often each article names each of its entities."""
    for page in documents(connection):
        counted = [
            {"of": row.id, "who": rows.plain(one.id)[:500], "times": len(one.mentions)}
            for row in page
            for one in rows.Document.model_validate_json(row.document).enrichment.entities
            if one.id and one.type in rows.NAMED
        ]
        if counted:
            connection.execute(_COUNTED, counted)
