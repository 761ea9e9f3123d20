"""What a reader sees and does, in a real browser."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

LIBRARY = "Астанада түнде де жұмыс істейтін жаңа кітапхана ашылды"
Album = Path | None
Wire = Any
News = Any
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def keep(page: Page, album: Album, name: str) -> None:
    """Keep a picture, if somebody wants one."""
    if album:
        await page.screenshot(path=album / f"{name}.png")


async def arrive(page: Page, wire: Wire) -> None:
    """Open the page and wait until it is live."""
    await page.goto(wire.url)
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await expect(page.locator(".card").first).to_be_visible()


async def read(page: Page, title: str) -> None:
    """Open the article with this headline."""
    await page.get_by_role("link", name=title).first.click()
    await expect(page.locator(".story h1")).to_contain_text(title)


async def test_the_wire_is_shown_by_day_with_language_script_source_and_time(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    card = page.locator(".card", has_text=LIBRARY)

    await expect(page.locator(".day h2").first).to_contain_text("Today")
    await expect(card.locator(".badge")).to_have_text("kkCyrl")
    await expect(card.locator(".badge")).to_have_attribute("title", "Kazakh in Cyrillic script")
    await expect(card.locator(".source")).to_have_text("saryarqa")
    title = await card.locator("time").get_attribute("title")
    assert "GMT+5 (the site says 20" in str(title)
    await expect(page.locator("#stages")).to_contain_text("31 discovered")
    await expect(page.locator("#stages")).to_contain_text("3 refused")
    await keep(page, album, "wire")


async def test_an_article_is_read_with_its_languages_and_names_marked(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    story = page.locator(".story")

    foreign = story.locator(".block.foreign p").first
    await expect(foreign).to_have_attribute("lang", "ru-Cyrl")
    await expect(foreign.locator("mark.person")).to_have_text("Даны Жумабек")
    kinds = {"place": "Астанада", "money": "2,4 млрд теңге", "date": "20 қарашада"}
    for kind, words in kinds.items():
        await expect(story.locator(f".body mark.{kind}", has_text=words).first).to_be_visible()
    await expect(story.locator(".shares")).to_have_attribute(
        "aria-label",
        "Languages of the text: Kazakh in Cyrillic script 74%, Russian in Cyrillic script 26%",
    )
    await expect(story.locator("#original")).to_have_attribute("rel", "noopener noreferrer")
    await keep(page, album, "page")


async def test_marks_can_be_switched_off_by_kind(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    mark = page.locator(".body mark.place").first
    await expect(mark).to_have_css("text-decoration-line", "underline")
    await page.get_by_label("Places").uncheck()

    await expect(mark).to_have_css("text-decoration-line", "none")


async def test_marks_stand_right_behind_an_emoji(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await read(page, "Melons by the million")

    await expect(page.locator(".body mark.place").first).to_have_text("Bukhara")


async def test_new_articles_arrive_by_themselves(own_wire: Wire, page: Page, news: News) -> None:
    await arrive(page, own_wire)
    await own_wire.store(news(1))

    first = page.locator(".card").first
    await expect(first).to_contain_text("Fresh news number 1")
    await expect(first.locator(".badge")).to_have_text("en")


async def test_an_edited_article_stays_one_card(own_wire: Wire, page: Page, news: News) -> None:
    await arrive(page, own_wire)
    await own_wire.store(news(1))
    await expect(page.locator(".card").first).to_contain_text("Fresh news number 1")
    await own_wire.store(news(1, title="Fresh news, corrected"))

    await expect(page.locator(".card", has_text="Fresh news")).to_have_count(1)
    await expect(page.locator(".card", has_text="corrected")).to_contain_text("version 2")


async def test_who_reads_further_down_is_not_moved(own_wire: Wire, page: Page, news: News) -> None:
    await arrive(page, own_wire)
    await page.locator("#wire").evaluate("wire => wire.scrollTo(0, 600)")
    await own_wire.store(news(1), news(2))
    await expect(page.locator("#fresh")).to_have_text("2 new articles")
    assert await page.locator(".card", has_text="Fresh news").count() == 0
    await page.locator("#fresh").click()

    await expect(page.locator(".card").first).to_contain_text("Fresh news number 2")
    await expect(page.locator("#fresh")).to_be_hidden()


async def test_search_finds_any_spelling_and_shows_where(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    await page.keyboard.press("/")
    await page.keyboard.type("Самарканд")

    await expect(page.locator(".card")).to_have_count(2)
    await expect(page.locator(".lead b")).to_have_text(["Самарқандда", "Samarqandda"])
    await expect(page).to_have_url(
        f"{wire.url}/?q=%D0%A1%D0%B0%D0%BC%D0%B0%D1%80%D0%BA%D0%B0%D0%BD%D0%B4"
    )
    await keep(page, album, "search")


async def test_filters_by_language_and_source_add_up_and_can_be_taken_away(
    wire: Wire, page: Page
) -> None:
    await arrive(page, wire)
    everything = await page.locator(".card").count()
    await page.locator("#languages").get_by_text("Қазақша").click()
    await expect(page.locator(".card")).to_have_count(5)
    await page.locator("#source").select_option("aral-inform")
    await expect(page.locator(".card")).to_have_count(1)
    await page.locator("#clear").click()

    await expect(page.locator(".card")).to_have_count(everything)


async def test_a_name_leads_to_what_else_is_told_about_it(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await read(page, "Toshkentda tramvay qaytmoqda")
    await page.locator(".named .person").click()

    await expect(page.locator(".card")).to_have_count(2)
    await expect(page.locator("#entity")).to_contain_text("about Sherzod Aliyev")
    await expect(page.locator(".card").first).to_contain_text("трамвай")


async def test_the_filtered_wire_stays_live_and_filtered(
    own_wire: Wire, page: Page, news: News
) -> None:
    await arrive(page, own_wire)
    await page.locator("#languages").get_by_text("English").click()
    await expect(page.locator("#clear")).to_be_visible()
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await own_wire.store(news(1, language="ru-Cyrl", title="Не сюда"), news(2))

    await expect(page.locator(".card").first).to_contain_text("Fresh news number 2")
    assert await page.locator(".card", has_text="Не сюда").count() == 0


async def test_everything_works_from_the_keyboard(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = await page.locator(".card h3").nth(1).inner_text()
    await page.keyboard.press("Enter")
    await expect(page.locator(".story h1")).to_have_text(second)
    await page.keyboard.press("Escape")
    await expect(page.locator(".story")).to_have_count(0)
    await page.keyboard.press("k")

    focused = await page.evaluate("document.activeElement.textContent")
    assert focused == await page.locator(".card h3").first.inner_text()


async def test_the_address_can_be_shared_and_the_back_button_works(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.locator("#languages").get_by_text("Қазақша").click()
    await read(page, LIBRARY)
    shared = page.url
    await page.go_back()
    await expect(page.locator(".story")).to_have_count(0)
    await page.go_back()
    await expect(page.locator("#clear")).to_be_hidden()
    await page.goto(shared)

    await expect(page.locator(".story h1")).to_have_text(LIBRARY)
    await expect(page.locator(".card")).to_have_count(5)


async def test_versions_show_what_changed(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, "Алматы – Талдықорған")
    await page.get_by_role("button", name="what changed").click()

    await expect(page.locator(".changes del").nth(1)).to_contain_text("күніне төрт рет")
    await expect(page.locator(".changes ins").last).to_contain_text("Бесінші рейс")
    await page.locator(".changes").scroll_into_view_if_needed()
    await keep(page, album, "versions")
    await page.get_by_role("link", name="Version 1").click()
    await expect(page.locator(".story h1")).to_have_text(
        "Алматы – Талдықорған пойызының кестесі өзгерді"
    )


async def test_copies_lead_to_each_other(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.locator(".card", has_text="В Малый Арал").first.click()

    await expect(page.locator(".copies a")).to_have_text(
        "В Малый Арал вернулся тугай: учёные насчитали 140 видов птиц"
    )
    await expect(page.locator(".copies .source")).to_have_text("aral-inform")


async def test_arabic_letters_run_from_right_to_left(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, "ئالمۇتادا كىتاب")

    await expect(page.locator(".story h1")).to_have_css("direction", "rtl")
    await expect(page.locator(".story h1")).to_have_attribute("lang", "ug-Arab")
    await expect(page.locator(".block.foreign p")).to_have_css("direction", "ltr")
    await keep(page, album, "right-to-left")


async def test_a_hostile_article_is_only_text(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, "<script>window.pwned = 1</script>")
    await page.locator(".provenance summary").click()

    await expect(page.locator(".story h1")).to_contain_text("<img src=x onerror=")
    assert await page.locator(".story script, .story img, .card img, .card svg").count() == 0
    assert await page.locator("a[href^=javascript]").count() == 0
    assert await page.evaluate("window.pwned") is None
    await keep(page, album, "hostile")


async def test_a_broker_that_goes_away_is_told_and_comes_back(
    own_wire: Wire, page: Page, news: News
) -> None:
    page.set_default_timeout(20_000)
    await arrive(page, own_wire)
    own_wire.broker.stop()
    await expect(page.locator("#state")).to_have_attribute("data-state", "waiting")
    await page.locator("#languages").get_by_text("Қазақша").click()
    await expect(page.locator(".card")).to_have_count(5)
    own_wire.broker.start()
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await own_wire.store(news(1, language="kk-Cyrl"))

    await expect(page.locator(".card").first).to_contain_text("Fresh news number 1")


async def test_an_empty_wire_says_what_to_do(quiet_wire: Wire, page: Page, album: Album) -> None:
    await page.goto(quiet_wire.url)

    await expect(page.locator("#empty")).to_contain_text("make demo")
    await keep(page, album, "empty")


async def test_nothing_found_says_so(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.locator("#q").fill("zzzzqqqq")
    await expect(page.locator("#empty")).to_contain_text("Nothing matches.")
    await page.get_by_role("button", name="Show everything").click()

    await expect(page.locator(".card").first).to_be_visible()


async def test_an_article_that_is_gone_is_told(wire: Wire, page: Page) -> None:
    await page.goto(f"{wire.url}/?article={'0' * 32}")

    await expect(page.locator("#reader")).to_contain_text("There is no article with the id")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs the 404


async def test_it_fits_a_phone_by_night(wire: Wire, browser: Browser, album: Album) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", timezone_id="Asia/Almaty"
    )
    page = await context.new_page()
    await arrive(page, wire)
    await keep(page, album, "phone")
    await read(page, LIBRARY)
    await keep(page, album, "phone-article")

    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "light dark"
    await page.locator("#close").click()
    await expect(page.locator(".card").first).to_be_visible()
    await context.close()


async def test_what_did_not_become_an_article_is_listed_with_its_reason(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    await page.locator("#pipeline summary").click()

    row = page.locator("#outcomes tr", has_text="too-large")
    await expect(row).to_have_text("fetcherprank-wirerejecttoo-large1")
    await keep(page, album, "pipeline")


async def test_colours_are_chosen_and_remembered(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.get_by_role("button", name="Colours: as the system").click()
    await page.get_by_role("button", name="Colours: light").click()
    await page.reload()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("body")).to_have_css("color", "rgb(231, 228, 220)")


async def test_the_keys_are_told_and_do_nothing_meanwhile(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("next and previous article")
    await page.keyboard.press("j")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert await page.evaluate("document.activeElement.closest('.card')") is None


async def test_nothing_is_asked_of_anybody_else(wire: Wire, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await arrive(page, wire)
    await read(page, LIBRARY)
    await page.goto(f"{wire.url}/docs")
    await expect(page.locator("h1")).to_have_text("The API")

    assert [url for url in asked if not url.startswith(wire.url)] == []


async def test_the_reference_describes_every_address(wire: Wire, page: Page, album: Album) -> None:
    await page.goto(f"{wire.url}/docs")
    await page.locator(".operation summary", has_text="GET /articles").first.click()

    described = await (await page.request.get(f"{wire.url}/openapi.json")).json()
    addresses = sum(len(methods) for methods in described["paths"].values())
    await expect(page.locator(".operation")).to_have_count(addresses)
    await expect(page.locator(".operation").first).to_contain_text("kk finds kk-Cyrl")
    await keep(page, album, "docs")


async def test_the_server_ends_in_order_while_pages_listen(own_wire: Wire, page: Page) -> None:
    await arrive(page, own_wire)
    own_wire.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(own_wire.process.wait, 30)

    assert own_wire.process.returncode == 0
    assert "Cancel" not in own_wire.log.read_text()
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs refused connections
