"""Which media types are served to whom."""

from __future__ import annotations

import httpx
import pytest

from steppewire_api.negotiation import taken


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/articles", "text/html"),
        ("/articles", "application/json;q=0"),
        ("/articles", "*/*;q=0"),
        ("/articles", "application/xml, text/*"),
        ("/events", "application/json"),
        ("/feeds/atom", "application/rss+xml"),
        ("/feeds/json", "text/html"),
    ],
)
async def test_who_takes_nothing_that_is_served_is_told_what_is(
    client: httpx.AsyncClient, path: str, accept: str
) -> None:
    answer = await client.get(path, headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert "This address serves " in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "offered"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("application/*", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/json;q=x", "application/json"),
        ("text/html, application/json", "application/json"),
        ("text/xml", "application/rss+xml"),
        ("application/xml;q=0.9", "application/atom+xml"),
        ("application/json", "application/feed+json"),
        ("nonsense", "application/json"),
        (";;;,,,", "application/json"),
        ("*/*;q=0, application/json", "application/json"),
    ],
)
def test_what_is_taken_is_served(accept: str, offered: str) -> None:
    assert taken(accept, (offered,))


async def test_pages_and_metrics_judge_for_themselves(client: httpx.AsyncClient) -> None:
    assert (await client.get("/docs", headers={"Accept": "text/html"})).status_code == 200
    assert (await client.get("/metrics", headers={"Accept": "text/plain"})).status_code == 200
