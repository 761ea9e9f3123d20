"""Any query as RSS, Atom or JSON Feed: valid, read back, and harmless."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from steppewire.testing.articles import story
from steppewire_api.syndication import web_address

DATA = Path(__file__).parents[2] / "data/feeds"
JSON_FEED = Draft202012Validator(json.loads((DATA / "json-feed.schema.json").read_text("utf-8")))
XSS = "<script>alert(1)</script>"
HOSTILE = [
    story(11, title=XSS, lead=f"]]>{XSS}", text=f"{XSS}\n\n&lt;b&gt;", tags=(XSS, "a\x00b")),
    story(12, title="a\x08\x0b\ufffe\x1fb", authors=("\x00", "<b>", ""), published=None),
    story(13, title="", text="", lead=None, published=datetime(1, 1, 1, tzinfo=UTC)),
    story(14, title="𝕏 \ue000hit\ue001 ]]> <![CDATA[", tags=("x" * 5000,)),
    story(15, title="a" * 10_000, published=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
    story(16, url="javascript:alert(1)"),
    story(17, url="https://қаз.test/жаңалық?a=b c&<>\"'"),
    story(18, url="https://[broken/"),
    story(19, article_id="not-one-of-ours/<1>"),
]


@pytest.fixture
async def hostile(archive: Any) -> Any:
    await archive.save(HOSTILE)
    return archive


def problems(kind: str, body: bytes) -> list[str]:
    """Return what a validator says against a feed."""
    if kind == "json":
        return [error.message for error in JSON_FEED.iter_errors(json.loads(body))]
    schema = etree.RelaxNG(etree.parse(DATA / f"{kind}.rng"))
    schema.validate(etree.fromstring(body))
    return [str(error) for error in schema.error_log]


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
@pytest.mark.parametrize("query", ["", "?content=full", "?q=nothing", "?language=kk&limit=1"])
async def test_every_feed_is_valid_whatever_articles_say(
    client: httpx.AsyncClient, hostile: Any, kind: str, query: str
) -> None:
    answer = await client.get(f"/feeds/{kind}{query}")

    assert answer.status_code == 200
    assert problems(kind, answer.content) == []


@pytest.mark.parametrize("kind", ["rss", "atom"])
async def test_a_reader_reads_back_what_was_stored(client: httpx.AsyncClient, kind: str) -> None:
    read = feedparser.parse((await client.get(f"/feeds/{kind}")).content)
    entry = read.entries[0]

    assert not read.bozo, read.get("bozo_exception")
    assert len(read.entries) == 3
    assert entry.title == "Қасым-Жомарт Тоқаев Алматыға келді — 1"
    assert entry.link == "https://news.test/news/1"
    assert entry.id.startswith("urn:uuid:")
    assert entry.published_parsed[:5] == (2026, 11, 22, 7, 0)
    assert entry.summary == "Сапар екі күнге жалғасады."
    assert entry.author == "А. Сәрсенов"
    assert [tag.term for tag in entry.tags] == ["сапар"]
    assert read.feed.links[-1].href or read.feed.link


async def test_json_feed_holds_the_same(client: httpx.AsyncClient) -> None:
    item = (await client.get("/feeds/json?content=full")).json()["items"][0]

    assert item["url"] == "https://news.test/news/1"
    assert item["content_text"].startswith("Сапар екі күнге жалғасады.\n\nПрезидент")
    assert item["language"] == "kk-Cyrl"
    assert item["_steppewire"]["source"] == "news.test"


async def test_the_same_article_has_one_id_in_all_feeds(client: httpx.AsyncClient) -> None:
    read = [feedparser.parse((await client.get(f"/feeds/{k}")).content) for k in ("rss", "atom")]
    items = (await client.get("/feeds/json")).json()["items"]

    ids = [[entry.id for entry in one.entries] for one in read]
    assert ids[0] == ids[1] == [item["id"] for item in items]


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
async def test_nothing_of_an_article_can_run_in_a_reader(
    client: httpx.AsyncClient, hostile: Any, kind: str
) -> None:
    text = (await client.get(f"/feeds/{kind}?content=full&limit=200")).text
    told = json.loads(text) if kind == "json" else feedparser.parse(text)
    links = (
        [item.get("url") for item in told["items"]]
        if kind == "json"
        else [entry.get("link", "") for entry in told.entries]
    )

    assert not any("javascript" in (link or "") for link in links)
    if kind != "json":
        # what readers take as HTML holds text alone
        parsed = etree.fromstring(text.encode())
        taken_as_html = [*parsed.iter("description"), *parsed.iter("{*}encoded", "{*}content")]
        assert XSS in "".join(parsed.itertext())
        assert "<script" not in "".join(node.text or "" for node in taken_as_html)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=100000", "less than or equal to 200"),
        ("cursor=x", "'cursor' is not a parameter here"),
        ("content=everything", "'summary' or 'full'"),
        ("since=never", "must look like"),
    ],
)
async def test_a_feed_that_cannot_be_is_refused(
    client: httpx.AsyncClient, query: str, told: str
) -> None:
    answer = await client.get(f"/feeds/atom?{query}")

    assert answer.status_code == 422
    assert told in answer.json()["detail"]


async def test_a_feed_tells_what_was_asked_for(client: httpx.AsyncClient) -> None:
    read = feedparser.parse((await client.get("/feeds/atom?language=kk,ru&q=<Тоқаев>")).content)

    assert read.feed.title == "steppewire: <Тоқаев> · kk, ru"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.test/a?b=c", "https://news.test/a?b=c"),
        ("https://news.test/ә б", "https://news.test/%D3%99%20%D0%B1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//news.test/a", ""),
        ("https://[broken/", ""),
        ("https:///a", ""),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str, shown: str) -> None:
    assert web_address(url) == shown
