from __future__ import annotations

import httpx
import pytest

from steppewire_newsroom import hosts, reroute, serve, truth
from steppewire_newsroom.publishers import SITES

from .conftest import Ask

NEWEST = truth()[0]
EDITED = next(item for item in truth(edited=True) if item.version == 2)


async def test_the_host_header_chooses_the_site(ask: Ask) -> None:
    titles = {(await ask(f"{site.base}/")).text for site in SITES}

    assert len(SITES) == len(titles)


async def test_every_article_is_served_at_every_address(ask: Ask) -> None:
    for item in truth():
        for url in item.urls[::-1]:  # the canonical one last, so that hiccups are over
            answer = await ask(url)
            if answer.status_code in (429, 500):
                answer = await ask(url)
            assert answer.status_code == 200 or answer.headers["location"] == item.url, url


async def test_an_alias_redirects_to_the_site(ask: Ask) -> None:
    answer = await ask("https://zakon.kz/news/")

    assert answer.status_code == 301
    assert answer.headers["location"] == "https://www.zakon.kz/news/"


async def test_a_forgotten_slash_redirects(ask: Ask) -> None:
    answer = await ask("https://el.kz/ru")

    assert (answer.status_code, answer.headers["location"]) == (301, "https://el.kz/ru/")


async def test_tracking_parameters_change_nothing(ask: Ask) -> None:
    assert (await ask(NEWEST.url)).content == (await ask(f"{NEWEST.url}?utm_source=x")).content


async def test_a_query_that_names_a_page_gets_that_page(ask: Ask) -> None:
    more = await ask("https://www.zakon.kz/news/?handler=LoadMoreNews&p=2&type=list")

    assert "newscard_link" in more.text
    assert "<html" not in more.text


async def test_an_unchanged_page_is_not_sent_again(ask: Ask) -> None:
    first = await ask(NEWEST.url)
    by_tag = await ask(NEWEST.url, if_none_match=first.headers["etag"])
    by_date = await ask(NEWEST.url, if_modified_since=first.headers["last-modified"])

    assert [(a.status_code, a.content) for a in (by_tag, by_date)] == [(304, b""), (304, b"")]


async def test_feeds_and_sitemaps_answer_conditional_requests_too(ask: Ask) -> None:
    for url in (url for site in SITES for url in site.discovery):
        first = await ask(url)
        again = await ask(url, if_none_match=first.headers["etag"])
        assert (first.status_code, again.status_code) == (200, 304), url


async def test_a_tag_that_does_not_match_wins_over_a_date_that_does(ask: Ask) -> None:
    date = (await ask(NEWEST.url)).headers["last-modified"]
    answer = await ask(NEWEST.url, if_none_match='"other"', if_modified_since=date)

    assert answer.status_code == 200


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 99 Foo 2026"])
async def test_a_date_that_nobody_can_read_is_no_condition(ask: Ask, date: str) -> None:
    assert (await ask(NEWEST.url, if_modified_since=date)).status_code == 200


async def test_the_desk_edits_an_article(ask: Ask, own: httpx.AsyncClient) -> None:
    before = await ask(EDITED.url)
    await own.post("/control/edit")
    after = await ask(EDITED.url, if_none_match=before.headers["etag"])

    assert after.status_code == 200
    assert EDITED.title not in before.text
    assert EDITED.title in after.text
    assert before.headers["last-modified"] != after.headers["last-modified"]


async def test_the_truth_knows_both_versions_after_the_edit(own: httpx.AsyncClient) -> None:
    before = (await own.get("/truth.json")).json()["articles"]
    await own.post("/control/edit")
    after = (await own.get("/truth.json")).json()["articles"]

    assert len(truth()) == len(before)
    assert [a["version"] for a in after if a["url"] == EDITED.url] == [1, 2]


async def test_a_reset_forgets_edits_and_requests(ask: Ask, own: httpx.AsyncClient) -> None:
    await ask(EDITED.url)
    await own.post("/control/edit")
    await own.post("/control/reset")

    assert (await own.get("/control/requests")).json() == []
    assert EDITED.title not in (await ask(EDITED.url)).text


async def test_the_log_tells_what_was_asked(ask: Ask, own: httpx.AsyncClient) -> None:
    await ask("https://kun.uz/news/rss", if_none_match='"x"')
    await ask("https://kun.uz/nowhere?a=1")
    first, second = (await own.get("/control/requests")).json()

    assert (
        first["host"], first["path"], first["status"], first["conditional"],
    ) == ("kun.uz", "/news/rss", 200, True)  # fmt: skip
    assert (
        second["path"], second["status"], second["conditional"],
    ) == ("/nowhere?a=1", 404, False)  # fmt: skip
    assert first["at"] <= second["at"]


async def test_pages_travel_packed_to_those_who_can_unpack(ask: Ask) -> None:
    plain = await ask(NEWEST.url, accept_encoding="identity")
    packed = await ask(NEWEST.url, accept_encoding="gzip")

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content


async def test_timesca_turns_vague_agents_away(ask: Ask) -> None:
    vague = await ask("https://timesca.com/feed/", user_agent="python")

    assert (
        vague.status_code,
        (await ask("https://timesca.com/feed/")).status_code,
    ) == (403, 200)


async def test_a_person_finds_every_site_on_the_front_page(own: httpx.AsyncClient) -> None:
    page = (await own.get("/")).text

    assert [site.host for site in SITES if site.host not in page] == []


async def test_a_person_reads_a_preview_whose_links_stay_here(own: httpx.AsyncClient) -> None:
    page = (await own.get(NEWEST.url.replace("https://", "/site/"))).text

    assert NEWEST.title in page
    assert 'href="https://www.zakon.kz/' not in page
    assert 'href="/site/www.zakon.kz/' in page


@pytest.mark.parametrize("path", ["/nothing", "/site/", "/site/nobody.kz/x", "/site/kun.uz/x"])
async def test_what_is_not_there_is_not_found(own: httpx.AsyncClient, path: str) -> None:
    assert (await own.get(path)).status_code == 404


def test_reroute_sends_every_host_to_the_server() -> None:
    pairs = dict(pair.split("=") for pair in reroute(8700).split(","))

    assert set(hosts()) == set(pairs)
    assert {"http://127.0.0.1:8700"} == set(pairs.values())


async def test_two_newsrooms_run_side_by_side() -> None:
    async with serve() as first, serve() as second:
        assert first != second
