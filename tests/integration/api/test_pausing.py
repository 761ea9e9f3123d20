"""Sources paused and resumed over HTTP and on their page: by key, and never by another site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive import Archive
from steppewire.archive.hooks import Book
from steppewire.delivery.gate import Gate
from steppewire.keys import make, write
from steppewire.pauses import PAUSED, Pauses
from steppewire.quarantine import Quarantine
from steppewire.streams import key
from steppewire_api.access import Rules
from steppewire_api.app import described
from steppewire_api.gauges import Gauges
from steppewire_api.keyring import KeyRing
from steppewire_api.live import Live
from steppewire_api.web import build


class Desk:
    """The API over a broker with one source, and a key for its operator."""

    def __init__(self, client: httpx.AsyncClient, redis: Redis, token: str) -> None:
        self.client, self.redis = client, redis
        self.bearer = {"Authorization": f"Bearer {token}"}
        self.token = token


@pytest.fixture
async def desk(stored: Archive, redis: Redis, tmp_path: Path) -> AsyncIterator[Desk]:
    token, made = make("newsroom", ["operate"], datetime.now(UTC))
    write(tmp_path / "keys.json", [made])
    await redis.hset(key("source.elkz"), mapping={"name": "elkz", "title": "EL", "state": "ok"})
    app = build(
        stored,
        Gauges(redis),
        Live(stored, redis, described),
        Quarantine(Gate(redis)),
        Book.at(f"sqlite:///{tmp_path / 'archive.sqlite3'}"),
        broker="",
        rules=Rules(KeyRing(tmp_path / "keys.json")),
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield Desk(client, redis, token)


async def test_a_source_is_paused_shown_with_who_and_why_and_resumed(desk: Desk) -> None:
    ask: Any = {"json": {"why": "they asked us to"}, "headers": desk.bearer}
    paused = await desk.client.post("/sources/elkz/pause", **ask)
    again = await desk.client.post("/sources/elkz/pause", json={}, headers=desk.bearer)
    [shown] = (await desk.client.get("/sources")).json()["items"]
    pages = [(await desk.client.get(f"/en/{path}")).text for path in ("sources", "sources/elkz")]
    resumed = await desk.client.post("/sources/elkz/resume", headers=desk.bearer)
    idle = await desk.client.post("/sources/elkz/resume", headers=desk.bearer)

    told = paused.json()["paused"]
    assert (told["why"], told["by"].split()[0]) == ("they asked us to", "newsroom")
    assert [r.json()["changed"] for r in (paused, again, resumed, idle)] == [True, False] * 2
    assert shown["paused"] == told == again.json()["paused"]
    assert all("they asked us to" in page and "newsroom (" in page for page in pages)
    assert (await desk.client.get("/sources")).json()["items"][0]["paused"] is None


async def test_the_page_pauses_and_resumes_with_a_key_in_its_form(desk: Desk) -> None:
    for act, expected in (("pause", {"elkz"}), ("resume", set())):
        page = (await desk.client.get("/kk/sources/elkz")).text
        assert re.search(rf'name="act" value="{act}"', page)
        form = {"act": act, "why": "<b>себеп", "key": desk.token}
        answer = await desk.client.post("/kk/sources/elkz", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/kk/sources/elkz")
        assert await Pauses(desk.redis).names() == expected
        shown = (await desk.client.get("/kk/sources/elkz")).text
        assert "<b>себеп" not in shown


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/sources/elkz/pause", {"json": {}}, 401),
        ("/sources/elkz/resume", {}, 401),
        ("/en/sources/elkz", {"data": {"act": "pause"}}, 401),
        ("/en/sources/elkz", {"data": {"act": "pause", "key": "swk_x"}}, 401),
        ("/sources/nobody/pause", {"json": {}, "key": True}, 404),
        ("/sources/nobody/resume", {"key": True}, 404),
        ("/sources/elkz/pause", {"json": {"why": "x" * 301}, "key": True}, 422),
        ("/sources/elkz/pause", {"json": {"why": "a\x00"}, "key": True}, 422),
        ("/sources/elkz/pause", {"json": {"colour": 1}, "key": True}, 422),
        ("/sources/elkz/pause", {"content": b"{", "key": True}, 415),
        ("/en/sources/elkz", {"data": {"act": "burn"}, "key": True}, 422),
        ("/en/sources/elkz", {"data": {"act": "pause", "why": "x" * 301}, "key": True}, 422),
        ("/en/sources/nobody", {"data": {"act": "pause"}, "key": True}, 404),
    ],
)
async def test_what_may_not_be_or_cannot_be_changes_nothing(
    desk: Desk, path: str, sent: dict[str, Any], status: int
) -> None:
    sent = dict(sent)
    headers = desk.bearer if sent.pop("key", False) else {}
    answer = await desk.client.post(path, headers=headers, **sent)

    assert answer.status_code == status
    assert not await desk.redis.exists(PAUSED)


async def test_another_site_cannot_pause_in_somebody_s_name(desk: Desk) -> None:
    headers = {**desk.bearer, "Sec-Fetch-Site": "cross-site"}
    answers = [
        await desk.client.post("/sources/elkz/pause", json={}, headers=headers),
        await desk.client.post("/en/sources/elkz", data={"act": "pause"}, headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not await desk.redis.exists(PAUSED)
