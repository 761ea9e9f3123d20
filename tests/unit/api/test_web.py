"""What every answer has, the page, and the description of the API."""

from __future__ import annotations

import re

import httpx
import pytest

from steppewire_api.web import STATIC


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/docs", "/articles", "/nowhere", "/static/page.css"]
)
async def test_every_answer_is_shielded(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_reference_brings_no_inline_code_and_asks_nobody_else() -> None:
    html = (STATIC / "docs.html").read_text()

    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|https?://", html)


def test_scripts_make_no_markup_out_of_text() -> None:
    for script in STATIC.glob("*.js"):
        forbidden = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function",
            script.read_text(),
        )
        assert forbidden == [], script.name


def test_the_first_page_weighs_less_than_100_kb() -> None:
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < 100_000


async def test_a_page_of_an_allowed_origin_may_read(client: httpx.AsyncClient) -> None:
    allowed = await client.get("/articles", headers={"Origin": "https://reader.test"})
    foreign = await client.get("/articles", headers={"Origin": "https://other.test"})

    assert allowed.headers["access-control-allow-origin"] == "https://reader.test"
    assert "access-control-allow-origin" not in foreign.headers


async def test_long_answers_are_compressed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"


async def test_every_operation_is_described_with_its_errors(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()

    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            for status, told in operation["responses"].items():
                kinds = set(told.get("content", {}))
                known = status < "400" or path == "/health/ready"
                assert known or kinds == {"application/problem+json"}, (path, status)


async def test_every_parameter_is_described(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    parameters = [
        parameter
        for operations in described["paths"].values()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query"
    ]

    assert len(parameters) >= 10
    assert [p["name"] for p in parameters if not p.get("description")] == []


async def test_articles_are_served_while_the_broker_is_away(client: httpx.AsyncClient) -> None:
    assert (await client.get("/articles")).status_code == 200

    stats = (await client.get("/stats")).json()
    assert stats["articles"] == 3
    assert not stats["broker"]["reachable"]
    assert "STEPPEWIRE_REDIS_URL" in stats["broker"]["reason"]


async def test_ready_says_what_is_missing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")

    assert answer.status_code == 503
    assert (
        "no Redis-compatible server answers at redis://127.0.0.1:1/0" in answer.json()["reasons"][0]
    )
    assert (await client.get("/health/live")).json() == {"status": "alive"}


async def test_metrics_tell_that_the_broker_is_away_and_go_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "steppewire_broker_up 0.0" in answer.text
    assert 'steppewire_ready{service="api"} 0.0' in answer.text
    assert "steppewire_stage_lag" not in answer.text


async def test_sources_are_known_from_the_archive_alone(client: httpx.AsyncClient) -> None:
    sources = (await client.get("/sources")).json()

    known = {"name": "news.test", "articles": 2}
    assert {**known, "state": None, "health": None, "paused": None} in sources["items"]
