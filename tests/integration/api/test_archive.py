"""What the API answers out of a real database: pages that hold still, entities, facets, fields."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import httpx
import pytest

from steppewire.archive.promise import Archive
from steppewire.events import Entity
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON
from steppewire_enricher.copies import sketch
from steppewire_enricher.fingerprint import words_of

TOQAEV = "person/toqaev-qasym-jomart"


def toqaev(name: str) -> Entity:
    names = {"kk": "Қасым-Жомарт Тоқаев", "ru": "Касым-Жомарт Токаев"}
    return entity(name, id=TOQAEV).model_copy(update={"names": names})


ASTANA = entity("Астана", type="GPE", id="gpe/astana")
STORIES = [
    story(1, title="Сапар", entities=(toqaev("Қасым-Жомарт Тоқаев"), ASTANA)),
    story(
        2,
        title="Визит",
        text="Другой текст.",
        language="ru-Cyrl",
        source="other.test",
        published=NOON - timedelta(days=2),
        entities=(toqaev("Касым-Жомарт Токаев"),),
    ),
    story(3, title="Ауа райы", text="Жаңбыр жауады.", entities=(ASTANA,)),
]


async def test_an_entity_has_its_names_in_every_language(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save(STORIES)
    told = (await reader.get(f"/entities/{TOQAEV}")).json()

    assert told["names"]["ru"] == "Касым-Жомарт Токаев"
    assert {(one["language"], one["name"]) for one in told["seen"]} == {
        ("kk-Cyrl", "Қасым-Жомарт Тоқаев"),
        ("ru-Cyrl", "Касым-Жомарт Токаев"),
    }
    assert (told["type"], told["articles"]) == ("PERSON", 2)


async def test_an_entity_is_found_by_any_of_its_names(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save(STORIES)
    by_name = (await reader.get("/entities?name=қасым жомарт тоқаев&type=PERSON,GPE")).json()
    places = (await reader.get("/entities?type=GPE")).json()

    assert [(one["id"], one["articles"]) for one in by_name["items"]] == [(TOQAEV, 2)]
    assert [(one["id"], one["articles"]) for one in places["items"]] == [("gpe/astana", 2)]


async def test_who_appears_with_whom(stored: Archive, reader: httpx.AsyncClient) -> None:
    await stored.save(STORIES)
    told = (await reader.get(f"/companions/{TOQAEV}")).json()

    assert [(one["id"], one["articles"]) for one in told["items"]] == [("gpe/astana", 1)]


async def test_its_articles_over_time(stored: Archive, reader: httpx.AsyncClient) -> None:
    await stored.save(STORIES)
    told = (await reader.get(f"/timeline?entity={TOQAEV}&by=day")).json()

    assert [period["count"] for period in told["items"]] == [1, 0, 1]
    assert told["items"][0]["start"] == "2026-11-20"


async def test_sources_over_time(stored: Archive, reader: httpx.AsyncClient) -> None:
    await stored.save(STORIES)
    told = (await reader.get("/activity?since=2026-11-21&by=week")).json()

    assert [(one["source"], [p["count"] for p in one["items"]]) for one in told["items"]] == [
        ("news.test", [2])
    ]


async def test_facets_are_counted_within_a_query(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save(STORIES)
    sources = (await reader.get(f"/facets/source?entity={TOQAEV}")).json()["values"]
    named = (await reader.get("/facets/entity?q=жаңбыр")).json()["values"]

    assert {one["value"]: one["count"] for one in sources} == {"news.test": 1, "other.test": 1}
    assert named == [{"value": "Астана", "count": 1, "id": "gpe/astana"}]


@pytest.mark.parametrize("path", ["/entities/person/nobody", "/companions/x", "/entities/a/b/c"])
async def test_an_entity_that_nobody_names_is_a_problem(
    reader: httpx.AsyncClient, path: str
) -> None:
    answer = await reader.get(path)

    assert answer.status_code == 404
    assert "GET /entities?name=" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/entities?type=GOD", "type"),
        ("/entities?limit=0", "limit"),
        ("/timeline?by=year", "'day', 'week' or 'month'"),
        ("/activity", "since: Field required"),
        ("/activity?since=x", "must look like"),
        ("/facets/source?colour=red", "'colour' is not a parameter here"),
        ("/articles?fields=colour", "there is no 'colour'; there are id, version"),
        ("/articles?collapse=maybe", "collapse"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    reader: httpx.AsyncClient, path: str, told: str
) -> None:
    answer = await reader.get(path)

    assert answer.status_code == 422
    assert told in answer.json()["detail"]


async def test_only_the_fields_that_are_wanted_come(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save(STORIES)
    page = (await reader.get("/articles?fields=title,url&limit=1")).json()
    follow = (await reader.get(page["links"]["next"])).json()
    whole = (await reader.get(f"/articles/{STORIES[0].key}?fields=paragraphs")).json()

    assert set(page["items"][0]) == set(follow["items"][0]) == {"id", "title", "url"}
    assert set(whole) == {"id", "paragraphs"}


async def test_of_nearly_the_same_texts_one_is_shown(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    long = " ".join(f"сөз{n}" for n in range(200))
    taken = sketch(words_of(long))
    assert taken is not None
    same = {"text": long, "sketch": taken.encoded()}
    await stored.save([story(n, source=f"s{n}.test", **same) for n in range(3)])  # type: ignore[arg-type]
    every = (await reader.get("/articles")).json()["items"]
    one = (await reader.get("/articles?collapse=true")).json()["items"]
    of_group = (await reader.get(f"/articles?group={every[0]['group']}")).json()["items"]

    assert [len(card["reports"]) for card in every] == [2, 2, 2]
    assert len(one) == 1
    assert len(of_group) == 3


async def test_what_fits_best_comes_first_when_asked_for(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save([
        story(1, title="Бюджет бекітілді", published=NOON - timedelta(days=9)),
        story(2, title="Ауа райы", text="Ертең бюджет талқыланады.", published=NOON),
    ])  # fmt: skip
    newest = (await reader.get("/articles?q=бюджет")).json()["items"]
    fitting = (await reader.get("/articles?q=бюджет&order=relevance")).json()["items"]

    assert [card["title"] for card in newest] == ["Ауа райы", "Бюджет бекітілді"]
    assert [card["title"] for card in fitting] == ["Бюджет бекітілді", "Ауа райы"]


async def test_a_cursor_of_another_order_is_refused(
    stored: Archive, reader: httpx.AsyncClient
) -> None:
    await stored.save([story(n) for n in range(3)])
    page = (await reader.get("/articles?q=мәтін&order=relevance&limit=1")).json()
    answer = await reader.get(f"/articles?q=мәтін&limit=1&cursor={page['next']}")

    assert answer.status_code == 400
    assert "begin again without `cursor`" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("seed", "query"), [(1, ""), (2, ""), (3, ""), (4, "&q=мәтін&order=relevance"), (5, "&q=мәтін")]
)
async def test_a_walk_neither_skips_nor_repeats_while_articles_arrive(
    stored: Archive, reader: httpx.AsyncClient, seed: int, query: str
) -> None:
    """Whatever stood there when the walk began is met once; what arrives is met once at most."""
    rng = random.Random(seed)

    def arriving(numbers: range) -> list[object]:
        # many at the same moment, some of them far in the past, some without a date
        moments = [NOON - timedelta(minutes=rng.randrange(20)) for _ in numbers]
        return [
            story(n, published=None if rng.random() < 0.1 else at)
            for n, at in zip(numbers, moments, strict=True)
        ]

    await stored.save(arriving(range(60)))  # type: ignore[arg-type]
    before = {story(n).key for n in range(60)}
    seen: list[str] = []
    path: str | None = f"/articles?fields=id&limit={rng.choice([1, 3, 7])}{query}"
    following = 60
    while path:
        more = range(following, following + rng.randrange(3))
        following = more.stop
        page, _ = await asyncio.gather(reader.get(path), stored.save(arriving(more)))  # type: ignore[arg-type]
        seen += [card["id"] for card in page.json()["items"]]
        path = page.json()["links"]["next"]

    assert len(seen) == len(set(seen)), "repeated"
    assert before <= set(seen), "skipped"
    assert following > 60
