"""`steppewire partitions`: how many the newswire has, and how to have more or fewer."""

from __future__ import annotations

from typing import Annotated

import typer
from redis.asyncio import Redis

from steppewire.commands.reach import Data, RedisUrl, ask, broker_address
from steppewire.delivery import partitions as home
from steppewire.errors import SettingError

_WARNING = """All services must be stopped. Hosts move to other partitions: each link that a site
still lists is fetched once more, and found unchanged."""


def partitions(
    number: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", min=1, max=home.MOST, help="Have so many from now on."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Tell how many partitions the newswire has, or change it while no service runs."""
    url = broker_address(redis_url, data)
    found = ask(url, home.number)
    if number is None:
        typer.echo(found or "none yet: the first service to start sets STEPPEWIRE_PARTITIONS")
        return
    if not yes:
        typer.echo(_WARNING)
        if not typer.confirm(f"Change from {found} to {number}?"):
            raise SettingError("nothing was changed")
    ask(url, lambda redis: _change(redis, number))
    typer.echo(f"{found} -> {number}; now start the services with STEPPEWIRE_PARTITIONS={number}")


async def _change(redis: Redis, number: int) -> None:
    await home.change(redis, number)
