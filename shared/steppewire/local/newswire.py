"""Starts everything, watches it, shows it, ends it: `steppewire run` and `steppewire demo`."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from types import FrameType
from typing import Any

from rich.console import Console
from rich.live import Live

from steppewire.local.looking import ask, look
from steppewire.local.plan import Options, choose_port, environment, lock, programs
from steppewire.local.processes import KeptBroker, Program, end_all
from steppewire.local.view import (
    Picture,
    broker_lines,
    changed,
    progress,
    render,
    source_lines,
    stage_rows,
)
from steppewire.servers import shown
from steppewire.valkey import Valkey

_LOOK = 1.0
"""Seconds between two looks at the processes and the API."""
_IMPATIENT_LOOK = 0.1
"""The same, before it is ready."""
_PATIENCE = 15.0
"""Seconds that services have to drain before they are ended hard."""


class Newswire:
    """All processes of the newswire on this machine."""

    def __init__(
        self,
        options: Options,
        *,
        extra: Callable[[], list[Program]] = list,
        settings: Callable[[], Mapping[str, str]] = dict,
        until: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> None:
        self.options, self.extra, self.settings, self.until = options, extra, settings, until
        self.console = Console(stderr=True)
        self.started = time.monotonic()
        self.programs: list[Program] = []
        self.ready_after: float | None = None
        self._stop = False
        self._kept: KeptBroker | None = None
        self._told: list[str] = []
        self._picture = Picture("", str(options.data))

    def run(self) -> None:
        """Start, watch until told to stop, end everything."""
        with ExitStack() as stack:
            stack.enter_context(lock(self.options.data))
            stack.enter_context(self._signals())
            url = stack.enter_context(self._broker())
            port = choose_port(self.options)
            common = environment(self.options, redis_url=url, port=port)
            self._picture.address = f"http://{self.options.host}:{port}"
            self._picture.broker = shown(url)
            stack.callback(self._end)
            self._start([*self.extra(), *programs(self.options, {**common, **self.settings()})])
            self._watch()

    def _start(self, planned: list[Program]) -> None:
        self.programs = planned
        for program in planned:
            program.start()

    @contextmanager
    def _broker(self) -> Iterator[str]:
        if self.options.redis_url:
            yield self.options.redis_url
            return
        with Valkey(self.options.data / "valkey") as server:
            self._kept = KeptBroker(server)
            yield server.url

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stop = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _watch(self) -> None:
        live = Live(console=self.console, auto_refresh=False)
        view = live if self.console.is_terminal else nullcontext()
        said = time.monotonic()
        with view:
            while not self._stop:
                now = time.monotonic()
                if self._kept:
                    self._kept.watch(now)
                for program in self.programs:
                    program.watch(now)
                self._look()
                if self.console.is_terminal:
                    live.update(render(self._picture), refresh=True)
                elif now - said >= 5.0:
                    said = now
                    self._say()
                if self.until and self._picture.stats and self.until(self._picture.stats):
                    break
                time.sleep(_LOOK if self.ready_after else _IMPATIENT_LOOK)

    def _look(self) -> None:
        picture = self._picture
        look(picture, time.monotonic() - self.started)
        if picture.stats is not None and self.ready_after is None and self._is_ready():
            self.ready_after = picture.seconds
            ready = f"ready after {self.ready_after:.1f} s: {picture.address}"
            self.console.print(f"{ready}  (data in {picture.data})", soft_wrap=True)
            self.console.print(f"its stream, for your systems: {picture.broker}", soft_wrap=True)
        picture.processes = [
            (p.name, "running" if p.running else f"exit {p.exit_code}", p.memory)
            for p in self.programs
        ]
        now = time.monotonic()
        told = [self._kept.trouble(now)] if self._kept else []
        told += [program.trouble(now) for program in self.programs]
        picture.trouble = [text for text in told if text]

    def _is_ready(self) -> bool:
        return ask(self._picture.address, "/health/ready") is not None

    def _say(self) -> None:
        counts = progress(stage_rows(self._picture.stats)) or "starting"
        memory = sum(m for *_, m in self._picture.processes) / 2**20
        line = f"{self._picture.seconds:5.0f} s  {counts}  {memory:.0f} MB"
        self.console.print(line, soft_wrap=True)  # whoever reads a log wants lines, not columns
        picture = self._picture
        trouble = [*broker_lines(picture), *source_lines(picture.sources), *picture.trouble]
        for line in changed(self._told, trouble):
            self.console.print(line, style="red", markup=False, soft_wrap=True)
        self._told = trouble

    def _end(self) -> None:
        self._look()
        if not self.console.is_terminal:  # there the last picture stays
            self.console.print(self._summary(), soft_wrap=True)
        stubborn = end_all(self.programs, patience=_PATIENCE)
        if stubborn:
            self.console.print(f"had to be ended hard: {', '.join(stubborn)}", style="red")
        self.console.print("stopped; nothing is left running", style="green")

    def _summary(self) -> str:
        rows = stage_rows(self._picture.stats)
        lines = [
            f"  {row['stage']:9} done {row['done']:6}  skipped {row['skip']:5}  "
            f"rejected {row['reject']:5}  dead {row['dead']:4}  waiting {row['waiting']:5}"
            for row in rows
        ]
        memory = [f"{name} {size / 2**20:.0f} MB" for name, _, size in self._picture.processes]
        return "\n".join([*lines, "  memory: " + ", ".join(memory)])
