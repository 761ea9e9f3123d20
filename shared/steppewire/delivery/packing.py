"""How commands become bytes: in C. redis-py packs in Python on asyncio connections, and a commit
of a hundred entries has two thousand arguments: a quarter of a worker's time (its synchronous
connections do use hiredis, https://github.com/redis/redis-py/pull/2369)."""

from __future__ import annotations

from typing import Any

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.connection import HiredisRespSerializer

_pack = HiredisRespSerializer().pack


class _PackingInC:
    """Part of a connection class, in front of redis-py's."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """Return a command in the Redis protocol. Raises DataError for what is no argument."""
        packed: list[bytes] = _pack(*args)
        return packed


def pack_in_c(pool: ConnectionPool) -> None:
    """Let every connection that a pool makes from now on pack its commands in C."""
    kind: type[AbstractConnection] = pool.connection_class
    if not issubclass(kind, _PackingInC):
        pool.connection_class = type(f"{kind.__name__}PackingInC", (_PackingInC, kind), {})
