"""The lease: heartbeats for running work, taking over a dead worker's, waking what waits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from steppewire import logs
from steppewire.delivery.gate import Inlet
from steppewire.delivery.worker import Worker
from steppewire.tasks import together

log = logs.get(__name__)


async def keep_alive(worker: Worker, lease: float) -> None:
    """Beat for every held entry, three times a lease, for ever.

    Each partition by itself, here and below: while a cluster's node is away, the partitions of the
    others must not wait for it, or they would lose their leases.
    """
    await together(_keep_alive(worker, inlets, lease) for inlets in partitioned(worker))


async def _keep_alive(worker: Worker, inlets: Sequence[Inlet], lease: float) -> None:
    while True:
        await asyncio.sleep(lease / 3)
        for inlet in inlets:
            held = worker.held[inlet]
            if not held:
                continue
            lost = await worker.gate.beat(inlet, worker.consumer, sorted(held))
            # the gate will refuse them; no need to keep claiming that they are ours
            held.difference_update(lost)


async def take_over(worker: Worker, lease: float) -> None:
    """Claim stale entries and wake due ones, for ever; at once again while there are more."""
    await together(_take_over(worker, inlets, lease) for inlets in partitioned(worker))


async def _take_over(worker: Worker, inlets: Sequence[Inlet], lease: float) -> None:
    while True:
        moved = 0
        if worker.open.is_set() and not worker.closing:
            for inlet in inlets:
                moved += await worker.take_over(inlet, lease)
            moved += await worker.gate.wake(inlets[0])
        if not moved:
            # jitter keeps replicas from asking in step
            await asyncio.sleep(min(lease / 4, 1.0) * random.uniform(0.5, 1.0))  # noqa: S311


def partitioned(worker: Worker) -> list[list[Inlet]]:
    """Return what a worker reads, one list for each partition."""
    lists: dict[int, list[Inlet]] = {}
    for inlet in worker.inlets:
        lists.setdefault(inlet.partition, []).append(inlet)
    return list(lists.values())
