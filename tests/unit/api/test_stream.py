"""A client of the live stream who leaves, and one who takes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from steppewire_api import events
from steppewire_api.events import Stream
from steppewire_api.moments import Beat, Moment


class Source:
    """Moments for ever; notes when it is closed."""

    closed = False

    async def moments(self) -> AsyncGenerator[list[Moment], None]:
        try:
            while True:
                yield [Beat(1)]
                await asyncio.sleep(0)
        finally:
            self.closed = True


async def nothing() -> Any:
    await asyncio.Event().wait()


async def test_who_leaves_is_let_go() -> None:
    source, sent = Source(), []

    async def leave() -> Any:
        while len(sent) < 5:
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async with asyncio.timeout(10):
        await Stream(source.moments())({"type": "http"}, leave, send)

    assert source.closed
    assert sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in sent[0]["headers"]
    assert sent[1]["body"].startswith(b": steppewire\nretry: ")


async def test_who_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SEND_TIMEOUT", 0.01)
    source, sent = Source(), []

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) > 3:
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await Stream(source.moments())({"type": "http"}, nothing, send)

    assert source.closed
    assert sent[-1]["more_body"], "the connection is cut, not ended in order"
