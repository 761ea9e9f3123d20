"""What runs where: from the options of `steppewire run` to programs and their settings."""

from __future__ import annotations

import errno
import fcntl
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from steppewire.errors import SettingError, SteppewireError
from steppewire.local.processes import Program

SERVICES = ("fetcher", "parser", "enricher", "store", "api", "notifier")
_PORT = 8080


@dataclass(frozen=True)
class Options:
    """The options of `steppewire run` and `steppewire demo`."""

    data: Path
    redis_url: str | None = None
    """None: an embedded broker."""
    database: str | None = None
    """None: SQLite in the data folder."""
    port: int | None = None
    """None: 8080, or a free one when that is taken."""
    host: str = "127.0.0.1"


class AlreadyRunning(SteppewireError):
    """Another newswire works in this data folder."""

    exit_code = 73


def lock(data: Path) -> IO[str]:
    """Take the data folder for ourselves, for as long as the file is open."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("w")
    except OSError as error:
        raise SettingError(f"cannot write to the data folder {data}: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunning(
            f"another newswire already runs in {data}: stop it, or give --data another folder"
        ) from None
    return file


def choose_port(options: Options) -> int:
    """Return the port of the page; raise SettingError when the one asked for is taken."""
    wanted = _PORT if options.port is None else options.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, wanted))
        except OSError as error:
            if options.port is not None or error.errno != errno.EADDRINUSE:
                raise SettingError(
                    f"cannot listen on {options.host}:{wanted}: {error.strerror}; "
                    "give --port another one"
                ) from None
            probe.bind((options.host, 0))
        port: int = probe.getsockname()[1]
        return port


def environment(options: Options, *, redis_url: str, port: int) -> dict[str, str]:
    """Return the settings of all services."""
    data = options.data.resolve()
    return {
        "STEPPEWIRE_REDIS_URL": redis_url,
        "STEPPEWIRE_DATABASE": options.database or f"sqlite:///{data / 'steppewire.sqlite3'}",
        "STEPPEWIRE_BLOBS": str(data / "blobs"),
        "STEPPEWIRE_API_HOST": options.host,
        "STEPPEWIRE_API_PORT": str(port),
        "STEPPEWIRE_API_KEYS": str(data / "keys.json"),
        "PYTHONUNBUFFERED": "1",
    }


def programs(options: Options, settings: Mapping[str, str]) -> list[Program]:
    """Return the services as programs; those started first are needed first."""
    order = ("store", "api", "fetcher", "parser", "enricher", "notifier")
    return [
        Program(
            name,
            [sys.executable, "-m", f"steppewire_{name}"],
            settings,
            options.data / "logs" / f"{name}.log",
        )
        for name in order
    ]
