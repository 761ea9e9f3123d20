"""Connections: from a URL to an engine that is set up for an archive, and what its errors mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from asyncpg.exceptions import InterfaceError as DriverError
from asyncpg.exceptions import PostgresError
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from steppewire.errors import ArchiveUnreachable, SettingError

SETTING = "STEPPEWIRE_DATABASE"
BUSY_SECONDS = 30
"""How long SQLite waits for another writer before it gives up."""
CONNECT_SECONDS = 5
COMMAND_SECONDS = 60

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_EXAMPLES = "sqlite:///var/steppewire.sqlite3 or postgresql://user:password@host/database"

PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    # readers never wait for the writer, nor it for them
    "PRAGMA journal_mode = WAL",
    # FULL, not the NORMAL that WAL is often run with: after a commit the message is acknowledged,
    # so a commit that a power cut takes back is a lost article. It costs one fsync a batch.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)
CACHE_KIB = 65_536
"""KiB of a SQLite file that each connection keeps in memory at most: what is asked for again."""
CACHE_KIB_ONCE = 4_096
"""The same for whoever reads all of it once: the insides of indexes, which are met again."""

# SQLSTATE classes that say "not now": connection, resources, operator intervention, conflicts
_PASSING = ("08", "53", "57", "58", "40", "55")
_PASSING_SQLITE = ("is locked", "disk i/o", "disk is full", "unable to open", "readonly database")
# … and those that say "not you, not there": no such user or password, no such database
_REFUSED = ("28", "3D")
_REFUSED_SQLITE = ("file is not a database",)


def parse(url: str) -> URL:
    """Read a database URL. Raises SettingError that says what is wrong, without the password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingError(f"{SETTING} is no database URL; give {_EXAMPLES}") from None
    name = {"postgres": "postgresql"}.get(parsed.drivername, parsed.get_backend_name())
    if name not in _DRIVERS:
        raise SettingError(f"{SETTING}: no archive on {name!r}; give {_EXAMPLES}")
    if name == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise SettingError(
            f"{SETTING}: a database in memory is seen by no other service; {_file()}"
        )
    if name == "postgresql" and not parsed.database:
        raise SettingError(f"{SETTING}: the database's name is missing; give {_EXAMPLES}")
    return _with_ssl(parsed.set(drivername=_DRIVERS[name]))


def _file() -> str:
    return "give a file: sqlite:///var/steppewire.sqlite3"


def _with_ssl(url: URL) -> URL:
    """Pass `sslmode`, as every PostgreSQL URL has it, under asyncpg's own name."""
    mode = url.query.get("sslmode")
    if mode is None:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def shown(url: URL) -> str:
    """Return a URL for messages: without the password and the driver."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def make_engine(
    url: URL, *, command_seconds: float | None = COMMAND_SECONDS, cache_kib: int = CACHE_KIB
) -> AsyncEngine:
    """Return an engine for an archive; nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url)
        pragmas = (*PRAGMAS, f"PRAGMA cache_size = -{cache_kib}")
        event.listen(engine.sync_engine, "connect", partial(_set_up_sqlite, pragmas))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        pool_pre_ping=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": command_seconds},
    )


def _set_up_sqlite(pragmas: Sequence[str], connection: Any, _: object) -> None:
    # the driver's own transactions begin late and without IMMEDIATE; ours do not
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    # IMMEDIATE: a transaction that reads before it writes cannot wait for another one later
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def ensure_folder(url: URL) -> None:
    """Create the folder of a SQLite file. Raises SettingError when that is not possible."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"{SETTING}: cannot create the folder {folder}: {error}") from None


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a connection to read with. Raises as `reachable` does."""
    with reachable(engine.url):
        async with engine.connect() as connection:
            yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that writes, committed at its end. Raises as `reachable` does."""
    with reachable(engine.url):
        async with engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection


@contextmanager
def reachable(url: URL) -> Iterator[None]:
    """Say in our words what is wrong with a database.

    One that is away, full or too busy is ArchiveUnreachable; one that does not let us in, or is
    none, is a SettingError. What is wrong with a statement stays what it was.
    """
    try:
        yield
    except DBAPIError as error:
        cause = error.orig or error
        if error.connection_invalidated or isinstance(error, InterfaceError):
            raise _unreachable(url, cause) from error
        _raise_known(url, cause)
        raise
    except DriverError as error:  # what goes to the driver past SQLAlchemy is not wrapped
        raise _unreachable(url, error) from error
    except PostgresError as error:  # nor is a connection that was refused
        _raise_known(url, error)
        raise
    except (OSError, PoolTimeout) as error:
        raise _unreachable(url, error) from error


def _raise_known(url: URL, error: BaseException) -> None:
    state, text = str(getattr(error, "sqlstate", None) or ""), str(error).lower()
    if state.startswith(_REFUSED) or any(words in text for words in _REFUSED_SQLITE):
        raise SettingError(
            f"{SETTING}={shown(url)}: {_first_line(error)}; create it, or correct the setting"
        ) from error
    if state.startswith(_PASSING) or any(words in text for words in _PASSING_SQLITE):
        raise _unreachable(url, error) from error


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _unreachable(url: URL, error: BaseException) -> ArchiveUnreachable:
    cause = _first_line(error)
    remedy = (
        "check that its folder is writable and has room"
        if url.get_backend_name() == "sqlite"
        else "start PostgreSQL there"
    )
    return ArchiveUnreachable(
        f"no answer from the database {shown(url)}: {cause}; {remedy}, or set {SETTING}"
    )
