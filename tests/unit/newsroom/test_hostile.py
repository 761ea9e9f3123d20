from __future__ import annotations

import zlib
from urllib.robotparser import RobotFileParser

import httpx
import pytest

from steppewire_newsroom import bad_pages, source_problems
from steppewire_newsroom.hostile import BOMB_BYTES, bomb

from .conftest import AGENT, Ask

NEWS = "https://trouble.example/news"


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("loop-a", 302, f"{NEWS}/loop-b"),
        ("loop-b", 302, f"{NEWS}/loop-a"),
        ("to-ten", 302, "http://10.0.0.1/"),
        ("to-metadata", 302, "http://169.254.169.254/latest/meta-data/"),
        ("to-loopback", 302, "http://127.0.0.1:1/"),
        ("gone", 404, None),
        ("gone-for-good", 410, None),
        ("challenge", 403, None),
        ("challenge-200", 200, None),
        ("app-shell", 200, None),
        ("all-news", 200, None),
    ],
)
async def test_a_bad_page_answers(ask: Ask, path: str, status: int, location: str | None) -> None:
    answer = await ask(f"{NEWS}/{path}")

    assert (status, location) == (answer.status_code, answer.headers.get("location"))


@pytest.mark.parametrize("path", ["challenge", "challenge-200"])
async def test_a_challenge_page_asks_to_wait(ask: Ask, path: str) -> None:
    assert "Just a moment..." in (await ask(f"{NEWS}/{path}")).text


@pytest.mark.parametrize("path", ["report.pdf", "annual-report"])
async def test_a_pdf_is_a_pdf_whatever_it_claims(ask: Ask, path: str) -> None:
    assert (await ask(f"{NEWS}/{path}")).content.startswith(b"%PDF-")


async def test_a_rate_limited_page_says_when_to_come_back(ask: Ask) -> None:
    first, second = [await ask(f"{NEWS}/rate-limited") for _ in range(2)]

    assert (first.status_code, first.headers["retry-after"]) == (429, "1")
    assert "Patience Pays" in second.text


async def test_a_hiccup_passes(ask: Ask) -> None:
    answers = [await ask(f"{NEWS}/hiccup") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [500, 200, 200]


def test_the_bomb_is_small_and_unpacks_to_sixty_four_megabytes() -> None:
    unpacked = zlib.decompress(bomb(), zlib.MAX_WBITS | 16)

    assert len(bomb()) < 100_000
    assert BOMB_BYTES < len(unpacked) < BOMB_BYTES + 100


async def test_the_bomb_travels_as_gzip_to_everybody(live: httpx.AsyncClient) -> None:
    request = live.build_request("GET", "/news/gzip-bomb", headers={"host": "trouble.example"})
    answer = await live.send(request, stream=True)
    raw = b"".join([part async for part in answer.aiter_raw()])
    await answer.aclose()

    assert answer.headers["content-encoding"] == "gzip"
    assert bomb() == raw


async def test_an_endless_page_goes_on_past_any_cap(live: httpx.AsyncClient) -> None:
    request = live.build_request("GET", "/news/endless", headers={"host": "trouble.example"})
    answer = await live.send(request, stream=True)
    size = 0
    async for part in answer.aiter_raw():
        size += len(part)
        if size > 20_000_000:
            break
    await answer.aclose()

    assert size > 20_000_000
    assert (await live.get("/health")).status_code == 200


async def test_robots_ban_what_must_end_as_banned(ask: Ask) -> None:
    banned = [page.url for page in bad_pages() if page.reason == "robots"]

    assert len(banned) == 2
    for url in banned:
        rules = RobotFileParser()
        host = url.split("/")[2]
        rules.parse((await ask(f"https://{host}/robots.txt")).text.splitlines())
        assert not rules.can_fetch(AGENT, url)
        assert rules.can_fetch(AGENT, f"https://{host}/news/")


async def test_problems_of_sources_are_what_they_are_called(ask: Ask) -> None:
    answers = {p.problem: await ask(p.url) for p in source_problems()}

    assert answers["feed-is-html"].text.startswith("<!DOCTYPE html>")
    assert answers["feed-malformed"].text.startswith("<?xml")
    assert "</rss>" not in answers["feed-malformed"].text


def test_every_kind_of_ending_is_there() -> None:
    reasons = {page.reason for page in bad_pages()}

    assert {"too-large", "redirect-loop", "forbidden-address", "robots", "gone"} <= reasons
    assert {"rate-limited", "challenge", "not-html", "no-article", "server-error"} <= reasons
