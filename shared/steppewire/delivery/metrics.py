"""What a worker tells Prometheus of itself. Workers add up; the API tells the newswire as a whole.

Everything here counts from the start of one process. The counts that are exact for good are the
tallies that the commit gate writes; the API tells those (docs/how-to/watch-it.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from prometheus_client import Metric

from steppewire.metrics import ALIVE, READY, Histogram, Measure, Value
from steppewire.streams import Stage

_STAGE = ("stage",)
QUEUE = Measure(
    "steppewire_worker_queue_seconds",
    "histogram",
    "Time from an entry's arrival in the stream (its id) until this worker began with it; one "
    "observation a message. A retry counts from its return.",
    _STAGE,
    (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200),
)
RUN = Measure(
    "steppewire_worker_run_seconds",
    "histogram",
    "Time that the stage's function took; one observation a batch, which for all stages but the "
    "store is one message.",
    _STAGE,
    (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 120),
)
COMMIT = Measure(
    "steppewire_worker_commit_seconds",
    "histogram",
    "Time that the commit gate took; one observation a batch.",
    _STAGE,
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


@dataclass
class Pulse:
    """What health and metrics read of a worker."""

    settled: int = 0
    overtaken: int = 0
    claimed: int = 0
    retried: int = 0
    dead: int = 0
    commit_errors: int = 0
    busy_seconds: float = 0.0
    progressed_at: float = field(default_factory=time.monotonic)
    queue: Histogram = field(default_factory=lambda: Histogram(QUEUE.bounds))
    run: Histogram = field(default_factory=lambda: Histogram(RUN.bounds))
    commit: Histogram = field(default_factory=lambda: Histogram(COMMIT.bounds))

    def began(self, ids: Sequence[bytes]) -> None:
        """Note how long entries have waited until now; the first part of an id is its time."""
        now = time.time()
        self.queue.observe_all([now - int(id_.partition(b"-")[0]) / 1000 for id_ in ids])


class Working(Protocol):
    """A worker, as far as it is watched."""

    stage: Stage
    pulse: Pulse
    open: asyncio.Event
    held: Any
    """Inlet -> ids in hand."""


Read = Callable[[Working], Value]


def _count(name: str, help_: str) -> Measure:
    return Measure(f"steppewire_worker_{name}_total", "counter", help_, _STAGE)


TOLD: dict[Measure, Read] = {
    _count("commits", "Messages that this worker ended or sent back."): lambda w: w.pulse.settled,
    _count("retries", "Messages that this worker sent back for later."): lambda w: w.pulse.retried,
    _count("dead_letters", "Messages that this worker gave up."): lambda w: w.pulse.dead,
    _count("overtaken", "Settlements that the gate refused."): lambda w: w.pulse.overtaken,
    _count("claimed", "Entries taken over from dead workers."): lambda w: w.pulse.claimed,
    _count("commit_errors", "Batches that failed; their entries stay pending."): (
        lambda w: w.pulse.commit_errors
    ),
    _count("busy_seconds", "Seconds spent on entries, over all slots."): (
        lambda w: w.pulse.busy_seconds
    ),
    Measure("steppewire_worker_held", "gauge", "Entries in this worker's hands.", _STAGE): (
        lambda w: sum(map(len, w.held.values()))
    ),
    Measure(
        "steppewire_worker_paused",
        "gauge",
        "1 under backpressure: the next stage, or the broker, is too full.",
        _STAGE,
    ): lambda w: float(not w.open.is_set()),
    QUEUE: lambda w: w.pulse.queue,
    RUN: lambda w: w.pulse.run,
    COMMIT: lambda w: w.pulse.commit,
}
MEASURES = (READY, ALIVE, *TOLD)
"""Everything that a worker tells."""


def families(
    service: str, workers: Sequence[Working], *, ready: bool, alive: bool
) -> Iterator[Metric]:
    """Yield what a service tells of itself and of each of its stages."""
    yield READY.family([((service,), ready)])
    yield ALIVE.family([((service,), alive)])
    for measure, read in TOLD.items():
        yield measure.family(((worker.stage.group,), read(worker)) for worker in workers)
