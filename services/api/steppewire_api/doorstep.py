"""What is refused before anybody reads it: bytes that are no text, and what is too long.

`Doorstep` looks at whole requests. `Protocol` answers what never becomes a request, such as ten
megabytes of address, as a problem too, and not as a connection that breaks.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

import h11
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from steppewire_api.problems import MEDIA_TYPE, Problem, answer, body_of

MOST_ADDRESS = 16_384
"""Bytes of an address with its parameters."""
MOST_HEAD = 65_536
"""Bytes of all headers and the address together."""
MOST_BODY = 65_536
"""Bytes of a body: the largest that means anything is a list of ids."""
_LINGER_SECONDS, _LINGER_BYTES = 5.0, 16 << 20


def refusal(scope: Scope) -> Problem | None:
    """Return why a request is not even looked at; None for one that is."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    if len(path) + len(query) > MOST_ADDRESS:
        return _too_long_address()
    for part, name in ((path, "path of this address"), (query, "query of this address")):
        if (told := _no_text(unquote_to_bytes(part))) is not None:
            return Problem(400, "bad-text", f"The {name} {told}.")
    return _declared(Headers(scope=scope).get("content-length", ""))


def _too_long_address() -> Problem:
    return Problem(
        414,
        "too-long",
        f"This address is longer than {MOST_ADDRESS:,} bytes: ask for fewer things at once.",
    )


def _no_text(raw: bytes) -> str | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "is not UTF-8: percent-encode text as UTF-8 (%D2%9B for қ)"
    if "\0" in text:
        return "has a control character, NUL (%00), which no text contains: leave it out"
    return None


def _declared(length: str) -> Problem | None:
    return _too_much() if length.isdigit() and int(length[:20]) > MOST_BODY else None


def _too_much() -> Problem:
    return Problem(
        413,
        "too-much",
        f"A body of more than {MOST_BODY:,} bytes is not read: send less at once.",
    )


class Doorstep:
    """Answers what is refused; hands on the rest, with a body that cannot grow without end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif (problem := refusal(scope)) is not None:
            await _drained(receive)
            await answer(problem)(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive), send)


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BODY:
            await _drained(receive)
            # the one exception that FastAPI lets pass while it reads a body
            raise HTTPException(413, _too_much().detail)
        return message

    return bounded


async def _drained(receive: Receive) -> None:
    """Throw away what a client still sends: one that is cut off would not read the answer."""
    thrown, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while more and thrown < _LINGER_BYTES:
                message = await receive()
                thrown += len(message.get("body", b""))
                more = message.get("more_body", False)


class Protocol(H11Protocol):
    """HTTP/1.1 that says what is wrong, and waits until that was read."""

    _drained: int | None = None
    """Bytes that were thrown away after the last word; None while we still listen."""
    _has_letters = False
    """Whether an address came as it is read, and not percent-encoded."""

    def data_received(self, data: bytes) -> None:
        """Take what arrives; nothing more is read after the last word."""
        if self._drained is None:
            self._has_letters = not data.isascii() and _is_address_of_letters(data)
            super().data_received(data)
            return
        self._drained += len(data)
        if self._drained > _LINGER_BYTES:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request of ours, and let it be read before the connection ends.

        To close at once would reset the connection under a client that still sends, and the
        answer would be lost with it (RFC 9112, section 9.6).
        """
        problem = self._problem()
        body = json.dumps(body_of(problem).model_dump()).encode()
        head = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))]
        reason = HTTPStatus(problem.status).phrase
        response = h11.Response(
            status_code=problem.status, headers=[*head, ("Connection", "close")], reason=reason
        )
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self._drained = 0
        if self.transport.can_write_eof():
            self.transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.transport.close)

    def _problem(self) -> Problem:
        buffered, _ = self.conn.trailing_data
        line = buffered[: MOST_ADDRESS + 100].partition(b"\r\n")[0]
        if len(line) > MOST_ADDRESS:
            return _too_long_address()
        if len(buffered) >= MOST_HEAD:
            return Problem(
                431,
                "too-long",
                f"The headers of this request are longer than {MOST_HEAD:,} bytes: send fewer.",
            )
        if self._has_letters:
            return Problem(
                400,
                "no-http",
                "Letters beyond ASCII in an address are percent-encoded, as browsers do: "
                "curl --get --data-urlencode 'q=…' does it, too.",
            )
        return Problem(400, "no-http", "This is no HTTP/1.1 request: look at what sent it.")


def _is_address_of_letters(data: bytes) -> bool:
    line = data.partition(b"\r\n")[0]
    return not line.isascii() and line.endswith((b" HTTP/1.1", b" HTTP/1.0"))
