"""What a service says when it cannot begin, because of the broker: the cause and the remedy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import MovedError, RedisError, ResponseError

from steppewire import logs
from steppewire.errors import BrokerUnreachable, SettingError
from steppewire.servers import connect, shown

log = logs.get(__name__)

_PAUSE = 1.0
"""Seconds between two attempts to reach the broker."""


async def greet(url: str, patience: float) -> None:
    """Return once the broker answers.

    Raises BrokerUnreachable when it has not after `patience` seconds, or at once when it answers
    with an error (a wrong password, a program that is no broker).
    """
    client = connect(url, reconnects=3)
    deadline = time.monotonic() + patience
    try:
        while True:
            try:
                await client.ping()
                return
            except RedisError as error:
                if time.monotonic() > deadline or isinstance(error, ResponseError):
                    raise BrokerUnreachable(
                        f"no Redis-compatible server at {shown(url)}: {error}; "
                        "start one (`make run` brings its own), or set STEPPEWIRE_REDIS_URL"
                    ) from None
                log.info("waiting_for_broker", address=shown(url))
            await asyncio.sleep(_PAUSE)
    finally:
        await client.aclose()


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Say in our words what a broker answered to the first commands of a service.

    Raises SettingError when it is a node of a cluster, else BrokerUnreachable.
    """
    try:
        yield
    except MovedError:
        raise SettingError(
            f"the server at {shown(url)} is a node of a cluster: set "
            "STEPPEWIRE_REDIS_URL to redis-cluster://host:port,… with some of its nodes"
        ) from None
    except ResponseError as error:
        raise BrokerUnreachable(
            f"cannot prepare the streams at {shown(url)}: {error}; "
            "does another program use its keys news:*, or does it lack streams (Redis >= 7)?"
        ) from None
    except TimeoutError:
        raise BrokerUnreachable(
            f"the broker at {shown(url)} stopped answering while we started; "
            "look at its log, then start this service again"
        ) from None
