"""Wiring: settings, database, network, two stages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from steppewire.addresses import network
from steppewire.archive import open_archive
from steppewire.archive.hooks import Book
from steppewire.broker import Service, run
from steppewire.errors import ArchiveUnreachable
from steppewire.settings import Settings
from steppewire.streams import DELIVER, NOTIFY
from steppewire_notifier import registry
from steppewire_notifier.moving import move
from steppewire_notifier.notify import Notifier
from steppewire_notifier.send import Sender

AGENT = "steppewire-notifier/0.1 (+webhooks)"


def _networks(text: str) -> str:
    for one in filter(None, map(str.strip, text.split(","))):
        network(one)
    return text


class NotifierSettings(Settings):
    """What the notifier needs to know, beside what all services do."""

    database: SecretStr = SecretStr("sqlite:///var/steppewire.sqlite3")
    """Where articles are kept: `sqlite:///path` or `postgresql://user:password@host/name`."""
    webhooks: str = ""
    """File of webhooks (TOML); empty: those that were added over HTTP or by command alone."""
    webhook_timeout: Annotated[float, Field(gt=0, le=110)] = 15.0
    """Seconds that a webhook has to answer."""
    webhook_patience: Annotated[float, Field(ge=0)] = 432_000.0
    """Seconds of failures in a row, five days, after which a webhook is disabled."""
    webhook_networks: Annotated[str, AfterValidator(_networks)] = ""
    """Networks of your own that webhooks may lead to, such as `10.20.0.0/16`, separated by commas;
    otherwise only public addresses are connected to."""
    webhook_concurrency: Annotated[int, Field(ge=1, le=1024)] = 64
    """Messages on their way at a time."""

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks of `webhook_networks`."""
        return tuple(filter(None, map(str.strip, self.webhook_networks.split(","))))

    @model_validator(mode="after")
    def _patient(self) -> NotifierSettings:
        # a webhook is disabled before its messages are given up
        self.outage = max(self.outage, self.webhook_patience)
        return self


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


def main() -> None:
    """Run the service."""
    run("notifier", NotifierSettings, wire)
