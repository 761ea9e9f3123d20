"""Who has an answer already is told so; others get it compressed as they can read it."""

from __future__ import annotations

import gzip
from email.utils import format_datetime
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from steppewire.testing.samples import NOON, enriched
from steppewire_api.conditional import known

FIRST = enriched(1).key


async def test_who_has_an_answer_is_not_sent_it_again(client: httpx.AsyncClient) -> None:
    first = await client.get(f"/articles/{FIRST}")
    again = await client.get(f"/articles/{FIRST}", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["etag"].startswith('"')
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers


async def test_what_changed_is_sent(client: httpx.AsyncClient, archive: Any) -> None:
    tag = (await client.get("/articles")).headers["etag"]
    await archive.save([enriched(9)])
    again = await client.get("/articles", headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert again.headers["etag"] != tag


@pytest.mark.parametrize(
    ("encoding", "read"),
    [
        ("zstd", lambda raw: zstandard.ZstdDecompressor().decompressobj().decompress(raw)),
        ("br", brotli.decompress),
        ("gzip", gzip.decompress),
    ],
)
async def test_an_answer_comes_in_the_encoding_that_is_taken(
    client: httpx.AsyncClient, encoding: str, read: Any
) -> None:
    plain = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    async with client.stream(
        "GET", "/openapi.json", headers={"Accept-Encoding": encoding}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert answer.headers["content-encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert len(raw) < len(plain.content) / 3
    assert read(raw) == plain.content


async def test_two_encodings_of_an_answer_have_two_strong_tags(client: httpx.AsyncClient) -> None:
    tags = {}
    for encoding in ("identity", "br", "gzip", "zstd"):
        headers = {"Accept-Encoding": encoding}
        tags[encoding] = (await client.get("/openapi.json", headers=headers)).headers["etag"]
        asked = headers | {"If-None-Match": tags[encoding]}
        again = await client.get("/openapi.json", headers=asked)
        assert (again.status_code, again.headers["etag"]) == (304, tags[encoding])

    assert len(set(tags.values())) == 4


@pytest.mark.parametrize("path", ["/articles", f"/articles/{FIRST}", "/docs", "/feeds/rss"])
async def test_head_says_what_get_would_and_sends_nothing(
    client: httpx.AsyncClient, path: str
) -> None:
    head, get = await client.head(path), await client.get(path)

    assert head.status_code == get.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"] if "etag" in get.headers else True
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_head_of_the_live_stream_comes_to_an_end(client: httpx.AsyncClient) -> None:
    answer = await client.head("/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers


async def test_a_problem_is_kept_by_nobody(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?limit=0")

    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_a_feed_is_not_sent_again_to_who_only_knows_its_date(
    client: httpx.AsyncClient,
) -> None:
    at = format_datetime(NOON.astimezone(), usegmt=False)
    since = (await client.get("/feeds/rss")).headers["last-modified"]

    for told in (since, at):
        again = await client.get("/feeds/rss", headers={"If-Modified-Since": told})
        assert again.status_code == 304, told
    for told in ("Thu, 01 Jan 2026 00:00:00 GMT", "yesterday", "", "32 Foo 99"):
        again = await client.get("/feeds/rss", headers={"If-Modified-Since": told})
        assert again.status_code == 200, told


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('"a"', '"a"'),
        ('W/"a"', '"a"'),
        ('"x", "a-br"', '"a-br"'),
        ("*", '"a"'),
        ('"b"', None),
        ("a", None),
        ('"a-zip"', None),
        ("", None),
        ('"' * 1000, None),
    ],
)
def test_a_tag_is_known_in_any_encoding(asked: str, found: str | None) -> None:
    assert known(asked, '"a"') == found
