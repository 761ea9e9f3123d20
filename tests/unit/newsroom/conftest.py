"""A newsroom, and a client that plays the fetcher's part."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from steppewire_newsroom import Desk, serve
from steppewire_newsroom.app import build

Ask = Callable[..., Coroutine[Any, Any, httpx.Response]]
AGENT = "steppewire/0.1 (+https://steppewire.example/bot)"


@pytest.fixture
async def own() -> AsyncIterator[httpx.AsyncClient]:
    """The newsroom's own host, without a network between."""
    transport = httpx.ASGITransport(app=build(Desk()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def live() -> AsyncIterator[httpx.AsyncClient]:
    """The newsroom's own host on a real port."""
    async with (
        serve() as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def ask(own: httpx.AsyncClient) -> Ask:
    """Ask for a real-looking address, as the fetcher does: same path, same Host."""

    async def ask(url: str, **headers: str) -> httpx.Response:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return await own.get(path, headers={"host": parts.netloc, "user-agent": AGENT, **named})

    return ask
