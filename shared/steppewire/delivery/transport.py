"""How commands and replies travel: packed in C, in few large pieces.

A commit of a hundred entries is a command of two thousand arguments and half a megabyte. redis-py
packs it in Python on asyncio connections (on synchronous ones it uses hiredis), sends it through
a socket's default buffer in many turns of the loop, and reads replies in pieces of 64 KB: together
a third of a worker's time.
"""

from __future__ import annotations

import socket
from typing import Any

import hiredis
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.connection import HiredisRespSerializer

READ_SIZE = 1 << 18
"""Bytes taken from a connection at a time: as many as asyncio ever has ready."""
_SEND_BUFFER = 1 << 20
"""Bytes that the system should take of a command at a time."""
_pack_any = HiredisRespSerializer().pack


class _Wide:
    """Goes in front of one of redis-py's connection classes."""

    _writer: Any

    def pack_command(self, *args: Any) -> list[bytes]:
        """Return a command in the Redis protocol. Raises DataError for what is no argument."""
        if args[0] == "EVALSHA":  # ours: nothing to split, nothing but text, bytes and numbers
            return [hiredis.pack_command(args)]
        packed: list[bytes] = _pack_any(*args)
        return packed

    async def _connect(self) -> None:
        await super()._connect()  # type: ignore[misc]  # of the class behind this one
        connected = self._writer.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def widen(pool: ConnectionPool) -> None:
    """Let every connection that a pool makes from now on be wide."""
    pool.connection_class = wide(pool.connection_class)


def wide(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """Return the wide class of one of redis-py's connection classes."""
    return kind if issubclass(kind, _Wide) else type(f"Wide{kind.__name__}", (_Wide, kind), {})
