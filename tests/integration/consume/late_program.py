"""A reader who comes late: writes the ids of what it read to a file; is killed now and then.

python late_program.py BROKER DATABASE FILE CONSUMER
"""

from __future__ import annotations

import asyncio
import os
import sys

import steppewire


async def main(broker: str, database: str, file: str, consumer: str) -> None:
    out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    async for envelope in steppewire.consume(
        broker, group="late", consumer=consumer, history=database, batch=5, claim_after=2.0
    ):
        os.write(out, f"{envelope.event.article.url.rsplit('/', 1)[1]} {envelope.id}\n".encode())
        await asyncio.sleep(0.005)  # somebody must be able to kill it in the middle


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
