"""The lease: heartbeats for running work, taking over a dead worker's, waking what waits."""

from __future__ import annotations

import asyncio
import random

from steppewire import logs
from steppewire.delivery.worker import Worker

log = logs.get(__name__)


async def keep_alive(worker: Worker, lease: float) -> None:
    """Beat for every held entry, three times a lease, for ever."""
    while True:
        await asyncio.sleep(lease / 3)
        for inlet, held in worker.held.items():
            if not held:
                continue
            lost = await worker.gate.beat(inlet, worker.consumer, sorted(held))
            # the gate will refuse them; no need to keep claiming that they are ours
            held.difference_update(lost)


async def take_over(worker: Worker, lease: float) -> None:
    """Claim stale entries and wake due ones, for ever; at once again while there are more."""
    while True:
        moved = 0
        if worker.open.is_set() and not worker.closing:
            for inlet in worker.inlets:
                moved += await worker.take_over(inlet, lease)
            for inlet in worker.inlets[::2]:
                moved += await worker.gate.wake(inlet)
        if not moved:
            # jitter keeps replicas from asking in step
            await asyncio.sleep(min(lease / 4, 1.0) * random.uniform(0.5, 1.0))  # noqa: S311
