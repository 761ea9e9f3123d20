"""The recipe: a batch of enriched articles into the database.

1. save them in one transaction; the archive sees to "twice, once" and to versions
2. tell of each: created, updated, unchanged
3. a database that is away, or lets us in no more, is waited for, however long: that is no
   fault of the articles
"""

from __future__ import annotations

from collections.abc import Sequence

from steppewire.archive import Archive
from steppewire.errors import ArchiveUnreachable, Retry, SettingError
from steppewire.events import ArticleEnriched, ArticleStored

PATIENCE = 2.0
"""Seconds until a database that was away is tried again."""


async def save(
    events: Sequence[ArticleEnriched], *, archive: Archive
) -> Sequence[ArticleStored | Retry]:
    """Store a batch; return one answer for each event, in order."""
    try:
        return await archive.save(events)
    except (ArchiveUnreachable, SettingError) as error:
        later = Retry("database-away", str(error), after=PATIENCE, counted=False)
        return [later for _ in events]
