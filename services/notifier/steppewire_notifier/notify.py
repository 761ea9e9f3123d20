"""The recipe: from a stored version to messages that webhooks have taken.

1. `announce`: who wants to hear of this version? One message for each
2. `deliver`: is the webhook still there, enabled, and not left alone after a failure?
3. sign the message and send it
4. judge the answer; note how the webhook fares; too long a failure disables it
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from steppewire import logs
from steppewire.archive.hooks import Book, Tally
from steppewire.archive.matching import Content, Wish, widen
from steppewire.archive.promise import Archive, Record
from steppewire.errors import ArchiveUnreachable, Reject, Retry, Skip
from steppewire.events import ArticleStored, WebhookDelivered, WebhookDue
from steppewire.webhooks import State, Webhook, headers, message_id
from steppewire_notifier.messages import message
from steppewire_notifier.verdicts import Answer, after_failure, after_success, tried, waits

log = logs.get(__name__)
AT_ONCE = 4
"""Messages on their way to one webhook; one that hangs must not take every slot."""
QUEUE = 1.0
"""Seconds that a message waits for its webhook's turn before others get the slot."""
COUNT_EVERY = 1.0
"""Seconds between two notes of what was taken: to write for each message would cost the database
as much as an article does. A notifier that is killed leaves the last second uncounted."""


class Sends(Protocol):
    """What is needed of the network."""

    async def send(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """See `send.Sender`."""


@dataclass
class Notifier:
    """The two stages, over book, archive and network."""

    book: Book
    archive: Archive
    sender: Sends
    patience: float
    """Seconds of failures in a row after which a webhook is disabled."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    turns: dict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
    )
    tallies: dict[str, Tally] = field(default_factory=dict)
    """What was taken and is not written down yet."""

    async def announce(self, stored: ArticleStored) -> list[WebhookDue]:
        """Return a message for each webhook that wants this version."""
        if stored.change == "unchanged":
            raise Skip("unchanged")
        hooks = [h for h in await self.book.all() if h.enabled and h.made_at <= stored.stored_at]
        if not hooks:
            raise Skip("no-webhooks")
        content = Content(await self._record(stored.article_id, stored.version))
        if any(hook.entity for hook in hooks):
            await widen(self.archive, [content])
        due = [_due(hook, stored) for hook in hooks if wish(hook).met_by(content)]
        if not due:
            raise Skip("not-wanted")
        return due

    async def deliver(self, due: WebhookDue) -> list[WebhookDelivered]:
        """Send a message; raise what its webhook's state or answer means."""
        kept = await self.book.kept(due.webhook)
        if kept is None or not kept.hook.enabled:
            raise Skip("webhook-gone" if kept is None else "webhook-off")
        hook = kept.hook
        turn = self.turns[hook.id]
        try:
            async with asyncio.timeout(QUEUE):
                await turn.acquire()
        except TimeoutError:
            raise Retry("webhook-busy", after=QUEUE, counted=False) from None
        try:
            return await self._deliver(hook, due)
        finally:
            turn.release()

    async def _deliver(self, hook: Webhook, due: WebhookDue) -> list[WebhookDelivered]:
        state = await self.book.state(hook.id)
        _refuse(state, self.clock())
        if state.failures:  # one tries whether it is well again; the others wait for what it finds
            await self.book.note(hook.id, tried(state, self.clock()))
        record = await self._record(due.article_id, due.version)
        now, body = self.clock(), message(record)
        answer = await self.sender.send(hook.url, body, headers(hook, due.id, now, body))
        await self._note(hook, state, answer)
        if answer.taken:
            told = due.model_dump() | {"status": answer.status, "at": self.clock()}
            return [WebhookDelivered.model_validate(told)]
        if answer.gone:
            raise Reject("webhook-gone", str(answer))
        raise Retry("webhook-failed", f"{hook.id}: {answer}", after=answer.retry_after)

    async def _record(self, article_id: str, version: int) -> Record:
        record = await self.archive.get(article_id, version)
        if record is None:
            raise Skip("article-gone")
        return record

    async def _note(self, hook: Webhook, before: State, answer: Answer) -> None:
        """Note how it fares; what others noted meanwhile is theirs, but no failure is lost."""
        state, now = await self.book.state(hook.id), self.clock()
        if answer.taken:
            if state.failures or state.disabled_at:
                await self.book.note(hook.id, after_success(state, now))
            tally = self.tallies.setdefault(hook.id, Tally(0, now))
            tally.count, tally.last = tally.count + 1, now
        elif state.failures == before.failures:  # of several that failed at once, one counts
            state = after_failure(state, answer, now, self.patience)
            await self.book.note(hook.id, state)
            if state.disabled_at:
                log.error("webhook_disabled", webhook=hook.id, why=state.disabled_why)

    async def count(self) -> None:
        """Write down what was taken. Raises ArchiveUnreachable; then it is counted later."""
        counted, self.tallies = self.tallies, {}
        try:
            await self.book.count(counted)
        except ArchiveUnreachable:
            for id_, tally in self.tallies.items():
                counted.setdefault(id_, Tally(0, tally.last)).count += tally.count
            self.tallies = counted
            raise

    async def keep_counting(self) -> None:
        """Write down what was taken, every second, for as long as the notifier runs."""
        while True:
            await asyncio.sleep(COUNT_EVERY)
            with suppress(ArchiveUnreachable):  # the stages say so, louder
                await self.count()


def wish(hook: Webhook) -> Wish:
    """Return what a webhook wants to hear of."""
    return Wish(
        language=hook.language, source=hook.source, entity=hook.entity or None, text=hook.q or ""
    )


def _due(hook: Webhook, stored: ArticleStored) -> WebhookDue:
    return WebhookDue(
        id=message_id(hook.id, stored.article_id, stored.version),
        webhook=hook.id,
        article_id=stored.article_id,
        version=stored.version,
    )


def _refuse(state: State, now: datetime) -> None:
    if state.disabled_at:
        raise Reject(
            "webhook-disabled",
            f"{state.disabled_why}; mend it, enable it (PATCH /webhooks/ID, enabled: true), then "
            "`steppewire dead retry --stage deliver`",
        )
    if seconds := waits(state, now):
        raise Retry("webhook-waits", state.last_failure, after=seconds, counted=False)
