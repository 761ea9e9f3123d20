"""How every variant asks: so many pages at a time, by one name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fetch.meter import Figures, Meter

AT_A_TIME, AT_A_HOST = 32, 2
AGENT = "steppewire/bench (+https://example.kz/bot)"


async def lanes(urls: list[str], get: Callable[[str], Any]) -> Figures:
    """Get every page, so many at a time."""
    meter, rest = Meter(len(urls)), iter(urls)

    async def lane() -> None:
        for url in rest:
            await get(url)
            meter.reached(meter.done + 1)

    await asyncio.gather(*(lane() for _ in range(AT_A_TIME)))
    return meter.figures()
