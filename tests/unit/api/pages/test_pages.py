"""The pages over a small archive: what they hold, for whom, and what they say of faults."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from steppewire.archive.promise import Record
from steppewire.testing.articles import story
from steppewire.testing.samples import ALMATY
from steppewire_api.pages.words import LANGUAGES

PAGES = ("/", "/search", "/search?q=Алматы", "/entities", "/sources", "/sources/news.test")


async def first(client: httpx.AsyncClient) -> str:
    return str((await client.get("/articles")).json()["items"][0]["id"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, "/pipeline"])
async def test_every_page_speaks_every_language(
    client: httpx.AsyncClient, language: str, page: str
) -> None:
    answer = await client.get(f"/{language}{page}")

    assert answer.status_code == 200
    assert f'<html lang="{language}' in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"


ENDS = [
    story(21, published=datetime(1, 1, 1, tzinfo=ALMATY)),
    story(22, published=datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=11)))),
    story(23, modified_at=datetime.max.replace(tzinfo=UTC)),
]
"""Articles that date themselves to the ends of the calendar, where no other zone has a time."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_article_from_the_end_of_the_calendar_takes_no_page_down(
    client: httpx.AsyncClient, archive: Any, language: str
) -> None:
    await archive.save(ENDS)
    pages = [*PAGES, *(f"/articles/{one.key}" for one in ENDS)]

    answers = {page: (await client.get(f"/{language}{page}")).status_code for page in pages}

    assert answers == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("page", [*PAGES, "/pipeline", "/nowhere"])
async def test_a_page_has_no_code_and_no_style_of_its_own(
    client: httpx.AsyncClient, page: str
) -> None:
    html = (await client.get(f"/en{page}")).text

    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", html)
    assert set(re.findall(r'(?:src|rel="stylesheet" href)="([^"]+)"', html)) <= {
        "/static/icon.svg",
        "/static/page.js",
        "/static/page.css",
    }


async def test_an_article_is_marked_with_the_languages_of_its_paragraphs(
    client: httpx.AsyncClient,
) -> None:
    html = (await client.get(f"/en/articles/{await first(client)}")).text

    assert '<h1 id="title" lang="kk-Cyrl" dir="auto">' in html
    assert '<div lang="uz-Latn" dir="auto" class="foreign" data-code="uz">' in html
    assert re.search(r'<a class="mark person" href="/en/entity\?id=[^"]+" title="Person: ', html)


async def test_the_front_door_leads_to_the_language_of_the_browser(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/", headers={"Accept-Language": "uz,ru;q=0.5"})

    assert (answer.status_code, answer.headers["location"]) == (307, "/uz/")
    assert answer.headers["vary"].startswith("Accept-Language, Cookie")


async def test_a_chosen_language_goes_before_that_of_the_browser(
    client: httpx.AsyncClient,
) -> None:
    chosen = await client.post(
        "/choose", data={"at": "/search?q=a%26b", "here": "en", "language": "kk"}
    )
    again = await client.get("/", headers={"Accept-Language": "ru"})

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/kk/search?q=a%26b")
    assert again.headers["location"] == "/kk/"


async def test_chosen_colours_and_keys_are_kept(client: httpx.AsyncClient) -> None:
    await client.post("/choose", data={"at": "/", "here": "en", "theme": "dark"})
    await client.post("/choose", data={"at": "/", "here": "en", "keys": "off"})
    html = (await client.get("/en/")).text

    assert 'data-theme="dark" data-keys="off"' in html


@pytest.mark.parametrize(
    "form",
    [
        {"at": "https://evil.example/", "here": "en"},
        {"at": "/", "here": "xx"},
        {},
        {"at": "/" * 20_000, "here": "en"},
    ],
)
async def test_a_choice_leads_nowhere_else(client: httpx.AsyncClient, form: dict[str, str]) -> None:
    answer = await client.post("/choose", data=form)

    assert answer.status_code in {413, 422}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("at", ["//evil.example/", "/\\evil.example", "/\r\nSet-Cookie: a=b"])
async def test_where_a_choice_leads_is_always_below_a_language(
    client: httpx.AsyncClient, at: str
) -> None:
    answer = await client.post("/choose", data={"at": at, "here": "ru", "theme": "light"})

    assert answer.headers["location"].startswith("/ru/")
    assert "a=b" not in answer.headers["set-cookie"]


async def test_a_page_of_another_site_chooses_nothing(client: httpx.AsyncClient) -> None:
    told = {"at": "/", "here": "en", "theme": "dark"}
    answer = await client.post("/choose", data=told, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


async def test_old_addresses_of_articles_lead_to_the_new_ones(client: httpx.AsyncClient) -> None:
    old = await client.get("/?article=0f2c&version=2")
    filtered = await client.get("/?language=kk&language=ru&source=elkz")

    assert old.headers["location"] == "/en/articles/0f2c?version=2"
    assert filtered.headers["location"] == "/en/?language=kk&language=ru&source=elkz"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/kk/nowhere", 404, "Бұл мекенжайда ештеңе жоқ."),
        ("/ru/articles/0123", 404, "Такой статьи нет."),
        ("/uz/sources/nobody", 404, "Bunday manba yoʻq."),
        ("/en/?cursor=zzz", 400, "This place in the list is no longer known."),
        ("/en/?colour=red", 422, "&#39;colour&#39; is not a parameter here"),
        ("/en/search?since=soon", 422, "must look like 2026-11-20"),
        ("/en/articles/x?version=-1", 422, "version"),
        ("/en/" + "x" * 20_000, 414, "longer than"),
        ("/en/search?q=%ff", 400, "not UTF-8"),
    ],
)
async def test_faults_are_pages_in_the_language_of_the_reader(
    client: httpx.AsyncClient, path: str, status: int, told: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == status
    assert told in answer.text
    assert answer.text.startswith("<!doctype html>")


async def test_a_fault_of_ours_is_told_without_its_details(
    client: httpx.AsyncClient, archive: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> list[Record]:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(archive, "find", broken)
    answer = await client.get("/en/")

    assert answer.status_code == 500
    assert "fault of ours" in answer.text
    assert "secret" not in answer.text


async def test_a_page_that_did_not_change_is_not_sent_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/en/entities")
    again = await client.get("/en/entities", headers={"If-None-Match": answer.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["vary"].startswith("Cookie")


async def test_dead_letters_are_put_back_by_nobody_without_a_key(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/ru/pipeline", data={"heap": "stage=parse&source=a&reason=b"})

    assert answer.status_code == 401
    assert "нужен ключ API" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_pages_are_not_part_of_the_reference(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]

    assert [path for path in paths if path.startswith(("/en/", "/kk/", "/choose"))] == []
