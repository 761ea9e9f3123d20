"""The recipe of fetching: one link in, one page in the blob store and one event out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from steppewire.blobs import Blobs
from steppewire.events import ArticleDiscovered, ArticleFetched, Fetch
from steppewire.plugins import Source
from steppewire.records import FetchRecord, Records
from steppewire_fetcher import moments
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.judge import judge_page
from steppewire_fetcher.memory import Memory, Subject
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.waiting import WaitingRoom


@dataclass(frozen=True)
class Fetcher:
    """Fetches links. Everything that talks comes in as an argument."""

    visitor: Visitor
    memory: Memory
    blobs: Blobs
    records: Records
    now: Callable[[], datetime]
    source_of: Callable[[ArticleDiscovered], Source]
    manners: Callable[[Source], Manners]
    challenge_wait: float
    room: WaitingRoom

    async def fetch(self, event: ArticleDiscovered) -> ArticleFetched:
        """Fetch one link.

        1. whether its source is paused; its manners and rules
        2. what the last answer said, so that an unchanged page is not sent again
        3. the page, politely
        4. what the answer means: anything but a page ends here with a verdict
        5. the bytes into the blob store, and a record beside them before anybody hears of them:
           what is known of this fetch outlives the broker
        6. remember the answer for next time
        """
        await self.room.enter(event.source)
        source = self.source_of(event)
        subject, occasion = Subject(event.link_id, event.url), event.discovered_at.isoformat()
        known = await self.memory.recall(subject, occasion)
        answer = await self.visitor.visit(event.url, self.manners(source), known)
        verdict = judge_page(
            answer, asked=event.url, now=self.now(), challenge_wait=self.challenge_wait
        )
        if verdict:
            raise verdict
        page = await asyncio.to_thread(self._keep, event, answer, source)
        await self.memory.remember(subject, occasion, answer.validators)
        return page

    def _keep(self, event: ArticleDiscovered, answer: Answer, source: Source) -> ArticleFetched:
        """Write down the bytes and what is known of them, in one go: it blocks."""
        blob = self.blobs.put(answer.body, answer.packed)
        page = fetched(event, answer, source, blob, self.now())
        self.records.put(FetchRecord(event=page, mark=mark_of(event, source)))
        return page


def mark_of(event: ArticleDiscovered, source: Source) -> str:
    """Return the mark of change under which a link was let in."""
    zone = moments.zone(source.rules.timezone)
    return moments.mark(event.modified_hint, zone, event.discovered_at)


def fetched(
    event: ArticleDiscovered, answer: Answer, source: Source, blob: str, now: datetime
) -> ArticleFetched:
    """Return the event that says: this page is in the blob store, and this is how to read it."""
    return ArticleFetched(
        fetch=Fetch(
            link_id=event.link_id,
            url=event.url,
            final_url=answer.url,
            source=event.source,
            fetched_at=now,
            status=answer.status,
            content_type=answer.content_type,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            blob=blob,
            size=len(answer.body),
        ),
        rules=source.rules,
        title_hint=event.title_hint,
        published_hint=event.published_hint,
        language_hint=event.language_hint,
        translations_hint=event.translations_hint,
    )
