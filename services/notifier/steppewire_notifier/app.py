"""Wiring: settings, database, network, two stages; and the trial beside them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from steppewire.archive import open_archive
from steppewire.archive.hooks import Book
from steppewire.broker import Service, run
from steppewire.errors import ArchiveUnreachable, SteppewireError
from steppewire.settings import load
from steppewire.streams import DELIVER, NOTIFY
from steppewire_notifier import registry
from steppewire_notifier.moving import move
from steppewire_notifier.notify import Notifier
from steppewire_notifier.send import Sender
from steppewire_notifier.settings import AGENT, NotifierSettings
from steppewire_notifier.trial import try_out


@asynccontextmanager
async def wire(service: Service[NotifierSettings]) -> AsyncIterator[None]:
    """Read articles.stored, tell whoever wants to know."""
    settings, url = service.settings, service.settings.database.get_secret_value()
    entries = registry.read(Path(settings.webhooks)) if settings.webhooks else None
    sender = Sender(timeout=settings.webhook_timeout, agent=AGENT, allowed=settings.networks)
    async with (
        open_archive(url, patience=60) as archive,
        aclosing(Book.at(url)) as book,
        aclosing(sender),
    ):
        await move(service.redis, book)
        if entries is not None:
            await registry.enter(book, entries, datetime.now(UTC))
            service.background(partial(registry.watch, book, Path(settings.webhooks)))
        notifier = Notifier(book, archive, sender, settings.webhook_patience)
        service.background(notifier.keep_counting)
        service.each(NOTIFY, notifier.announce)
        service.each(DELIVER, notifier.deliver, concurrency=settings.webhook_concurrency)
        try:
            yield
        finally:
            with suppress(ArchiveUnreachable):
                await notifier.count()


USAGE = """usage: python -m steppewire_notifier [test ID]

  (nothing)   tell whoever wants to know of what is stored
  test ID     send a webhook a signed message of the type `webhook.test`, and say what came back
"""


def main() -> None:
    """Run the service, or try a webhook out."""
    match sys.argv[1:]:
        case ["test", id_]:
            _test(id_)
        case [] | ["-h" | "--help"]:
            if sys.argv[1:]:
                print(USAGE)
            run("notifier", NotifierSettings, wire)
        case _:
            sys.exit(USAGE)


def _test(id_: str) -> None:
    try:
        settings = load(NotifierSettings)
        answer = asyncio.run(try_out(settings, settings.database.get_secret_value(), id_))
    except SteppewireError as error:
        print(f"steppewire-notifier: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(f"{id_}: {answer}", file=sys.stdout if answer.taken else sys.stderr)
    sys.exit(0 if answer.taken else 1)
