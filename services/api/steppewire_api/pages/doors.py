"""How a page is asked for: faults become pages as well, in the reader's language.

`route_class` does so for what the pages themselves say, `Spoken` for what was refused before
anybody asked them: a key that is missing, an address that is too long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steppewire import logs
from steppewire.errors import ArchiveUnreachable
from steppewire_api.pages.paper import Reader, page
from steppewire_api.pages.words import LANGUAGES, Words
from steppewire_api.problems import MEDIA_TYPE, Problem, of_validation

log = logs.get(__name__)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def route_class(words: Words) -> type[APIRoute]:
    """Return the class of routes whose faults are told in these words."""

    class PageRoute(APIRoute):
        """Answers with a page, whatever happens."""

        def get_route_handler(self) -> Handler:
            """Wrap the handler that FastAPI makes."""
            ask = super().get_route_handler()

            async def answered(request: Request) -> Response:
                try:
                    return await ask(request)
                except Exception as error:
                    return trouble(Reader.of(request, words), error)

            return answered

    return PageRoute


def trouble(reader: Reader, error: Exception) -> Response:
    """Return the page that says what is wrong and what to do."""
    status, name, detail = told(error)
    if status == 500:
        log.error("page_failed", path=reader.path[:200], exc_info=error)
    return page("trouble.html", reader, status=status, name=name, detail=detail, here="")


def told(error: Exception) -> tuple[int, str, str]:
    """Return an error's status, the message that tells it, and what it says by itself."""
    match error:
        case Problem():
            return error.status, _MESSAGES.get(error.slug, "trouble.asked"), error.detail
        case RequestValidationError():
            problem = of_validation(error.errors())
            return problem.status, "trouble.asked", problem.detail
        case ArchiveUnreachable():
            return 503, "trouble.database", ""
        case RedisError() | OSError():
            return 503, "trouble.broker", ""
        case HTTPException():
            return error.status_code, "trouble.page", ""
        case _:
            return 500, "trouble.ours", ""


_MESSAGES = {
    "no-such-article": "trouble.article",
    "no-such-page": "trouble.page",
    "no-such-source": "trouble.source",
    "no-such-entity": "trouble.entity",
    "bad-cursor": "trouble.cursor",
    "no-key": "trouble.key",
    "scope": "trouble.key",
    "cross-site": "trouble.foreign",
    "too-many": "trouble.often",
    "database": "trouble.database",
    "broker": "trouble.broker",
    "no-such-letter": "trouble.letter",
}
_DROPPED = frozenset((b"content-type", b"content-length", b"etag", b"cache-control", b"vary"))


class Spoken:
    """Makes pages of problems that were told before a page was asked. Plain ASGI."""

    def __init__(self, app: ASGIApp, zone: ZoneInfo) -> None:
        self._app = app
        self._words = {language: Words(language, zone) for language in LANGUAGES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        words = self._words.get(scope["path"].split("/")[1]) if scope["type"] == "http" else None
        if words is None:
            await self._app(scope, receive, send)
            return
        reader = Reader.of(Request(scope), words)
        await self._app(scope, receive, _Telling(reader, send))


class _Telling:
    """Sends what is sent, or in place of a problem's JSON a page that says the same."""

    def __init__(self, reader: Reader, send: Send) -> None:
        self._reader, self._send = reader, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._speak(self._start)

    async def _speak(self, start: Message) -> None:
        problem = json.loads(self._body)
        slug = str(problem["type"]).rpartition(":")[2]
        error = Problem(start["status"], slug, str(problem["detail"]))
        response = trouble(self._reader, error)
        kept = [pair for pair in start["headers"] if pair[0].lower() not in _DROPPED]
        headers = [*kept, *response.raw_headers]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": response.body})


def _is_problem(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(MEDIA_TYPE.encode())
        for name, value in start["headers"]
    )
