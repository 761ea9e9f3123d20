"""Child processes that start, are watched, and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from steppewire.orphans import end_with_parent

_BACKOFF_CAP = 10.0


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
            self.restarts, self.exit_code = self.restarts + 1, None
            self.start()

    def last_words(self) -> str:
        """Return the last line of its log."""
        try:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


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
