"""What a reader sees and does, in a real browser."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

LIBRARY = "Астанада түнде де жұмыс істейтін жаңа кітапхана ашылды"
TRAIN = "Алматы – Талдықорған"
Album = Path | None
Wire = Any
News = Any
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def keep(page: Page, album: Album, name: str) -> None:
    """Keep a picture, if somebody wants one."""
    if album:
        await page.screenshot(path=album / f"{name}.png")


async def arrive(page: Page, wire: Wire, path: str = "/en/") -> None:
    """Open the wire and wait until it is live."""
    await page.goto(wire.url + path)
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await expect(page.locator(".card").first).to_be_visible()


async def read(page: Page, title: str) -> None:
    """Open the article with this headline."""
    await page.locator(".card h3").get_by_role("link", name=title).first.click()
    await expect(page.locator(".story h1")).to_contain_text(title)


# ---- now


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


# ---- one article


async def test_an_article_is_read_with_its_languages_and_names_marked(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)

    await expect(page.locator("h1 .mark.place")).to_have_text("Астанада")
    await expect(page.locator(".body .foreign")).to_have_attribute("lang", "ru-Cyrl")
    await expect(page.locator(".shares li")).to_have_text(
        [re.compile("Kazakh.*74%"), re.compile("Russian.*26%")]
    )
    await expect(page.locator(".body .mark.money")).to_have_text("2,4 млрд теңге")
    await expect(page.locator(".original a")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    await keep(page, album, "article")


async def test_marks_of_a_kind_can_be_switched_off(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    place = page.locator("h1 .mark.place")
    await expect(place).to_have_css("text-decoration-line", "underline")
    await page.get_by_label("Places").uncheck()

    await expect(place).to_have_css("text-decoration-line", "none")


async def test_a_name_leads_to_all_that_is_told_of_it(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    await page.locator(".named").get_by_role("link", name="Дана Жұмабек").click()

    await expect(page.locator("h1")).to_have_text("Dana Zhumabek")
    await expect(page.locator(".spellings dd")).to_contain_text(
        ["Дана Жұмабек", "Дана Жумабек", "Dana Jumabek", "Дана Жумабек", "Dana Zhumabek"]
    )
    label = await page.locator(".timeline svg").get_attribute("aria-label")
    assert re.fullmatch(r"\d\d articles in this time; at most \d+ a week", str(label))
    await expect(page.locator(".company a").first).to_have_text("Астана")
    await page.get_by_text("The same as a table").click()
    assert await page.locator(".figures tbody tr").count() > 10
    await page.get_by_text("The same as a table").click()
    await keep(page, album, "entity")


async def test_names_are_found_in_any_spelling(wire: Wire, page: Page) -> None:
    await page.goto(f"{wire.url}/en/entities")
    await page.get_by_label("Find a name").fill("dana jumabek")
    await page.keyboard.press("Enter")

    await expect(page.locator(".topnames li").first).to_contain_text(re.compile(r"Dana|Дана"))


async def test_versions_show_what_changed(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, TRAIN)
    await page.get_by_role("link", name="what changed").click()

    await expect(page.locator(".compared ins").filter(has_text="Бесінші рейс")).to_have_count(1)
    await expect(page.locator(".compared del").first).to_be_visible()
    await keep(page, album, "changes")
    await page.get_by_role("link", name="Version 1").click()
    await expect(page.locator(".story h1")).to_have_text(
        "Алматы – Талдықорған пойызының кестесі өзгерді"
    )


async def test_reports_of_the_same_lead_to_each_other(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.locator(".card", has_text="В Малый Арал").get_by_text("1 more report").first.click()

    await expect(page.locator("#alike a")).to_have_text(
        "В Малый Арал вернулся тугай: учёные насчитали 140 видов птиц"
    )


async def test_arabic_letters_run_from_right_to_left(wire: Wire, page: Page, album: Album) -> None:
    await arrive(page, wire)
    await read(page, "ئالمۇتادا كىتاب")

    await expect(page.locator(".story h1")).to_have_css("direction", "rtl")
    await expect(page.locator(".story h1")).to_have_attribute("lang", "ug-Arab")
    await keep(page, album, "right-to-left")


async def test_an_article_that_is_gone_is_told(wire: Wire, page: Page) -> None:
    await page.goto(f"{wire.url}/uz/articles/{'0' * 32}")

    await expect(page.locator("h1")).to_have_text("Bunday maqola yoʻq.")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs the 404


# ---- search, sources, pipeline


async def test_search_finds_any_spelling_shows_where_and_can_be_narrowed(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire, "/uz/")
    await page.keyboard.press("/")
    await page.keyboard.type("Жумабек Астана")
    await page.keyboard.press("Enter")
    hits = page.locator(".lead mark")
    await expect(hits.first).to_be_visible()
    assert {"Жумабек", "Zhumabek"} <= set(await hits.all_inner_texts())
    count = page.locator("#list [role=status]")
    await expect(count).to_have_text("40 ta maqola")
    await keep(page, album, "search")
    await page.locator(".narrow").get_by_role("link", name="English").click()
    await expect(count).to_have_text("19 ta maqola")
    await page.locator(".narrow").get_by_role("link", name="Kun Energy").click()

    await expect(page).to_have_url(re.compile("entity=org/kun-energy"))
    await expect(page.locator(".narrow a[aria-current]")).to_have_text(["English", "Kun Energy"])


async def test_nothing_found_says_so(wire: Wire, page: Page) -> None:
    await page.goto(f"{wire.url}/ru/search?q=zzzzqqqq")

    await expect(page.locator(".empty")).to_contain_text("Ничего не найдено.")


async def test_sources_tell_what_is_wrong_and_since_when(
    wire: Wire, page: Page, album: Album
) -> None:
    await page.goto(f"{wire.url}/en/sources")
    rows = page.locator("tbody tr")

    await expect(rows.first).to_contain_text("aral-inform")
    await expect(rows.first).to_contain_text("silent")
    await expect(rows.first).to_contain_text("About 14 should have come.")
    await expect(rows.first.locator("svg")).to_have_attribute(
        "aria-label", re.compile(r"most at \d\d:00")
    )
    await expect(rows.nth(1)).to_contain_text("Articles with an author: usually 93%, now 8%.")
    await keep(page, album, "sources")
    await page.get_by_role("link", name="aral-inform").click()
    await expect(page.locator("h1")).to_have_text("Арал-Информ")
    await expect(page.locator(".rhythm tbody tr")).to_have_count(7)
    await keep(page, album, "source")


async def test_the_pipeline_tells_its_pace_and_what_failed(
    wire: Wire, page: Page, album: Album
) -> None:
    await page.goto(f"{wire.url}/en/pipeline")

    await expect(page.locator(".stages h2")).to_have_text(
        ["Fetching", "Parsing", "Enriching", "Storing", "Notifying", "Delivering"]
    )
    hooks = page.locator(".rows", has_text="news-desk").locator("tbody tr")
    await expect(hooks.filter(has_text="translators")).to_contain_text("answered 503")
    await expect(hooks.filter(has_text="old-archive")).to_contain_text("given up")
    label = await page.locator(".stages svg").first.get_attribute("aria-label")
    assert re.match(r"The last hour by minute: [\d,]+ articles; at most \d+ a minute", str(label))
    await expect(page.locator(".rows").last.locator("tr", has_text="too-large")).to_contain_text(
        "refused"
    )
    await keep(page, album, "pipeline")


async def test_dead_letters_go_back_to_work_with_a_key_and_not_without(
    own_wire: Wire, page: Page
) -> None:
    await own_wire.scene()
    await page.goto(f"{own_wire.url}/en/pipeline")
    await expect(page.locator("form .rows tbody tr")).to_have_count(3)
    await page.get_by_label("API key").fill("swk_wrong")
    await page.get_by_role("button", name="Retry: Parsing, chorsu, no-article").click()
    await expect(page.locator("h1")).to_have_text("This needs an API key with the scope operate.")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs the 401
    await page.go_back()
    await page.get_by_label("API key").fill(own_wire.key)
    await page.get_by_role("button", name="Retry: Parsing, chorsu, no-article").click()

    await expect(page.locator(".done")).to_have_text("3 letters went back to work.")
    await expect(page.locator("form .rows tbody tr")).to_have_count(2)


async def test_a_source_is_paused_and_resumed_with_a_key_and_says_why(
    own_wire: Wire, page: Page
) -> None:
    await own_wire.scene()
    await page.goto(f"{own_wire.url}/en/sources/dalanews")
    await expect(page.locator(".aside")).to_contain_text("Paused by newsroom (k3v9x2ab)")
    await page.locator("summary", has_text="Resume").click()
    await page.get_by_label("API key").fill(own_wire.key)
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator(".meta .standing").first).to_have_text("well")
    await page.locator("summary", has_text="Pause").click()
    await page.get_by_label("Reason").fill("<b>they asked</b>")
    await page.get_by_label("API key").fill(own_wire.key)
    await page.get_by_role("button", name="Pause").click()

    await expect(page.locator(".meta .standing").first).to_have_text("paused")
    await expect(page.locator(".aside")).to_contain_text("<b>they asked</b>")


# ---- whoever reads


async def test_a_reader_is_met_in_the_language_of_the_browser(wire: Wire, browser: Browser) -> None:
    context = await browser.new_context(locale="kk-KZ")
    page = await context.new_page()
    await page.goto(wire.url)

    await expect(page).to_have_url(f"{wire.url}/kk/")
    await expect(page.locator("html")).to_have_attribute("lang", "kk")
    await context.close()


async def test_the_language_is_changed_where_one_stands_and_remembered(
    wire: Wire, page: Page, album: Album
) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    await page.get_by_label("Language and appearance: English").click()
    await keep(page, album, "choices")
    await page.get_by_role("button", name="Oʻzbekcha").click()
    await expect(page.locator(".story h1")).to_have_text(LIBRARY)
    await expect(page.locator(".original a")).to_have_text("saryarqa.example saytida oʻqish")
    await page.goto(wire.url)

    await expect(page).to_have_url(f"{wire.url}/uz/")


async def test_colours_are_chosen_and_remembered(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.get_by_label("Language and appearance: English").click()
    await page.get_by_role("button", name="Dark").click()
    await page.reload()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("body")).to_have_css("color", "rgb(231, 228, 220)")


async def test_everything_works_from_the_keyboard(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = await page.locator(".card h3").nth(1).inner_text()
    await expect(page.locator(".card h3 a").nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await expect(page.locator(".card h3 a").first).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")

    await expect(page.locator(".story h1")).to_have_text(second)


async def test_keys_can_be_switched_off(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await page.get_by_label("Language and appearance: English").click()
    await page.locator("button[name=keys][value=off]").click()
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await page.keyboard.press("j")

    assert await page.evaluate("document.activeElement.closest('.card')") is None


async def test_the_address_can_be_shared_and_the_back_button_works(wire: Wire, page: Page) -> None:
    await arrive(page, wire, "/en/?language=kk")
    await read(page, LIBRARY)
    await page.go_back()

    await expect(page).to_have_url(f"{wire.url}/en/?language=kk")
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")
    await expect(page.locator(".card")).to_have_count(5)


async def test_printed_is_the_article_and_not_the_page_around_it(wire: Wire, page: Page) -> None:
    await arrive(page, wire)
    await read(page, LIBRARY)
    await page.emulate_media(media="print")

    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator(".foot")).to_be_hidden()
    await expect(page.locator(".story h1")).to_be_visible()


async def test_the_reference_describes_every_address(wire: Wire, page: Page, album: Album) -> None:
    await page.goto(f"{wire.url}/docs")
    await page.locator(".operation summary", has_text="GET /articles").first.click()

    assert await page.locator(".operation").count() >= 9
    await expect(page.locator(".operation").first).to_contain_text("kk finds kk-Cyrl")
    await keep(page, album, "docs")


async def test_the_server_ends_in_order_while_pages_listen(own_wire: Wire, page: Page) -> None:
    await arrive(page, own_wire)
    own_wire.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(own_wire.process.wait, 30)

    assert own_wire.process.returncode == 0
    assert "Cancel" not in own_wire.log.read_text()
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs refused connections
