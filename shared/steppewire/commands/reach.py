"""How a command finds the broker of a running newswire, and what it says when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from steppewire.errors import BrokerUnreachable, SteppewireError
from steppewire.servers import connect, shown
from steppewire.valkey import address_in

T = TypeVar("T")
DEFAULT_DATA = Path("var")

RedisUrl = Annotated[
    str | None,
    typer.Option(envvar="STEPPEWIRE_REDIS_URL", help="Broker of the newswire."),
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of a running `steppewire run`; goes before the URL.", show_default="var"
    ),
]
Partitions = Annotated[
    int,
    typer.Option(envvar="STEPPEWIRE_PARTITIONS", min=1, max=1024, help="As the services have it."),
]


Database = Annotated[
    str | None,
    typer.Option(
        envvar="STEPPEWIRE_DATABASE",
        help="Database of the newswire.",
        show_default="the SQLite file in the data folder",
    ),
]
Blobs = Annotated[
    str | None,
    typer.Option(
        envvar="STEPPEWIRE_BLOBS", help="Its raw archive.", show_default="blobs in the data folder"
    ),
]


def database_address(context: typer.Context, database: str | None, data: Path | None) -> str:
    """Return the database's address: as given, or that in the data folder."""
    folder = (data or DEFAULT_DATA).resolve()
    return _chosen(context, "database", database, data) or f"sqlite:///{folder}/steppewire.sqlite3"


def blobs_address(context: typer.Context, blobs: str | None, data: Path | None) -> str:
    """Return where the raw archive is: as given, or in the data folder."""
    return _chosen(context, "blobs", blobs, data) or str((data or DEFAULT_DATA) / "blobs")


def _chosen(context: typer.Context, name: str, value: str | None, data: Path | None) -> str | None:
    """Return what was given; what the environment says is of no weight beside --data."""
    source = context.get_parameter_source(name)
    typed = source is not None and source.name == "COMMANDLINE"
    return value if data is None or typed else None


def broker_address(redis_url: str | None, data: Path | None) -> str:
    """Return the broker's address. Raises BrokerUnreachable when no newswire runs in the folder."""
    if redis_url and data is None:
        return redis_url
    folder = data or DEFAULT_DATA
    if address := address_in(folder / "valkey"):
        return address
    raise BrokerUnreachable(
        f"no newswire with a broker of its own runs in {folder}: {_remedy(folder)}, "
        "or --redis-url the broker's address (STEPPEWIRE_REDIS_URL)"
    )


def _remedy(folder: Path) -> str:
    """Name the newswire that runs next to where it was looked for, as a demo does in var/demo."""
    for other in sorted(path for path in folder.glob("*") if address_in(path / "valkey")):
        return f"one runs in {other}, give --data {other}"
    return "give --data its folder"


def ask(url: str, work: Callable[[Redis], Awaitable[T]]) -> T:
    """Connect, do some work, disconnect."""

    async def go() -> T:
        async with connected(url) as redis:
            return await work(redis)

    return asyncio.run(go())


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Redis]:
    """Hold a connection; what is wrong with it is told in one line, without its password.

    Raises SettingError, BrokerUnreachable, or SteppewireError for what the server refuses.
    """
    redis = connect(url, reconnects=3, timeout=30.0)
    try:
        await redis.ping()
        yield redis
    except ResponseError as error:
        raise SteppewireError(f"the broker at {shown(url)} refused: {error}") from None
    except (RedisError, OSError) as error:
        raise BrokerUnreachable(
            f"no Redis-compatible server at {shown(url)}: {error}; does the newswire run?"
        ) from None
    finally:
        await redis.aclose()
