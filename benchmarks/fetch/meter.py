"""What a variant costs: CPU, memory and time, counted from when it is warm."""

from __future__ import annotations

import resource
import time
from typing import Any

WARM = 0.1
"""Share of the pages that pass before counting begins."""

Figures = dict[str, float]


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def broker_cpu_seconds(redis: Any) -> float:
    """Return what the broker has used since it started."""
    info = await redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


class Meter:
    """Counts what the pages after the first tenth cost."""

    def __init__(self, pages: int) -> None:
        self.pages, self.done, self.begun = pages, 0, (0, 0.0, 0.0)

    def reached(self, done: int) -> bool:
        """Take note of the pages done so far; tell whether these are all."""
        self.done = done
        if not self.begun[0] and done >= self.pages * WARM:
            self.begun = (done, cpu_seconds(), time.monotonic())
        return done >= self.pages

    def figures(self, **more: float) -> Figures:
        first, cpu, wall = self.begun
        counted = self.done - first
        return {
            "per_cpu": counted / (cpu_seconds() - cpu),
            "per_wall": counted / (time.monotonic() - wall),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "system_share": resource.getrusage(resource.RUSAGE_SELF).ru_stime / cpu_seconds(),
            "loop_share": time.thread_time() / cpu_seconds(),
            "counted": counted,
            **more,
        }
