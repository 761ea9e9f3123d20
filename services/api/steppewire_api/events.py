"""`/events`: the live stream as server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse, SendTimeoutError
from starlette.types import Receive, Scope, Send

from steppewire import logs
from steppewire_api.articles import UNREADABLE, problem
from steppewire_api.filters import Subscription
from steppewire_api.live import Arrival, Gap, Live, Moment, State
from steppewire_api.position import Position
from steppewire_api.problems import Problem

log = logs.get(__name__)
SEND_TIMEOUT = 30.0
"""Seconds after which a client that takes nothing is let go; it resumes with its last id."""
RECONNECT_MS = 2000

_DESCRIPTION = """Articles as they are stored, from now on, or after `Last-Event-ID`.

| event | data |
|---|---|
| `article` | a card as in `GET /articles`; its `id` is where to resume |
| `gap` | `{"requested", "resumes", "detail"}`: the entries after `requested` are no longer in \
the stream; read what you missed from `GET /articles?since=…` |
| `state` | `{"connected", "reason"}`: whether the broker answers |

Comments are heartbeats. They carry an `id` too: a filtered stream stays resumable.
A version that changed nothing is not told. Reconnect with the last `id` that you saw:
nothing is skipped and nothing is repeated, also over restarts of this server.
"""


class Stream(EventSourceResponse):
    """A live stream that lets go of a client who takes nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until somebody leaves."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("listener_let_go", reason=f"took nothing for {self.send_timeout:g} s")


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
        last_event_id: Annotated[
            str | None, Header(max_length=50_000, examples=["1763800000000-0"])
        ] = None,
    ) -> Stream:
        start = place(last_event_id or asked.last_event_id, live.partitions)
        return Stream(
            _frames(live, start, asked),
            ping=0,  # our own heartbeats carry the position
            send_timeout=SEND_TIMEOUT,
            sep="\n",
        )

    return router


def place(text: str | None, partitions: int) -> Position | None:
    """Read where to resume. Raises Problem."""
    if not text:
        return None
    try:
        return Position.parse(text, partitions)
    except ValueError as error:
        raise Problem(
            400,
            "bad-event-id",
            f"Last-Event-ID is {error}. Send the `id` of the last event that you saw, `0-0` for "
            "everything that the stream still has, or nothing to begin now.",
        ) from None


async def _frames(
    live: Live, start: Position | None, asked: Subscription
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="steppewire", retry=RECONNECT_MS, sep="\n")
    async with aclosing(live.follow(start, asked.wants)) as moments:
        async for moment in moments:
            yield frame(moment)


def frame(moment: Moment) -> ServerSentEvent:
    """Write a moment down as a server-sent event."""
    match moment:
        case Arrival(position, data):
            return ServerSentEvent(data, event="article", id=str(position), sep="\n")
        case Gap(position, requested, resumes):
            told = {"requested": requested, "resumes": resumes, "detail": _GAP}
            return ServerSentEvent(json.dumps(told), event="gap", id=str(position), sep="\n")
        case State(connected, reason):
            told_state = {"connected": connected, "reason": reason}
            return ServerSentEvent(json.dumps(told_state), event="state", sep="\n")
        case beat:
            at = str(beat.position) if beat.position else None
            return ServerSentEvent(comment="beat", id=at, sep="\n")


_GAP = "Some events after `requested` are gone; read what you missed from GET /articles?since=…"
_EXAMPLE = """id: 1763800000000-0
event: article
data: {"id":"0f2c1d5a8b7e4f6093a1b2c3d4e5f607","version":1,"title":"…","language":"kk-Cyrl"}
"""
