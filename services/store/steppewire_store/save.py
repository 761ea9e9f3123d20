"""The recipe: a batch of enriched articles into the database.

1. refuse what no database takes, such as an id of a thousand letters
2. save the others in one transaction; the archive sees to "twice, once" and to versions
3. a full batch is a sign of a rush: its words and entities are indexed beside the next batches
4. tell of each: created, updated, unchanged
5. a database that is away, or lets us in no more, is waited for, however long: that is no
   fault of the articles
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from steppewire.archive import Archive, engines, rows
from steppewire.errors import ArchiveUnreachable, Reject, Retry, SettingError
from steppewire.events import ArticleEnriched, ArticleStored

REST = 0.5
"""Seconds until it is looked again whether anything waits to be indexed."""
PATIENCE = 2.0
"""Seconds until a database that was away is tried again."""


def lanes_of(url: str) -> int:
    """Return how many batches are saved at a time, and how many pieces indexed, in a database.

    While a server works on one, the next is made ready; what SQLite does is done by this process,
    and one at a time. Raises SettingError as `engines.parse` does.
    """
    return 1 if engines.parse(url).get_backend_name() == "sqlite" else 2


async def save(
    events: Sequence[ArticleEnriched], *, archive: Archive, rush: int | None = None
) -> Sequence[ArticleStored | Retry | Reject]:
    """Store a batch, one of `rush` events in a rush; return an answer for each, in order."""
    refused = {at: why for at, event in enumerate(events) if (why := rows.unfit(event))}
    fit = [event for at, event in enumerate(events) if at not in refused]
    try:
        stored = await archive.save(fit, index=rush is None or len(events) < rush)
    except (ArchiveUnreachable, SettingError) as error:
        later = Retry("database-away", str(error), after=PATIENCE, counted=False)
        return [later for _ in events]
    answers: list[ArticleStored | Retry | Reject] = list(stored)
    for at, why in refused.items():  # in their order, so that each finds its place
        answers.insert(at, Reject("unfit", why))
    return answers


async def keep_indexing(archive: Archive, *, pause: Callable[[float], Awaitable[None]]) -> None:
    """Index what was saved in a rush, by this store or one that died, for as long as it runs."""
    while True:
        try:
            indexed = await archive.index()
        except (ArchiveUnreachable, SettingError):
            indexed = 0
        if not indexed:
            await pause(REST)
