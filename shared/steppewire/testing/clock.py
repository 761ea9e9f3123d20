"""A server on a clock of its own, which jumps when told to: for tests and for the storm.

A small library, preloaded into the server, adds the seconds that stand in a file to every wall
clock that it reads. Monotonic clocks stay as they are, as when a real clock is set.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.testing.absent import absent
from steppewire.testing.service import until

PREBUILT = "STEPPEWIRE_CLOCK_SHIM"
"""Names the library where there is no compiler to build it."""


class NoClock(RuntimeError):
    """A server cannot be put on another clock here; the message says what is missing."""


class Clock:
    """The clock of every server that is started with its `environment`."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "clock_offset"
        self._library = _prebuilt() or _built(folder / "clock_shim.so")
        self.offset = 0
        self._offset.write_bytes(struct.pack("l", 0))

    @property
    def environment(self) -> Mapping[str, str]:
        """What a server must find in its environment to live by this clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET": str(self._offset)}

    def set(self, seconds: int) -> None:
        """Let it be so many seconds ahead (or behind) from now on, at once."""
        self.offset = seconds
        with self._offset.open("r+b") as file:
            file.write(struct.pack("l", seconds))


async def jump(redis: Redis, clock: Clock, seconds: int) -> None:
    """Set a server's clock, and wait until it lives by that: it looks at its clock once a round, so
    that one script in forty, sent at once, still lived before the jump.
    """
    clock.set(seconds)

    async def noticed() -> bool:
        told = await redis.eval("return redis.call('TIME')[1]", 0)
        return abs(int(told) - time.time() - seconds) < _NEAR

    await until(noticed, what="the server to look at its clock")


_NEAR = 30.0
"""Seconds that the server's clock and ours may differ by; nobody sets one by so little."""


def _prebuilt() -> Path | None:
    path = os.environ.get(PREBUILT)
    if path is None:
        return None
    if not Path(path).is_file():
        raise NoClock(f"{PREBUILT} names no file: {path}")
    return Path(path)


def _built(library: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        raise NoClock("no C compiler (cc) on Linux, to put a server on another clock")
    with as_file(files(__package__).joinpath("clock_shim.c")) as source:
        command = [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603 (our own arguments)
    return library


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """A clock for the servers of a test."""
    try:
        return Clock(tmp_path)
    except NoClock as reason:
        absent(str(reason).removeprefix("no "))
