"""The fleet: replicas of every stage as processes, started again as soon as they die."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import stages

from steppewire.streams import Stage

_LOOK = 0.01
_MERCY = 0.9


@dataclass
class Berth:
    """The place of one replica; its process changes, it stays."""

    crew: str
    service: str
    stage: Stage | None
    """The stage it works at; the API has none."""
    settings: Mapping[str, str]
    log: Path
    process: BaseProcess | None = None
    started_at: float = 0.0
    frozen: bool = False

    @property
    def pid(self) -> int:
        """Process id of the present worker."""
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether a worker is there."""
        return self.process is not None and self.process.is_alive()


@dataclass
class Fleet:
    """All replicas."""

    berths: Sequence[Berth]
    exits: dict[int, int] = field(default_factory=dict)
    """Exit code -> how often a worker ended with it by itself."""
    start_seconds: float = 2.0
    """How long a worker needs until it is at work, where not much else runs."""

    def __post_init__(self) -> None:
        # A server that has imported everything forks workers in milliseconds: three starts a
        # second would otherwise be the main work of a small machine.
        paths = (str(Path(__file__).parent), os.environ.get("PYTHONPATH", ""))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        self._context = multiprocessing.get_context("forkserver")
        services = sorted({b.service for b in self.berths if b.crew == "real"})
        real = [f"steppewire_{name}.app" for name in services]
        self._context.set_forkserver_preload(["stages", "alembic.command", "asyncpg", *real])

    async def keep(self) -> None:
        """Start every worker that is not there, for ever."""
        while True:
            for berth in self.berths:
                if not berth.alive:
                    self._start(berth)
            await asyncio.sleep(_LOOK)

    def _start(self, berth: Berth) -> None:
        if berth.process is not None:
            code = berth.process.exitcode or 0
            if code != -signal.SIGKILL:
                self.exits[code] = self.exits.get(code, 0) + 1
                if time.monotonic() - berth.started_at < 0.5:
                    return  # one that cannot start is tried twice a second, not a hundred times
            berth.process.close()
        berth.process = self._context.Process(
            target=stages.live,
            args=(berth.crew, berth.service, dict(berth.settings), str(berth.log)),
        )
        berth.process.start()
        berth.started_at, berth.frozen = time.monotonic(), False

    def choose(self, dice: random.Random) -> Berth | None:
        """Return a living worker that is not frozen.

        The last of its service that has had time to come to work is mostly spared: a machine that
        is too busy to start workers as fast as they are struck would see nothing but starts.
        """
        able = [b for b in self.berths if b.alive and not b.frozen]
        chosen = dice.choice(able) if able else None
        spared = dice.random() < _MERCY
        return None if chosen and spared and self._is_last(chosen) else chosen

    def _is_last(self, berth: Berth) -> bool:
        # a machine with more to do than it can starts its workers that much later
        busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1) / 2)
        since = time.monotonic() - self.start_seconds * busy
        others = [b for b in self.berths if b.service == berth.service and b is not berth]
        return not any(b.alive and not b.frozen and b.started_at < since for b in others)

    def heirs(self, dead: Berth) -> set[int]:
        """Return the process ids of a worker's fellow replicas that are at work."""
        return {
            b.pid
            for b in self.berths
            if b.service == dead.service and b is not dead and b.alive and not b.frozen
        }

    def stop(self) -> None:
        """Let every worker drain; kill what does not end."""
        living = [b for b in self.berths if b.alive]
        for berth in living:
            os.kill(berth.pid, signal.SIGCONT)
            os.kill(berth.pid, signal.SIGTERM)
        for berth in living:
            assert berth.process is not None
            berth.process.join(10)
            if berth.process.is_alive():
                berth.process.kill()
                berth.process.join()


def build(
    crew: str,
    services: Sequence[tuple[str, Stage | None]],
    settings: Sequence[Mapping[str, str]],
    folder: Path,
) -> Fleet:
    """Return a fleet with a berth for each of `services`; they get the settings in turn."""
    berths = [
        Berth(
            crew,
            service,
            stage,
            settings[number % len(settings)],
            folder / f"{service}-{number}.log",
        )
        for number, (service, stage) in enumerate(services)
    ]
    return Fleet(berths, start_seconds=4.0 if crew == "real" else 2.0)
