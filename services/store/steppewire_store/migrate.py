"""Bringing a database to a schema, also when several replicas start at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import derived
from steppewire.archive.engines import ensure_folder, make_engine, parse, reachable, shown
from steppewire.archive.opening import revision
from steppewire.errors import ArchiveUnreachable, SchemaMismatch

_LOCK = 0x5354_4550_5045  # any number that nobody else in this database locks: "STEPPE"
_LOOK_EVERY = 0.25
"""Seconds between two looks at whether the other replica has migrated."""


async def migrate(url: str, target: str = "head", *, patience: float = 10) -> str | None:
    """Bring the database at `url` to the revision `target`; return the revision it has then.

    All of it is one transaction behind one lock: of several replicas one does the work while the
    others wait, and a migration that fails leaves nothing behind. Creates the SQLite file.
    Raises SettingError, ArchiveUnreachable or SchemaMismatch.
    """
    parsed = parse(url)
    ensure_folder(parsed)
    deadline = time.monotonic() + patience
    while True:
        try:
            async with _alone(parsed) as connection:
                return await connection.run_sync(_move, parsed, target)
        except ArchiveUnreachable:
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(_LOOK_EVERY)


async def reindex(url: str) -> int:
    """Build the search index again; return the number of articles. Writers wait meanwhile."""
    async with _alone(parse(url)) as connection:
        return await connection.run_sync(derived.rebuild_search)


@asynccontextmanager
async def _alone(url: URL) -> AsyncIterator[AsyncConnection]:
    """Give a transaction that no other migration runs beside."""
    # an index over millions of articles takes longer than any query may
    engine = make_engine(url, command_seconds=None)
    try:
        with reachable(url):
            async with engine.connect() as connection:
                await connection.execution_options(writes=True)  # SQLite: the lock itself
                async with connection.begin():
                    if url.get_backend_name() == "postgresql":
                        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                    yield connection
    finally:
        await engine.dispose()


def _move(connection: Connection, url: URL, target: str) -> str | None:
    config = alembic_config(connection)
    known = [s.revision for s in ScriptDirectory.from_config(config).walk_revisions()]
    newest_first = [*known, "base"]
    now = revision(connection) or "base"
    wanted = known[0] if target == "head" else target
    if now not in newest_first:
        raise SchemaMismatch(
            f"the database {shown(url)} has schema {now}, this code knows up to {known[0]}: "
            "update this service"
        )
    if wanted not in newest_first:
        raise SchemaMismatch(f"there is no schema {target!r}; give one of {', '.join(known)}")
    if newest_first.index(wanted) < newest_first.index(now):
        command.upgrade(config, wanted)
    elif wanted != now:
        command.downgrade(config, wanted)
    return revision(connection)


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection; there is no alembic.ini."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
