"""What is remembered beside articles, and for how long: answers of removed ones, and names.

Both would only grow. Whoever removes articles removes these, too, in small pieces.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive.tables import entities, entity_names, removed

AT_ONCE = 1_000
"""Answers, or ids whose names are looked at, in one transaction."""


async def answers(connection: AsyncConnection, before: datetime) -> int:
    """Forget some answers to events of removed articles that were stored before a time.

    Returns how many; 0: there are none.
    """
    old = select(removed.c.mark).where(removed.c.stored_at < before).limit(AT_ONCE)
    gone = await connection.execute(delete(removed).where(removed.c.mark.in_(old)))
    return gone.rowcount


async def names(connection: AsyncConnection, after: str) -> tuple[int, str | None]:
    """Forget the names of those whom no article names any more, of some ids after one.

    Returns how many names, and the id to go on after; None at the end. No query misses them, for
    they led to no article. Who is named again in this very moment may lose a name until the next
    article that names him.
    """
    ids = select(entity_names.c.entity_id).where(entity_names.c.entity_id > after).distinct()
    some = (await connection.execute(ids.order_by("entity_id").limit(AT_ONCE))).scalars().all()
    if not some:
        return 0, None
    named = select(entities.c.entity_id).where(entities.c.entity_id.in_(some)).distinct()
    known = set((await connection.execute(named)).scalars())
    orphans = [id_ for id_ in some if id_ not in known]
    if not orphans:
        return 0, some[-1]
    gone = await connection.execute(
        delete(entity_names).where(entity_names.c.entity_id.in_(orphans))
    )
    return gone.rowcount, some[-1]
