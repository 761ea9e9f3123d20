"""Trying a webhook out: one signed message that tells of nothing, and what came back."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import UTC, datetime

from steppewire.archive import open_archive
from steppewire.archive.hooks import Book
from steppewire.webhooks import Webhook, headers, new_id
from steppewire_notifier.send import Sender
from steppewire_notifier.settings import AGENT, NotifierSettings
from steppewire_notifier.verdicts import Answer


async def try_out(settings: NotifierSettings, url: str, id_: str) -> Answer:
    """Send a test message to a webhook of the database at `url`; how it fares is not changed.

    Raises NotFound, SchemaMismatch, SettingError or ArchiveUnreachable.
    """
    sender = Sender(timeout=settings.webhook_timeout, agent=AGENT, allowed=settings.networks)
    # the archive is opened for what it checks: that there is a database, and its schema
    async with (
        open_archive(url, patience=0),
        aclosing(Book.at(url)) as book,
        aclosing(sender),
    ):
        return await send_test(sender, (await book.known(id_)).hook, datetime.now(UTC))


async def send_test(sender: Sender, hook: Webhook, now: datetime) -> Answer:
    """Send a message that tells of nothing; return the answer."""
    told = {"type": "webhook.test", "timestamp": now.isoformat(), "data": {"webhook": hook.id}}
    body = json.dumps(told, ensure_ascii=False).encode()
    id_ = "msg_test_" + new_id().removeprefix("wh-")
    return await sender.send(hook.url, body, headers(hook, id_, now, body))
