"""Webhooks over HTTP: added, seen, changed, given another secret, removed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive.hooks import Book
from steppewire.delivery.gate import Gate
from steppewire.quarantine import Quarantine
from steppewire.webhooks import State, Webhook, new_secret
from steppewire_api.access import Rules
from steppewire_api.gauges import Gauges
from steppewire_api.web import build

ASKED = {"url": "https://team.test/in", "language": ["kk"], "q": "Тоқаев"}


class Nothing:
    """These routes ask no archive and no live stream."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody should ask for {name}")


@pytest.fixture
async def book(empty_database: Path, tmp_path: Path) -> AsyncIterator[Book]:
    path = shutil.copy(empty_database, tmp_path / "archive.sqlite3")
    async with aclosing(Book.at(f"sqlite:///{path}")) as book:
        yield book


def app(redis: Redis, book: Book, rules: Rules) -> Any:
    return build(
        Nothing(),
        Gauges(redis),
        Nothing(),
        Quarantine(Gate(redis)),
        book,
        broker="",
        rules=rules,
    )


@pytest.fixture
async def client(redis: Redis, book: Book) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may."""
    rules = Rules(openings=frozenset({"read", "live", "webhooks"}))
    transport = httpx.ASGITransport(app=app(redis, book, rules), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client


async def test_a_webhook_is_added_seen_and_removed(client: httpx.AsyncClient) -> None:
    made = await client.post("/webhooks", json=ASKED)
    told = made.json()
    seen = (await client.get(made.headers["location"])).json()
    listed = (await client.get("/webhooks")).json()["items"]
    gone = await client.delete(made.headers["location"])

    assert (made.status_code, gone.status_code) == (201, 204)
    assert told.pop("secret").startswith("whsec_")
    assert seen == told == listed[0]
    assert (seen["status"], seen["language"], seen["q"]) == ("active", ["kk"], "Тоқаев")
    assert (await client.get(made.headers["location"])).status_code == 404


async def test_a_secret_is_shown_once_and_renewed_with_the_old_one_kept(
    client: httpx.AsyncClient, book: Book
) -> None:
    first = (await client.post("/webhooks", json={**ASKED, "id": "team"})).json()["secret"]
    second = (await client.post("/webhooks/team/secret")).json()["secret"]
    kept = await book.get("team")

    assert kept is not None
    assert kept.secrets == (second, first)
    assert "whsec_" not in (await client.get("/webhooks")).text


async def test_a_disabled_webhook_says_why_and_is_enabled_again(
    client: httpx.AsyncClient, book: Book
) -> None:
    await client.post("/webhooks", json={**ASKED, "id": "team"})
    await book.note("team", State(disabled_at=datetime.now(UTC), disabled_why="it failed"))
    before = (await client.get("/webhooks/team")).json()
    after = (await client.patch("/webhooks/team", json={"enabled": True, "q": ""})).json()
    off = (await client.patch("/webhooks/team", json={"enabled": False})).json()

    assert (before["status"], before["why"]) == ("disabled", "it failed")
    assert (after["status"], after["q"], after["language"]) == ("active", "", ["kk"])
    assert off["status"] == "off"


async def test_a_webhook_of_a_file_is_changed_there(client: httpx.AsyncClient, book: Book) -> None:
    hook = Webhook(
        id="filed",
        url="https://team.test/",
        secrets=(new_secret(),),
        made_at=datetime.now(UTC),
        origin="file",
    )
    await book.put(hook)

    for answer in (
        await client.patch("/webhooks/filed", json={"enabled": False}),
        await client.delete("/webhooks/filed"),
    ):
        assert answer.status_code == 409
        assert "change it there" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 422, "url"),
        ({"url": "http://127.0.0.1/"}, 422, "not public"),
        ({"url": "http://169.254.169.254/"}, 422, "not public"),
        ({"url": "file:///etc/passwd"}, 422, "such as https://host/path"),
        ({**ASKED, "secret": "whsec_x"}, 422, "24 to 64 bytes"),
        ({**ASKED, "colour": "blue"}, 422, "colour"),
        ({**ASKED, "id": "../x"}, 422, "lower-case"),
        ({**ASKED, "q": "a\x00"}, 422, "control characters"),
        ([], 422, "body"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_remedy(
    client: httpx.AsyncClient, body: Any, status: int, told: str
) -> None:
    answer = await client.post("/webhooks", json=body)

    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"]


async def test_an_id_that_is_taken_is_a_conflict(client: httpx.AsyncClient) -> None:
    await client.post("/webhooks", json={**ASKED, "id": "team"})

    assert (await client.post("/webhooks", json={**ASKED, "id": "team"})).status_code == 409


async def test_without_a_key_of_its_scope_nobody_sees_or_adds_any(redis: Redis, book: Book) -> None:
    transport = httpx.ASGITransport(app=app(redis, book, Rules()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        seen, added = await client.get("/webhooks"), await client.post("/webhooks", json=ASKED)

    assert (seen.status_code, added.status_code) == (401, 401)
    assert "--scope webhooks" in added.json()["detail"]
