"""Ports of this machine that nobody uses yet."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """Return so many ports of the loopback interface that are free now, no two the same."""
    with ExitStack() as stack:  # all are open at once
        doors = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [door.getsockname()[1] for door in doors]


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    return free_ports(1)[0]
