"""How many partitions a newswire has: written at the broker, so that no service goes astray.

A service that was told another number would look for a host's entries where nobody puts them.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from redis.asyncio import Redis

from steppewire.delivery.gate import inlets
from steppewire.delivery.upkeep import backlog
from steppewire.errors import SettingError
from steppewire.streams import SIDE_STAGES, STAGES, Stage, dead_name, delayed_name, key

NAME = key("partitions")
_AGREE = files("steppewire.delivery") / "lua" / "agree.lua"
MOST = 1024


async def agree(redis: Redis, partitions: int) -> None:
    """Found a newswire with so many partitions, or join one. Raises SettingError."""
    script = redis.register_script(_AGREE.read_text("utf-8"))
    found: Any = await script(keys=[NAME], args=[partitions])
    if found != partitions:
        raise SettingError(
            f"STEPPEWIRE_PARTITIONS is {partitions}, but this newswire has {found} "
            f"partition{'s' if found > 1 else ''}: set it to {found}, or stop all services and "
            f"change the newswire with `steppewire partitions {partitions}`"
        )


async def number(redis: Redis) -> int:
    """Return how many partitions the newswire has; 0 when none has run at this broker yet."""
    found: Any = await redis.get(NAME)
    return int(found or 0)


async def change(redis: Redis, partitions: int) -> None:
    """Give the newswire another number of partitions. No service may run meanwhile.

    Raises SettingError when something is left in a partition that nobody would read any more.
    """
    for gone in range(partitions, await number(redis)):
        for stage in (*STAGES, *SIDE_STAGES):
            await _refuse_leftovers(redis, gone, stage)
    await redis.set(NAME, partitions)


async def _refuse_leftovers(redis: Redis, partition: int, stage: Stage) -> None:
    mine = [inlet for inlet in inlets(stage, partition + 1) if inlet.partition == partition]
    waiting = sum([await backlog(redis, inlet) for inlet in mine])
    waiting += int(await redis.zcard(key(delayed_name(stage), partition)))
    if waiting:
        raise SettingError(
            f"{waiting} entries wait for {stage.group} in partition {partition}, which would be "
            "gone: start the services as they were, let them finish, and stop them again"
        )
    letters = int(await redis.xlen(key(dead_name(stage), partition)))
    if letters:
        raise SettingError(
            f"{letters} dead letters of {stage.group} lie in partition {partition}, which would be "
            "gone: put them back to work or throw them away with `steppewire dead`"
        )
