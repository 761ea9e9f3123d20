"""WebSub against a real hub's manners: asked, asked back, brought news, renewed, forged."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette

from steppewire.plugins import Source
from steppewire.streams import DISCOVERED, key
from steppewire.testing.site import Site, reply
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.web import Web
from steppewire_fetcher.websub import LEASE, WebSub, is_signed, routes

HOME = "https://news.example.kz"
HUB = "https://hub.example"
FEED = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<atom:link rel="hub" href="{HUB}/"/><atom:link rel="self" href="{HOME}/rss"/>
<item><link>{HOME}/a-1</link></item></channel></rss>""".encode()
NEWS = FEED.replace(b"/a-1", b"/a-2")


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def websub(redis: Redis, web: Web, clock: Clock) -> WebSub:
    return WebSub(redis, web, callback="https://wire.example/", agent="test", now=clock)


@pytest.fixture
def following(discoverer: Discoverer, websub: WebSub) -> Discoverer:
    return replace(discoverer, hubs=websub)


@pytest.fixture
def news(source: Callable[..., Source], site: Site) -> Source:
    site.replies = {"news.example.kz/rss": reply(FEED), "hub.example/": reply(b"", 202)}
    return source(discover=[{"kind": "feed", "url": f"{HOME}/rss"}])


@pytest.fixture
async def callback(
    websub: WebSub, following: Discoverer, news: Source
) -> AsyncIterator[httpx.AsyncClient]:
    """What a hub reaches."""
    app = Starlette(routes=routes(websub, {news.name: news}, following.receive))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://wire.example") as client:
        yield client


def asked(site: Site) -> list[dict[str, str]]:
    forms = [one.body.decode() for one in site.requests if one.host == "hub.example" and one.body]
    return [{k: v[0] for k, v in parse_qs(form).items()} for form in forms]


async def confirm(client: httpx.AsyncClient, form: dict[str, str], **changes: str) -> Any:
    query = {"mode": "subscribe", "topic": form["hub.topic"], "challenge": "abc"} | changes
    path = urlsplit(form["hub.callback"]).path
    return await client.get(path, params={f"hub.{name}": value for name, value in query.items()})


async def bring(client: httpx.AsyncClient, form: dict[str, str], body: bytes, secret: str) -> Any:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    path = urlsplit(form["hub.callback"]).path
    return await client.post(path, content=body, headers={"X-Hub-Signature": signature})


async def known(redis: Redis) -> int:
    return int(await redis.xlen(key(DISCOVERED.name)))


async def test_a_feed_that_offers_a_hub_is_subscribed_to_once(
    following: Discoverer, news: Source, site: Site
) -> None:
    await following.poll(news)
    await following.poll(news)

    (form,) = asked(site)
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == f"{HOME}/rss"
    assert form["hub.callback"].startswith("https://wire.example/websub/")
    assert len(form["hub.secret"]) == 64


async def test_a_hub_that_asks_back_gets_its_challenge(
    following: Discoverer, news: Source, site: Site, callback: httpx.AsyncClient
) -> None:
    await following.poll(news)
    (form,) = asked(site)

    right = await confirm(callback, form)
    wrong = await confirm(callback, form, topic=f"{HOME}/other")
    leave = await confirm(callback, form, mode="unsubscribe")

    assert (right.status_code, right.text) == (200, "abc")
    assert (wrong.status_code, leave.status_code) == (404, 404)


async def test_what_a_hub_brings_enters_at_once(
    following: Discoverer, news: Source, site: Site, callback: httpx.AsyncClient, redis: Redis
) -> None:
    await following.poll(news)
    (form,) = asked(site)

    answer = await bring(callback, form, NEWS, form["hub.secret"])
    again = await bring(callback, form, NEWS, form["hub.secret"])

    assert (answer.status_code, again.status_code) == (202, 202)
    assert await known(redis) == 2


async def test_what_somebody_else_brings_is_not_believed(
    following: Discoverer, news: Source, site: Site, callback: httpx.AsyncClient, redis: Redis
) -> None:
    await following.poll(news)
    (form,) = asked(site)

    answer = await bring(callback, form, NEWS, "guessed")

    assert answer.status_code == 202
    assert await known(redis) == 1


async def test_a_callback_that_nobody_knows_is_gone(callback: httpx.AsyncClient) -> None:
    assert (await callback.post("/websub/nobody", content=NEWS)).status_code == 410
    assert (await callback.get("/websub/nobody")).status_code == 404


async def test_a_subscription_is_renewed_before_it_ends_with_the_same_secret(
    following: Discoverer,
    news: Source,
    site: Site,
    callback: httpx.AsyncClient,
    clock: Clock,
    redis: Redis,
) -> None:
    await following.poll(news)
    await confirm(callback, asked(site)[0], lease_seconds=str(LEASE))
    await redis.delete(*[k async for k in redis.scan_iter("*websub.asking*")])

    await following.poll(news)
    early = len(asked(site))
    clock.at += timedelta(seconds=0.7 * LEASE)
    await following.poll(news)

    first, second = asked(site)
    assert early == 1
    assert first == second


async def test_a_hub_that_refuses_does_not_stop_the_polling(
    following: Discoverer, news: Source, site: Site
) -> None:
    site.replies["hub.example/"] = reply(b"no", 500)

    poll = await following.poll(news)

    assert (poll.new, poll.failed) == (1, 0)


@pytest.mark.parametrize(
    ("signature", "right"),
    [
        ("sha256=" + hmac.new(b"s", b"body", "sha256").hexdigest(), True),
        ("sha1=" + hmac.new(b"s", b"body", "sha1").hexdigest(), True),
        ("sha512=" + hmac.new(b"s", b"body", "sha512").hexdigest().upper(), True),
        ("md5=" + hmac.new(b"s", b"body", "md5").hexdigest(), False),
        ("sha256=" + hmac.new(b"other", b"body", "sha256").hexdigest(), False),
        ("sha256=", False),
        ("", False),
        ("sha256=ж", False),
    ],
)
def test_only_a_signature_with_the_secret_is_right(signature: str, right: bool) -> None:
    assert is_signed("s", signature, b"body") is right
