"""`steppewire webhooks test`: the notifier's part, for it alone knows the way out."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from steppewire.commands.reach import Data, Database, database_address
from steppewire.commands.webhooks import Id, known, work
from steppewire.settings import load
from steppewire.webhooks import Webhook, headers, new_id
from steppewire_notifier.send import Sender
from steppewire_notifier.settings import AGENT, NotifierSettings
from steppewire_notifier.verdicts import Answer

if TYPE_CHECKING:
    from steppewire.archive.hooks import Book


def try_out(context: typer.Context, id_: Id, data: Data = None, database: Database = None) -> None:
    """Send a signed message of the type `webhook.test`, and say what came back.

    How the webhook fares is not changed by it. Networks of your own, which the notifier may
    connect to, are told by STEPPEWIRE_WEBHOOK_NETWORKS here, too.
    """
    settings = load(NotifierSettings)

    async def act(book: Book) -> Answer:
        kept = await known(book, id_)
        sender = Sender(timeout=settings.webhook_timeout, agent=AGENT, allowed=settings.networks)
        async with aclosing(sender):
            return await send_test(sender, kept.hook, datetime.now(UTC))

    answer = work(database_address(context, database, data), act)
    typer.echo(f"{id_}: {answer}", err=not answer.taken)
    raise typer.Exit(0 if answer.taken else 1)


async def send_test(sender: Sender, hook: Webhook, now: datetime) -> Answer:
    """Send a message that tells of nothing; return the answer."""
    told = {"type": "webhook.test", "timestamp": now.isoformat(), "data": {"webhook": hook.id}}
    body = json.dumps(told, ensure_ascii=False).encode()
    id_ = "msg_test_" + new_id().removeprefix("wh-")
    return await sender.send(hook.url, body, headers(hook, id_, now, body))
