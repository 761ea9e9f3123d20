"""`/events`: the live stream as server-sent events. `/history`: what was told before."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from steppewire import logs
from steppewire.tasks import end
from steppewire_api.articles import UNREADABLE, problem
from steppewire_api.filters import Subscription
from steppewire_api.live import Live
from steppewire_api.moments import Arrival, Gap, Moment, State
from steppewire_api.position import Start, start
from steppewire_api.problems import Problem
from steppewire_api.sse import comment, written

log = logs.get(__name__)
SEND_TIMEOUT = 30.0
"""Seconds after which a client that takes nothing is let go; it resumes with its last id."""
RECONNECT_MS = 2000
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}

_DESCRIPTION = """Articles as they are stored, from now on, or after `Last-Event-ID`.

| event | data |
|---|---|
| `article` | a card as in `GET /articles`; its `id` is where to resume |
| `gap` | `{"requested", "resumes", "detail"}`: something after `requested` is no longer in the \
archive |
| `state` | `{"connected", "reason"}`: whether database and broker answer |

The filters are those of `GET /articles` and mean the same. With `since` or `last` the stream
begins with what the archive has since then, and goes on live. Ids are numbers that grow: `0`
begins with the oldest version in the archive. Comments are heartbeats; they carry an `id` too, so
that a filtered stream stays resumable. A version that changed nothing is not told. Reconnect with
the last `id` that you saw: nothing is skipped and nothing is repeated, also over restarts of this
server, and however long you were away. `GET /history` reads the same in pages, with whole articles.
"""


class Stream(Response):
    """A live stream: one write for all that happened since the last one.

    It lets go of a client who leaves or takes nothing. Plain ASGI: a thousand of these wait at a
    time, and each costs two tasks and no buffer.
    """

    media_type = "text/event-stream"

    def __init__(
        self, moments: AsyncGenerator[list[Moment], None], status_code: int = 200
    ) -> None:  # FastAPI reads the status from here
        super().__init__(status_code=status_code, headers=HEADERS)
        del self.headers["content-length"]
        self._moments = moments

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until somebody leaves."""
        tasks = [asyncio.create_task(self._serve(send)), asyncio.create_task(_left(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks)
        if not tasks[0].cancelled():
            tasks[0].result()

    async def _serve(self, send: Send) -> None:
        head: dict[str, Any] = {"type": "http.response.start", "status": self.status_code}
        head["headers"] = self.raw_headers
        await send(head)
        await _say(send, comment("steppewire", retry_ms=RECONNECT_MS))
        try:
            async with aclosing(self._moments) as lists:
                async for moments in lists:
                    async with asyncio.timeout(SEND_TIMEOUT):
                        await _say(send, b"".join(map(frame, moments)))
        except TimeoutError:
            log.info("listener_let_go", reason=f"took nothing for {SEND_TIMEOUT:g} s")
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _say(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def routes(live: Live) -> APIRouter:
    """Return the route of the live stream."""
    router = APIRouter(tags=["live"])

    @router.get(
        "/events",
        summary="Follow the newswire",
        description=_DESCRIPTION,
        response_class=Stream,
        responses={200: {"content": {"text/event-stream": {"example": _EXAMPLE}}}}
        | UNREADABLE
        | problem(400, "The event id is not one of ours."),
    )
    async def follow(
        asked: Annotated[Subscription, Query()],
        last_event_id: Annotated[str | None, Header(max_length=50_000, examples=["48213"])] = None,
    ) -> Stream:
        now = datetime.now(UTC)
        begin, since = place(last_event_id or asked.last_event_id), asked.beginning(now)
        if since is not None and begin == Start():
            begin = Start(since=since)
        return Stream(live.follow(begin, asked.wish(now)))

    return router


def place(text: str | None) -> Start:
    """Read where to resume. Raises Problem."""
    try:
        return start(text)
    except ValueError as error:
        raise Problem(
            400,
            "bad-event-id",
            f"Last-Event-ID is {error}. Send the `id` of the last event that you saw, `0` for "
            "everything that the archive has, or nothing to begin now.",
        ) from None


def frame(moment: Moment) -> bytes:
    """Write a moment down as a server-sent event."""
    match moment:
        case Arrival():
            return moment.frame
        case Gap(position, requested, resumes):
            told = {"requested": requested, "resumes": str(resumes), "detail": _GAP}
            return written("gap", json.dumps(told), at=position)
        case State(connected, reason):
            return written("state", json.dumps({"connected": connected, "reason": reason}))
        case beat:
            return comment("beat", at=beat.position)


_GAP = "Something after `requested` is gone; read what you missed from GET /articles?since=…"
_EXAMPLE = """id: 48213
event: article
data: {"id":"0f2c1d5a8b7e4f6093a1b2c3d4e5f607","version":1,"title":"…","language":"kk-Cyrl"}
"""
