"""The whole newswire as real processes, for end-to-end tests and benchmarks."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steppewire.local.plan import Options, choose_port, environment, programs
from steppewire.local.processes import Program, end_all
from steppewire.valkey import Valkey


@dataclass
class Running:
    """A newswire that runs."""

    address: str
    database: str
    redis_url: str
    data: Path
    programs: list[Program] = field(default_factory=list)

    def get(self, path: str) -> Any:
        """Ask the API; None while it does not answer."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:  # noqa: S310
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def program(self, name: str) -> Program:
        """Return a process by its name."""
        return next(program for program in self.programs if program.name == name)

    def watch(self) -> None:
        """Start again what has died, as `steppewire run` does."""
        for program in self.programs:
            program.watch(time.monotonic())

    def endings(self) -> dict[tuple[str, str, str, str], int]:
        """Return (stage, source, outcome, reason) -> count."""
        stats = self.get("/stats") or {"stages": []}
        return {
            (stage["stage"], o["source"], o["outcome"], o["reason"]): o["count"]
            for stage in stats["stages"]
            for o in stage["outcomes"]
        }

    def idle(self) -> bool:
        """Tell whether nothing waits anywhere."""
        stats = self.get("/stats")
        return stats is not None and all(
            stage["lag"] + stage["pending"] + stage["delayed"] == 0 for stage in stats["stages"]
        )

    def logs(self) -> str:
        """Return the end of every log, for a failure's message."""
        tails = []
        for program in self.programs:
            text = program.log.read_text("utf-8", "replace") if program.log.exists() else ""
            tails.append(f"--- {program.name}\n" + "\n".join(text.splitlines()[-15:]))
        return "\n".join(tails)


@contextmanager
def newswire(
    data: Path,
    settings: Mapping[str, str],
    *,
    extra: Sequence[Program] = (),
    database: str | None = None,
    redis_url: str | None = None,
) -> Iterator[Running]:
    """Run broker (unless one is given) and services as processes; end them all on the way out."""
    options = Options(data, database=database)
    with ExitStack() as stack:
        broker = redis_url or stack.enter_context(Valkey(data / "valkey")).url
        port = choose_port(Options(data, port=0))
        common = environment(options, redis_url=broker, port=port)
        planned = [*extra, *programs(options, {**common, **settings})]
        running = Running(
            f"http://127.0.0.1:{port}",
            common["STEPPEWIRE_DATABASE"],
            broker,
            data,
            planned,
        )
        stack.callback(end_all, planned, patience=15.0)
        for program in planned:
            program.start()
        yield running


async def settled(running: Running, holds: Any, *, seconds: float, what: str) -> None:
    """Watch over the processes until `holds()`; fail with their logs when it does not in time."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        running.watch()
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}\n{running.logs()}")
        await asyncio.sleep(0.1)
