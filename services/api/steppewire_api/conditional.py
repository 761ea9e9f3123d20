"""Validators and encodings: who has an answer already is told so, and others get it compressed.

From the outside in:

1. `Head` answers HEAD as GET without the body
2. `Tags` names a compressed answer apart from the plain one: to a strong ETag they are two
3. `CompressMiddleware` (starlette-compress) compresses with what the client takes
4. `Conditional` gives each answer an ETag made of its bytes, and answers 304

Nothing here waits for a live stream to end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from steppewire_api.edition import Edition, question

add_compress_type("application/problem+json")
add_compress_type("application/feed+json")
# a listener wants each event at once, and a thousand compressors want memory
remove_compress_type("text/event-stream")

SMALLEST = 1000
"""Bytes below which compression gains less than it costs."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_KEPT = ("etag", "cache-control", "content-location", "date", "expires", "vary", "link")
"""What RFC 9110, section 15.4.5, wants in a 304; the rest describes a body that is not sent."""


class Compress(CompressMiddleware):
    """Compresses with zstd, br or gzip."""

    def __init__(self, app: ASGIApp) -> None:
        # level 4 of each: half the time of their defaults for a tenth more bytes
        super().__init__(app, minimum_size=SMALLEST)


def etag(body: bytes) -> str:
    """Return the strong validator of an answer."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def known(asked: str, tag: str) -> str | None:
    """Return the form in which a client knows an answer, if it does (RFC 9110, section 13.1.2)."""
    if asked.strip() == "*":
        return tag
    plain = tag.strip('"')
    for found in _TAG.finditer(asked):
        if found[1] == plain or re.fullmatch(rf"{re.escape(plain)}-(br|gzip|zstd)", found[1]):
            return f'"{found[1]}"'
    return None


def unchanged(asked: Headers, told: Mapping[str, str]) -> str | None:
    """Return the tag under which a client has this answer already; None when it has not."""
    tag = told.get("etag", "")
    if (none_match := asked.get("if-none-match")) is not None:
        return known(none_match, tag)
    since, changed = asked.get("if-modified-since"), told.get("last-modified")
    return tag if since and changed and _not_after(changed, since) else None


def _not_after(changed: str, since: str) -> bool:
    try:
        return _moment(changed) <= _moment(since)
    except ValueError:
        return False


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    if moment.tzinfo is None:
        raise ValueError("a date of HTTP is in GMT")
    return moment


class Conditional:
    """Gives answers of one piece an ETag, and tells who has one already.

    Where the edition of the archive is known, without asking the database again.
    """

    def __init__(self, app: ASGIApp, edition: Edition | None = None) -> None:
        self._app, self._edition = app, edition

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        edition = self._edition
        asks = edition and question(scope, asked.get("host", ""), asked.get("accept", ""))
        out = edition.current if edition else None
        if edition and asks and "if-none-match" in asked:
            given = edition.given(asks)
            tag = known(asked["if-none-match"], given["etag"]) if given else None
            if given and tag:
                await _not_modified({**given, "etag": tag}, send)
                return
        held: list[Message] = []
        silent = False

        async def judged(message: Message) -> None:
            nonlocal silent
            if silent:
                return
            if message["type"] == "http.response.start" and message["status"] == 200:
                held.append(message)
                return
            if held:
                start = held.pop()
                silent, told = await _begin(start, message, asked, send)
                if edition and asks and "etag" in told:
                    edition.note(asks, out, told)
                if silent:
                    return
            await send(message)

        await self._app(scope, receive, judged)


async def _begin(
    start: Message, body: Message, asked: Headers, send: Send
) -> tuple[bool, dict[str, str]]:
    """Send the head of an answer; return whether that was all, for the client has the rest, and
    what a 304 repeats of it."""
    headers = MutableHeaders(scope=start)
    headers.setdefault("Cache-Control", "no-cache")
    if "etag" not in headers and not body.get("more_body", False):
        headers["ETag"] = etag(body.get("body", b""))
    kept = {name: value for name, value in headers.items() if name in _KEPT}
    tag = unchanged(asked, headers) if "etag" in headers else None
    if tag is None:
        await send(start)
        return False, kept
    await _not_modified({**kept, "etag": tag}, send)
    return True, kept


async def _not_modified(headers: Mapping[str, str], send: Send) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 304, "headers": raw})
    await send({"type": "http.response.body", "body": b""})


class Tags:
    """Marks the ETag of a compressed answer with its encoding."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                tag, encoding = headers.get("etag", ""), headers.get("content-encoding")
                if encoding and tag.startswith('"'):
                    headers["ETag"] = f'{tag[:-1]}-{encoding}"'
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)


class Head:
    """Answers HEAD with what GET would say, without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        told = asyncio.Event()
        empty: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                told.set()

        async def gone() -> Message:
            if empty:
                return empty.pop()
            await told.wait()
            # a live stream would go on for ever, for nobody
            return {"type": "http.disconnect"}

        await self._app({**scope, "method": "GET"}, gone, bare)
