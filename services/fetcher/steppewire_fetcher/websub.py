"""WebSub (W3C, 2018): a feed's hub brings news at once; polling stays as the net.

Off unless `STEPPEWIRE_WEBSUB_CALLBACK` names an address under which hubs reach this fetcher's
health port. Every fetcher may answer for every subscription: they are kept in Redis.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from steppewire import logs
from steppewire.errors import Verdict
from steppewire.plugins import Feed, Source
from steppewire.streams import key
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.links import Reading

log = logs.get(__name__)

PATH = "/websub"
LEASE = 10 * 86_400
"""Seconds for which a subscription is asked; hubs may grant less."""
ASK_EVERY = 3_600
"""Seconds between two tries to subscribe to the same feed."""
MAX_BODY = 10_000_000
_KEEP = 2 * LEASE
_RENEW_AT = 1 / 3
"""Share of the granted time that is left when a subscription is renewed."""
_TIMEOUT = 15.0
_METHODS = ("sha1", "sha256", "sha384", "sha512")

Receive = Callable[[Source, Feed, bytes, str], Awaitable[int]]
"""Takes in what a hub brought; returns how many links were new."""


class Posting(Protocol):
    """Sends a form."""

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], *, timeout: float
    ) -> Answer:
        """Return the answer or raise a verdict."""


@dataclass(frozen=True)
class Subscription:
    """What is kept of one feed's subscription."""

    token: str
    """The last part of our callback's address: only the hub knows it."""
    secret: str
    source: str
    feed: str
    topic: str
    until: float = 0.0
    """Seconds since 1970; 0 before the hub has asked back."""
    granted: float = 0.0

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether there is no need to renew yet."""
        return self.until - now.timestamp() > self.granted * _RENEW_AT


class WebSub:
    """Subscribes to hubs, and knows the subscriptions of all fetchers."""

    def __init__(
        self, redis: Redis, web: Posting, *, callback: str, agent: str, now: Callable[[], datetime]
    ) -> None:
        self._redis, self._web, self._now = redis, web, now
        self._callback, self._agent = callback.rstrip("/"), agent

    async def offer(self, source: Source, feed: Feed, reading: Reading) -> None:
        """Subscribe to a feed that names a hub, unless that is done; polling goes on anyway."""
        if reading.hub is None:
            return
        topic = reading.topic or feed.url
        known = await self._of_feed(feed.url)
        if known and known.topic == topic and known.is_fresh(self._now()):
            return
        if await self._redis.set(key(f"websub.asking.{_digest(topic)}"), 1, nx=True, ex=ASK_EVERY):
            again = known if known and known.topic == topic else None
            await self._subscribe(again or _new(source, feed, topic), reading.hub)

    async def confirm(self, token: str, query: Mapping[str, str]) -> str | None:
        """Return the challenge when a hub asks whether we want what we asked for; else None."""
        known = await self.find(token)
        if known is None or query.get("hub.topic") != known.topic:
            return None
        if query.get("hub.mode") == "denied":
            log.warning("websub_denied", feed=known.feed, why=query.get("hub.reason", ""))
            return ""
        if query.get("hub.mode") != "subscribe" or not query.get("hub.challenge"):
            return None  # we never ask to be unsubscribed
        granted = _seconds(query.get("hub.lease_seconds", ""))
        until = self._now() + timedelta(seconds=granted)
        fields: dict[Any, Any] = {"until": until.timestamp(), "granted": granted}
        await self._redis.hset(self._key(token), mapping=fields)
        log.info("websub_subscribed", feed=known.feed, seconds=granted)
        return query["hub.challenge"]

    async def find(self, token: str) -> Subscription | None:
        """Return the subscription behind a callback, or None."""
        stored: Any = await self._redis.hgetall(self._key(token))
        fields = {name.decode(): value.decode() for name, value in stored.items()}
        if "topic" not in fields:
            return None
        until, granted = (float(fields.pop(name, 0.0)) for name in ("until", "granted"))
        return Subscription(token=token, until=until, granted=granted, **fields)

    async def _subscribe(self, wanted: Subscription, hub: str) -> None:
        names = ("source", "feed", "topic", "secret")
        fields: dict[Any, Any] = {name: getattr(wanted, name) for name in names}
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(self._key(wanted.token), mapping=fields)
        pipe.expire(self._key(wanted.token), _KEEP)
        pipe.set(key(f"websub.feed.{_digest(wanted.feed)}"), wanted.token, ex=_KEEP)
        await pipe.execute()
        form = {
            "hub.mode": "subscribe",
            "hub.topic": wanted.topic,
            "hub.callback": f"{self._callback}{PATH}/{wanted.token}",
            "hub.secret": wanted.secret,
            "hub.lease_seconds": str(LEASE),
        }
        try:
            answer = await self._web.post(hub, form, {"User-Agent": self._agent}, timeout=_TIMEOUT)
        except Verdict as verdict:
            log.warning("websub_not_asked", hub=hub, error=str(verdict))
            return
        if answer.status not in (202, 204, 200):
            log.warning("websub_refused", hub=hub, feed=wanted.feed, status=answer.status)

    async def _of_feed(self, url: str) -> Subscription | None:
        token: Any = await self._redis.get(key(f"websub.feed.{_digest(url)}"))
        return await self.find(token.decode()) if token else None

    def _key(self, token: str) -> str:
        return key(f"websub.{_digest(token)}")


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Tell whether a hub that knows the secret has sent these bytes (X-Hub-Signature)."""
    method, _, said = signature.strip().partition("=")
    if method not in _METHODS:
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right.encode(), said.strip().lower().encode())


def routes(websub: WebSub, sources: Mapping[str, Source], receive: Receive) -> list[Route]:
    """Return what hubs talk to."""

    async def confirm(request: Request) -> Response:
        challenge = await websub.confirm(request.path_params["token"], request.query_params)
        return Response(status_code=404) if challenge is None else PlainTextResponse(challenge)

    async def deliver(request: Request) -> Response:
        known = await websub.find(request.path_params["token"])
        source = sources.get(known.source) if known else None
        if known is None or source is None:
            return Response(status_code=410)  # tells the hub to forget us
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        # a wrong signature gets the same answer as a right one (W3C, 7.1: tell nothing)
        if is_signed(known.secret, request.headers.get("x-hub-signature", ""), body):
            content_type = request.headers.get("content-type", "")
            try:
                new = await receive(source, Feed(url=known.feed), body, content_type)
            except Verdict as verdict:  # to send it again would not help; polling goes on
                log.warning("websub_unreadable", source=source.name, error=str(verdict))
            else:
                log.info("websub_delivered", source=source.name, new=new)
        else:
            log.warning("websub_forged", source=source.name)
        return Response(status_code=202)

    path = f"{PATH}/{{token}}"
    return [Route(path, confirm, methods=["GET"]), Route(path, deliver, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        parts.append(chunk)
    return b"".join(parts)


def _new(source: Source, feed: Feed, topic: str) -> Subscription:
    return Subscription(
        token=secrets.token_urlsafe(24),
        secret=secrets.token_hex(32),
        source=source.name,
        feed=feed.url,
        topic=topic,
    )


def _seconds(text: str) -> float:
    return float(min(int(text), 10 * LEASE)) if text.isascii() and text.isdigit() else float(LEASE)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
