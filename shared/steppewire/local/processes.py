"""Child processes that start, are watched, and end together."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from steppewire.orphans import end_with_parent
from steppewire.valkey import EmbeddedServerFailed, Valkey

_BACKOFF_CAP = 10.0
_NEWS = 60.0
"""Seconds for which a death is told after the next start: a look a second later would miss it."""


@dataclass
class Program:
    """One process of the newswire, restarted when it dies."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    restarts: int = 0
    exit_code: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    last_exit: int | None = None
    """Exit status of the run before; negative: the signal that ended it."""
    restarted_at: float = -math.inf
    """Monotonic time of the last start after a death."""
    _again_at: float = 0.0

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    @property
    def memory(self) -> int:
        """Bytes of resident memory of it and its children; 0 when it does not run."""
        if self.process is None or not self.running:
            return 0
        try:
            me = psutil.Process(self.process.pid)
            return sum(_resident(each) for each in [me, *me.children(recursive=True)])
        except psutil.Error:
            return 0

    def start(self) -> None:
        """Start it; its output goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own programs)
                list(self.command),
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us alone; we end the others in order
                preexec_fn=end_with_parent,  # noqa: PLW1509 (no threads here)
            )

    def watch(self, now: float) -> None:
        """Start it again when it has died, ever more slowly."""
        if self.process is None or self.running:
            return
        if self.exit_code is None:
            self.exit_code = self.process.returncode
            self._again_at = now + min(0.2 * 2.0**self.restarts, _BACKOFF_CAP)
        elif now >= self._again_at:
            self.last_exit, self.restarted_at = self.exit_code, now
            self.restarts, self.exit_code = self.restarts + 1, None
            self.start()

    def trouble(self, now: float) -> str:
        """Return what is wrong with it, or was a minute ago; empty when all is well."""
        if not self.running:
            words = self.last_words()[:300]
            return f"{self.name} ended with exit status {self.exit_code}: {words} (log: {self.log})"
        if now - self.restarted_at < _NEWS:
            times = f" ({self.restarts} times so far)" if self.restarts > 1 else ""
            return (
                f"{self.name} ended with exit status {self.last_exit} and was started again{times}"
                f"; log: {self.log}"
            )
        return ""

    def last_words(self) -> str:
        """Return the last line of its log."""
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


@dataclass
class KeptBroker:
    """The embedded broker, started again when it has died: nothing moves without it."""

    server: Valkey
    restarts: int = 0
    restarted_at: float = -math.inf
    fault: str = ""
    """Why it could not be started again."""
    _again_at: float = 0.0

    def watch(self, now: float) -> None:
        """Start it again when it has died, ever more slowly; what it has synced is there."""
        if self.server.pid is not None or now < self._again_at:
            return
        self._again_at = now + min(0.2 * 2.0**self.restarts, _BACKOFF_CAP)
        self.restarts, self.restarted_at = self.restarts + 1, now
        try:
            self.server.start()
            self.fault = ""
        except EmbeddedServerFailed as error:
            self.fault = str(error)

    def trouble(self, now: float) -> str:
        """Return what is wrong with it, or was a minute ago; empty when all is well."""
        if self.fault:
            return self.fault
        again = f"the broker ended and was started again; log: {self.server.log}"
        return again if now - self.restarted_at < _NEWS else ""


def end_all(programs: Sequence[Program], *, patience: float) -> list[str]:
    """Ask all to end, wait, then end them hard; return the names of those that had to be."""
    for program in programs:
        if program.process is not None and program.running:
            program.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    stubborn = []
    for program in programs:
        if program.process is None:
            continue
        try:
            program.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            stubborn.append(program.name)
            program.process.kill()
            program.process.wait()
    return stubborn


def _resident(process: psutil.Process) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.Error:
        return 0
    return resident
