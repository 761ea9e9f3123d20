"""A soak in small: round after round the same, and nothing grows. The long one is `make soak`."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from redis.asyncio import Redis

from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import (
    all_settled,
    discovered,
    keys_of,
    prepare,
    publish,
    tallies,
    until,
)

PROGRAM = Path(__file__).with_name("soak_program.py")
ROUND, WARM, ROUNDS = 1000, 3, 6
STREAM = key(DISCOVERED.name)


async def test_round_after_round_memory_stays_flat_nothing_is_left_and_the_lag_told_is_true(
    redis, valkey
):
    await prepare(redis)
    with subprocess.Popen([sys.executable, PROGRAM, valkey.url]) as process:
        try:
            memory = [await one_round(redis, process.pid, n) for n in range(WARM + ROUNDS)]
            process.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(process.wait)
        finally:
            process.kill()

    assert status == 0
    assert max(memory[WARM:]) - memory[WARM - 1] < 8 * 1024
    numbers = range((WARM + ROUNDS) * ROUND)
    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in numbers}
    assert await tallies(redis, FETCH) == {"done|": len(numbers)}


async def one_round(redis: Redis, pid: int, number: int) -> int:
    """Send a round through; return the worker's memory (KiB) when nothing is left of it."""
    numbers = range(number * ROUND, (number + 1) * ROUND)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in numbers])
    await until(lambda: all_settled(redis), what=f"round {number}")
    assert (await redis.xpending(STREAM, FETCH.group))["pending"] == 0
    (group,) = await redis.xinfo_groups(STREAM)
    assert group["lag"] == 0
    await until(lambda: tells(redis, 0), what="the lag that is told to be none")
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])


async def tells(redis: Redis, waiting: int) -> bool:
    return int(await redis.get("told")) == waiting
