"""The wire as it is now: live, filtered, empty, cut off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from page_kit.steps import LIBRARY, Album, News, Wire, arrive, keep
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_wire_is_shown_by_day_with_language_source_and_time(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    card = page.locator(".card", has_text=LIBRARY)

    await expect(page.locator(".day h2").first).to_contain_text("Today")
    await expect(card.locator(".badge")).to_have_attribute("title", "Kazakh (Cyrillic)")
    await expect(card.locator(".source")).to_have_text("saryarqa")
    await expect(card.locator("h3")).to_have_attribute("lang", "kk-Cyrl")
    assert "(UTC+05:00)" in str(await card.locator("time").get_attribute("title"))
    await keep(page, album, "now")


async def test_new_articles_wait_behind_a_bar_until_they_are_asked_for(
    own_wire: Wire, page: Page, news: News, album: Album
) -> None:
    await arrive(page, own_wire)
    first = await page.locator(".card h3").first.inner_text()
    await own_wire.store(news(1), news(2))
    await expect(page.locator("#fresh")).to_have_text("2 new articles")
    await expect(page).to_have_title("(2) Now · steppewire")
    assert await page.locator(".card h3").first.inner_text() == first
    await keep(page, album, "new-articles")
    await page.locator("#fresh").click()

    await expect(page.locator(".card").first).to_contain_text("Fresh news number 2")
    await expect(page.locator("#fresh")).to_be_hidden()
    await expect(page).to_have_title("Now · steppewire")
    assert await page.evaluate("document.activeElement.textContent") == "Fresh news number 2"


async def test_an_article_that_was_edited_is_counted_once(
    own_wire: Wire, page: Page, news: News
) -> None:
    await arrive(page, own_wire)
    await own_wire.store(news(1))
    await expect(page.locator("#fresh")).to_have_text("1 new article")
    await own_wire.store(news(1, title="Fresh news, corrected"), news(2))
    await expect(page.locator("#fresh")).to_have_text("2 new articles")
    await page.locator("#fresh").click()

    await expect(page.locator(".card", has_text="corrected")).to_contain_text("version 2")


async def test_the_bar_counts_as_the_language_of_the_page_counts(
    own_wire: Wire, page: Page, news: News
) -> None:
    await arrive(page, own_wire, "/ru/")
    await own_wire.store(*(news(number) for number in range(3)))
    await expect(page.locator("#fresh")).to_have_text("3 новые статьи")
    await own_wire.store(news(3), news(4))

    await expect(page.locator("#fresh")).to_have_text("5 новых статей")


FILTERED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("language=en", {"language": "ru-Cyrl"}, {}),
    ("source=fresh", {"source": "stale"}, {}),
    ("q=Samarqand", {}, {"title": "Новости из Самарканда", "language": "ru-Cyrl"}),
    (
        "entity=person/aliyev-sherzod",
        {},
        {
            "title": "Шерзод Алиев вернулся",
            "language": "ru-Cyrl",
            "entities": [["PERSON", "Шерзод Алиев", "person/aliyev-sherzod", "Шерзод Алиев"]],
        },
    ),
]
"""What is asked for; what arrives beside it; what arrives that is meant."""


async def test_a_filtered_wire_stays_live_and_filtered(
    own_wire: Wire, page: Page, news: News
) -> None:
    for number, (query, beside, meant) in enumerate(FILTERED):
        await page.goto(f"{own_wire.url}/en/?{query}")
        await expect(page.locator("#state")).to_have_attribute("data-state", "live")
        await own_wire.store(news(2 * number, **beside), news(2 * number + 1, **meant))
        await expect(page.locator("#fresh")).to_have_text("1 new article")
        await page.locator("#fresh").click()

        expected = meant.get("title", f"Fresh news number {2 * number + 1}")
        await expect(page.locator(".card h3").first).to_have_text(expected)
        await expect(page).to_have_url(re.compile(re.escape(query)))


async def test_filters_add_up_and_can_be_taken_away(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    everything = await page.locator(".card").count()
    await page.locator(".tongues").get_by_text("Қазақша").click()
    await expect(page).to_have_url(f"{wire.url}/en/?language=kk")
    await expect(page.locator(".card")).to_have_count(5)
    await page.get_by_text("Source, name, words").click()
    await page.get_by_label("Source").select_option("aral-inform")
    await expect(page.locator(".card")).to_have_count(1)
    await page.get_by_role("link", name="Clear").click()

    await expect(page.locator(".card")).to_have_count(everything)


async def test_earlier_articles_are_a_page_away(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    seen = await page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.id)")
    await page.get_by_role("link", name="Earlier articles").click()
    await expect(page).to_have_url(re.compile("cursor="))
    more = await page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.id)")

    assert len(seen) == len(more) == 40
    assert not set(seen) & set(more)


async def test_a_broker_that_goes_away_is_told_and_comes_back(
    own_wire: Wire, page: Page, news: News
) -> None:
    page.set_default_timeout(20_000)
    await arrive(page, own_wire)
    own_wire.broker.stop()
    await expect(page.locator("#state")).to_have_attribute("data-state", "waiting", timeout=20_000)
    await expect(page.locator("#state")).to_have_text("the stream is paused")
    own_wire.broker.start()
    await expect(page.locator("#state")).to_have_attribute("data-state", "live", timeout=20_000)
    await own_wire.store(news(1))

    await expect(page.locator("#fresh")).to_have_text("1 new article", timeout=20_000)


async def test_an_empty_wire_says_what_to_do(quiet_wire: Wire, page: Page) -> None:
    await page.goto(f"{quiet_wire.url}/kk/")

    await expect(page.locator(".empty")).to_contain_text("Әзірге мақала жоқ.")
    await expect(page.locator(".empty code")).to_have_text("make demo")
