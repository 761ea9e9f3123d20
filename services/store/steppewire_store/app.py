"""Wiring: settings, database, stage; and the commands beside them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from pydantic import Field, SecretStr

from steppewire import logs
from steppewire.archive import open_archive
from steppewire.broker import Service, run
from steppewire.errors import SteppewireError
from steppewire.health.watch import Watcher
from steppewire.settings import Settings, load
from steppewire.streams import STORE
from steppewire_store.keeping import Bounds, keep_tidy
from steppewire_store.migrate import migrate, reindex
from steppewire_store.save import keep_indexing, lanes_of, save

log = logs.get(__name__)


class StoreSettings(Settings):
    """What the store needs to know, beside what all services do."""

    database: SecretStr = SecretStr("sqlite:///var/steppewire.sqlite3")
    """Where articles are kept: `sqlite:///path` or `postgresql://user:password@host/name`."""
    store_batch: Annotated[int, Field(ge=1, le=5000)] = 250
    """Articles that are saved in one transaction at most."""
    keep_days: Annotated[float, Field(ge=0, le=36_500)] = 0
    """Days after their last change for which articles are kept; 0: for ever."""
    keep_gb: Annotated[float, Field(ge=0)] = 0
    """Gigabytes that are kept, then the oldest articles go; 0: all. Of a SQLite file what is in
    use counts, in PostgreSQL the records as JSON (its files take about three times that)."""


@asynccontextmanager
async def wire(service: Service[StoreSettings]) -> AsyncIterator[None]:
    """Bring the schema up to date, open the archive, save what arrives."""
    url = service.settings.database.get_secret_value()
    log.info("database_ready", schema=await migrate(url))
    async with open_archive(url) as archive:
        watcher = Watcher(service.redis, partitions=service.settings.partitions, now=time.time)
        service.background(watcher.watch)
        lanes = lanes_of(url)
        for _ in range(lanes):
            service.background(partial(keep_indexing, archive, pause=asyncio.sleep))
        bounds = Bounds(service.settings.keep_days, service.settings.keep_gb)
        if bounds:
            service.background(partial(keep_tidy, archive, bounds, now=_now, pause=asyncio.sleep))
        size = service.settings.store_batch
        saving = partial(save, archive=archive, rush=size)
        service.batch(STORE, saving, size=size, concurrency=lanes)
        yield


def _now() -> datetime:
    return datetime.now(UTC)


USAGE = """usage: python -m steppewire_store [migrate [REVISION] | reindex]

  (nothing)           save what arrives; the schema is brought up to date first
  migrate [REVISION]  bring the database to a schema: the newest, an older one, or `base` (none)
  reindex             build the search index again from the stored documents
"""


def main() -> None:
    """Run the service or one of its commands."""
    match sys.argv[1:]:
        case ["migrate"]:
            _command("head")
        case ["migrate", revision]:
            _command(revision)
        case ["reindex"]:
            _command(None)
        case [] | ["-h" | "--help"]:
            if sys.argv[1:]:
                print(USAGE)
            run("store", StoreSettings, wire)
        case _:
            sys.exit(USAGE)


def _command(revision: str | None) -> None:
    try:
        settings = load(StoreSettings)
        logs.configure("store", level=settings.log_level, style=settings.log_format)
        url = settings.database.get_secret_value()
        if revision is None:
            print(f"{asyncio.run(reindex(url))} articles indexed")
        else:
            print(f"schema {asyncio.run(migrate(url, revision)) or 'none'}")
    except SteppewireError as error:
        print(f"steppewire-store: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
