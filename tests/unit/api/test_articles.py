"""`/articles` and `/facets`."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppewire.errors import ArchiveUnreachable
from steppewire.testing.samples import enriched

FIRST = enriched(1).key


async def test_articles_are_listed_as_cards(client: httpx.AsyncClient) -> None:
    card = (await client.get("/articles")).json()["items"][0]

    assert card["id"] == FIRST
    assert card["language"] == "kk-Cyrl"
    assert card["published_at"] == "2026-11-22T12:00:00+05:00"
    assert card["entities"][0]["id"] == "person/toqaev-qasym-jomart"


async def test_pages_are_walked_by_their_links(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    path: str | None = "/articles?limit=2&language=kk"
    while path:
        page = (await client.get(path)).json()
        seen += [card["url"] for card in page["items"]]
        path = page["links"]["next"]

    assert [
        f"https://{at}" for at in ("news.test/news/1", "news.test/news/2", "other.test/news/3")
    ] == seen


async def test_the_next_page_is_also_in_the_link_header(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?limit=2")

    assert answer.headers["link"] == '</articles?limit=2&cursor=2>; rel="next"'


async def test_commas_and_repetition_both_mean_any_of(client: httpx.AsyncClient) -> None:
    by_comma = await client.get("/articles?source=news.test,other.test")
    by_repetition = await client.get("/articles?source=news.test&source=other.test")

    assert len(by_comma.json()["items"]) == 3
    assert by_comma.json()["items"] == by_repetition.json()["items"]


async def test_a_parameter_that_was_left_empty_asks_for_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?q=&entity=&source=&language=")

    assert len(answer.json()["items"]) == 3


async def test_an_article_comes_whole(client: httpx.AsyncClient) -> None:
    article = (await client.get(f"/articles/{FIRST}")).json()

    assert [p["language"] for p in article["paragraphs"]] == ["kk-Cyrl", "uz-Latn"]
    assert article["title"]["marks"] == [{"start": 0, "end": 19, "entity": 0}]
    assert article["provenance"]["parser"] == "sample/1"


async def test_the_history_links_to_every_version(client: httpx.AsyncClient, archive: Any) -> None:
    await archive.save([enriched(1)])

    history = (await client.get(f"/articles/{FIRST}/versions")).json()
    second = (await client.get(history["items"][1]["href"])).json()

    assert [item["version"] for item in history["items"]] == [1, 2]
    assert second["version"] == 2


async def test_the_history_says_which_code_made_each_version(client: httpx.AsyncClient) -> None:
    [first] = (await client.get(f"/articles/{FIRST}/versions")).json()["items"]

    assert (first["parser"], first["models"]) == ("sample/1", {"sample": "1"})
    assert first["replayed_at"] is None
    assert first["fetched_at"].startswith("2026-11-22T12:00:00")


@pytest.mark.parametrize(
    "path",
    [
        f"/articles/{'0' * 32}",
        f"/articles/{FIRST}?version=7",
        f"/articles/{'0' * 32}/versions",
        "/articles/no-such-id",
        "/nowhere",
    ],
)
async def test_what_is_not_there_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(("GET /articles.", "see /docs."))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=100000", "limit: Input should be less than or equal to 200"),
        ("limit=x", "limit: "),
        ("since=yesterday", "must look like 2026-11-20"),
        ("since=2026-11-20T10:00", "needs its offset"),
        ("until=0001-01-01T00:00:00%2B14:00", "outside the calendar"),
        ("since=2026-13-45", "must look like"),
        ("limit=1&limit=2", "limit: was given 2 times"),
        ("q=a&q=b&language=kk&language=ru", "q: was given 2 times"),
        ("&".join(["source="] * 60), "at most 50 of them"),
        ("colour=red", "'colour' is not a parameter here"),
        ("q=%01", "control characters"),
        ("q=" + "a" * 5000, "at most 300"),
        ("language=" + ",".join(["kk"] * 60), "language: "),
        ("cursor=" + "x" * 5000, "cursor: "),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_reason(
    client: httpx.AsyncClient, query: str, told: str
) -> None:
    answer = await client.get(f"/articles?{query}")

    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert len(answer.text) < 1000


async def test_a_foreign_cursor_is_told_to_begin_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?cursor=stolen")

    assert answer.status_code == 400
    assert "begin again without `cursor`" in answer.json()["detail"]


async def test_an_offset_that_was_not_escaped_is_understood(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?since=2026-11-20T09:30:00+05:00")

    assert answer.status_code == 200


async def test_facets_count(client: httpx.AsyncClient) -> None:
    facets = (await client.get("/facets/source")).json()

    assert facets["values"][0] == {"value": "news.test", "count": 2, "id": None}


async def test_an_unknown_facet_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/facets/colour")).status_code == 422


async def test_a_database_that_is_away_is_told_as_such(
    client: httpx.AsyncClient, archive: Any
) -> None:
    async def away(*_: object) -> None:
        raise ArchiveUnreachable("no answer from the database")

    archive.find = away

    answer = await client.get("/articles")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_the_code_of_a_country_is_no_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/articles?language=ru,kz")

    assert answer.status_code == 422
    assert "'kz' is no language; write kk" in answer.json()["detail"]


async def test_what_the_broker_knows_is_told_while_the_database_is_away(
    client: httpx.AsyncClient, archive: Any
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ArchiveUnreachable("no answer from the database")

    archive.count = archive.facets = away

    stats, sources = await client.get("/stats"), await client.get("/sources")
    pages = [await client.get(f"/kk/{name}") for name in ("pipeline", "sources")]

    assert (stats.status_code, stats.json()["articles"]) == (200, None)
    assert sources.status_code == 200
    assert [page.status_code for page in pages] == [200, 200]
    assert "Дерекқор жауап бермейді" in pages[0].text


async def test_a_fault_of_ours_keeps_its_details_to_itself(
    client: httpx.AsyncClient, archive: Any
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    archive.find = broken

    answer = await client.get("/articles")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_another_method_is_told_which_ones_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.options("/articles")

    assert answer.status_code == 405
    assert "answers GET, HEAD alone" in answer.json()["detail"]
    assert answer.headers["allow"] == "GET, HEAD"


async def test_the_methods_of_all_routes_at_an_address_are_told(
    client: httpx.AsyncClient,
) -> None:
    one = await client.options("/webhooks", headers={"Authorization": ""})

    assert one.status_code == 401, "who may not even look is told nothing"
    assert (await client.options("/docs")).headers["allow"] == "GET, HEAD"


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    query=st.dictionaries(
        st.sampled_from(["q", "language", "source", "entity", "since", "until", "limit", "cursor"]),
        st.text(st.characters(codec="utf-8"), max_size=40),
        max_size=4,
    )
)
async def test_no_query_is_a_fault_of_ours(app: FastAPI, query: dict[str, str]) -> None:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        answer = await client.get("/articles", params=query)

    assert answer.status_code in {200, 400, 422}
