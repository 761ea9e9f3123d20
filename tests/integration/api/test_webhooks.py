"""Webhooks over HTTP: added, seen, changed, given another secret, removed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.delivery.gate import Gate
from steppewire.quarantine import Quarantine
from steppewire.webhooks import Book, State, Webhook, new_secret
from steppewire_api.access import Rules
from steppewire_api.gauges import Gauges
from steppewire_api.web import build

ASKED = {"url": "https://team.test/in", "language": ["kk"], "q": "Тоқаев"}


class Nothing:
    """These routes ask no archive and no live stream."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody should ask for {name}")


def app(redis: Redis, rules: Rules) -> Any:
    return build(
        Nothing(),
        Gauges(redis),
        Nothing(),
        Quarantine(Gate(redis)),
        Book(redis),
        broker="",
        rules=rules,
    )


@pytest.fixture
async def client(redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may."""
    rules = Rules(openings=frozenset({"read", "live", "webhooks"}))
    transport = httpx.ASGITransport(app=app(redis, rules), raise_app_exceptions=False)
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
    client: httpx.AsyncClient, redis: Redis
) -> None:
    first = (await client.post("/webhooks", json={**ASKED, "id": "team"})).json()["secret"]
    second = (await client.post("/webhooks/team/secret")).json()["secret"]
    kept = await Book(redis).get("team")

    assert kept is not None
    assert kept.secrets == (second, first)
    assert "whsec_" not in (await client.get("/webhooks")).text


async def test_a_disabled_webhook_says_why_and_is_enabled_again(
    client: httpx.AsyncClient, redis: Redis
) -> None:
    await client.post("/webhooks", json={**ASKED, "id": "team"})
    await Book(redis).note("team", State(disabled_at=datetime.now(UTC), disabled_why="it failed"))
    before = (await client.get("/webhooks/team")).json()
    after = (await client.patch("/webhooks/team", json={"enabled": True, "q": ""})).json()
    off = (await client.patch("/webhooks/team", json={"enabled": False})).json()

    assert (before["status"], before["why"]) == ("disabled", "it failed")
    assert (after["status"], after["q"], after["language"]) == ("active", "", ["kk"])
    assert off["status"] == "off"


async def test_a_webhook_of_a_file_is_changed_there(
    client: httpx.AsyncClient, redis: Redis
) -> None:
    hook = Webhook(
        id="filed",
        url="https://team.test/",
        secrets=(new_secret(),),
        made_at=datetime.now(UTC),
        origin="file",
    )
    await Book(redis).put(hook)

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


async def test_without_a_key_of_its_scope_nobody_sees_or_adds_any(redis: Redis) -> None:
    transport = httpx.ASGITransport(app=app(redis, Rules()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        seen, added = await client.get("/webhooks"), await client.post("/webhooks", json=ASKED)

    assert (seen.status_code, added.status_code) == (401, 401)
    assert "--scope webhooks" in added.json()["detail"]
