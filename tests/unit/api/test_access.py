"""Who may ask for what: keys, scopes, other sites' pages, limits."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from steppewire.keys import Key, Scope, make, write
from steppewire_api.access import Rules, needed
from steppewire_api.keyring import KeyRing
from steppewire_api.rates import Limiter, Rate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Asking = Callable[[Rules], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def asking(made: Callable[[Rules], FastAPI]) -> Asking:
    """The API by other rules."""

    @asynccontextmanager
    async def client(rules: Rules) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=made(rules), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as one:
            yield one

    return client


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def handed_out(file: Path, *scopes: Scope, **more: object) -> str:
    token, key = make("desk", scopes, NOON, **more)  # type: ignore[arg-type]
    write(file, [key])
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


CLOSED: frozenset[Scope] = frozenset()


async def test_without_keys_everybody_reads_and_nobody_operates(
    client: httpx.AsyncClient,
) -> None:
    refused = await client.post("/dead-letters/retry", json={"all": True})

    assert (await client.get("/articles")).status_code == 200
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert "steppewire keys new NAME --scope operate" in refused.json()["detail"]
    assert refused.headers["www-authenticate"] == 'Bearer realm="steppewire"'


async def test_a_closed_newswire_answers_who_has_a_key(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read")
    async with asking(Rules(KeyRing(keys), CLOSED)) as client:
        assert (await client.get("/articles")).status_code == 401
        assert (await client.get("/")).status_code == 401
        assert (await client.get("/nowhere")).status_code == 401
        assert (await client.get("/articles", headers=bearer(token))).status_code == 200
        assert (await client.get("/health/live")).status_code == 200


async def test_a_browser_is_offered_a_window_for_the_key(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read")
    shown = base64.b64encode(f"anybody:{token}".encode()).decode()
    async with asking(Rules(KeyRing(keys), CLOSED)) as client:
        asked = await client.get("/articles", headers={"Accept": "text/html"})
        typed = await client.get("/articles", headers={"Authorization": f"Basic {shown}"})

    assert 'Basic realm="steppewire"' in asked.headers["www-authenticate"]
    assert typed.status_code == 200


async def test_the_password_of_a_proxy_in_front_is_no_wrong_key(
    client: httpx.AsyncClient,
) -> None:
    shown = base64.b64encode(b"editor:correct horse").decode()
    answer = await client.get("/articles", headers={"Authorization": f"Basic {shown}"})

    assert answer.status_code == 200


async def test_a_key_typed_into_a_form_goes_before_the_one_that_a_browser_always_sends(
    asking: Asking, keys: Path
) -> None:
    (reading, first), (operating, second) = make("a", ["read"], NOON), make("b", ["operate"], NOON)
    write(keys, [first, second])
    form = {"heap": "", "key": operating}
    async with asking(Rules(KeyRing(keys), CLOSED)) as client:
        typed = await client.post("/en/pipeline", data=form, headers=bearer(reading))
        untyped = await client.post("/en/pipeline", data={"heap": ""}, headers=bearer(reading))

    assert (typed.status_code, untyped.status_code) == (422, 403)


@pytest.mark.parametrize(
    "shown",
    [
        "Bearer",
        "Bearer x",
        "Bearer swk_aaaaaaaa_" + "A" * 43,
        "Bearer " + "я" * 20,
        "Basic !!!",
        "Basic /w==",
        "Digest username=x",
        "swk_aaaaaaaa_" + "A" * 43,
    ],
)
async def test_a_key_that_is_none_of_ours_is_refused_even_where_none_is_needed(
    client: httpx.AsyncClient, shown: str
) -> None:
    answer = await client.get("/articles", headers={"Authorization": shown.encode()})

    assert answer.status_code == 401
    assert "steppewire keys new" in answer.json()["detail"]


async def test_a_key_without_the_scope_is_told_which_one_is_missing(
    asking: Asking, keys: Path
) -> None:
    token = handed_out(keys, "read")
    async with asking(Rules(KeyRing(keys))) as client:
        answer = await client.post("/dead-letters/retry", json={"all": True}, headers=bearer(token))

    assert answer.status_code == 403
    assert "--scope operate" in answer.json()["detail"]


async def test_a_key_that_is_revoked_ends_at_the_next_request(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read")
    async with asking(Rules(KeyRing(keys), CLOSED)) as client:
        before = await client.get("/articles", headers=bearer(token))
        write(keys, [])
        after = await client.get("/articles", headers=bearer(token))

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_key_that_has_ended_is_refused(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read", until=NOON + timedelta(days=1))
    late = Rules(KeyRing(keys), clock=lambda: NOON + timedelta(days=2))
    async with asking(late) as client:
        assert (await client.get("/articles", headers=bearer(token))).status_code == 401


async def test_a_slip_in_the_file_locks_nobody_out(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read")
    async with asking(Rules(KeyRing(keys), CLOSED)) as client:
        keys.write_text("{")
        assert (await client.get("/articles", headers=bearer(token))).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://api.test:8080"},
    ],
)
async def test_a_page_of_another_site_cannot_act_with_a_readers_key(
    asking: Asking, keys: Path, headers: dict[str, str]
) -> None:
    token = handed_out(keys, "operate")
    async with asking(Rules(KeyRing(keys))) as client:
        answer = await client.post(
            "/dead-letters/retry", json={"all": True}, headers={**bearer(token), **headers}
        )

    assert answer.status_code == 403
    assert "page of another site" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://api.test"}],
)
async def test_a_program_and_our_own_pages_may_act(
    asking: Asking, keys: Path, headers: dict[str, str]
) -> None:
    token = handed_out(keys, "operate")
    rules = Rules(KeyRing(keys))
    async with asking(rules) as client:
        answer = await client.post(
            "/dead-letters/retry", json={"all": True}, headers={**bearer(token), **headers}
        )

    assert answer.status_code == 503, "only the broker is missing"


async def test_who_asks_too_often_is_told_when_to_come_back(asking: Asking) -> None:
    async with asking(Rules(limiter=Limiter(Rate(0.5, 2), clock=lambda: 0.0))) as client:
        answers = [await client.get("/articles") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit"] == '"default";r=1;t=0'
    assert answers[2].headers["retry-after"] == "2"
    assert "ask again in 2 s" in answers[2].json()["detail"]


async def test_probes_and_what_a_page_is_made_of_cost_nothing(asking: Asking) -> None:
    async with asking(Rules(limiter=Limiter(Rate(1, 1), clock=lambda: 0.0))) as client:
        answers = [await client.get("/health/live") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}


async def test_who_tries_keys_pays_for_each(asking: Asking) -> None:
    async with asking(Rules(limiter=Limiter(Rate(0.5, 2), clock=lambda: 0.0))) as client:
        answers = [await client.get("/articles", headers=bearer("x")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_a_key_may_have_a_pace_of_its_own(asking: Asking, keys: Path) -> None:
    token = handed_out(keys, "read", rate=0.05)
    rules = Rules(KeyRing(keys), limiter=Limiter(None, clock=lambda: 0.0))
    async with asking(rules) as client:
        answer = await client.get("/articles", headers=bearer(token))

    assert answer.headers["ratelimit-policy"] == '"default";q=3;w=60'


def test_what_nobody_thought_of_needs_most() -> None:
    assert needed("POST", "/something/new") == "operate"
    assert needed("DELETE", "/articles") == "operate"
    assert needed("GET", "/something/new") == "read"
    assert needed("GET", "/events") == "live"
    assert needed("GET", "/webhooks/1") == "webhooks"
    assert needed("GET", "/webhooksy") == "read"


def test_a_key_is_no_text_that_a_log_would_show() -> None:
    token, key = make("desk", ["read"], NOON)

    assert isinstance(key, Key)
    assert token not in repr(key)
