"""The card of an article that has just been stored, asked of the archive once for everybody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from steppewire import logs
from steppewire.archive.promise import Archive
from steppewire.events import ArticleStored
from steppewire_api.views import bare_card, card

log = logs.get(__name__)
AT_ONCE = 8
"""Records asked for at the same time; more would only wait for a connection."""


class Cards:
    """Cards as JSON, the last `keep` of them remembered for listeners who catch up."""

    def __init__(self, archive: Archive, *, keep: int = 1024) -> None:
        self._archive = archive
        self._keep = keep
        self._known: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def describe(self, events: Sequence[ArticleStored]) -> list[str]:
        """Return the card of each event, in order."""
        return list(await asyncio.gather(*map(self._one, events)))

    async def _one(self, event: ArticleStored) -> str:
        wanted = (event.article_id, event.version)
        if wanted not in self._known:
            async with self._gate:
                text = await self._ask(event)
            if text is None:
                return bare_card(event).model_dump_json()
            self._known[wanted] = text
            while len(self._known) > self._keep:
                self._known.popitem(last=False)
        return self._known[wanted]

    async def _ask(self, event: ArticleStored) -> str | None:
        try:
            record = await self._archive.get(event.article_id, event.version)
        except Exception as error:
            # The news is worth more than its lead: a listener still gets the headline.
            log.warning("card_without_record", article=event.article_id, error=str(error))
            return None
        return card(record).model_dump_json() if record else None
