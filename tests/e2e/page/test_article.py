"""An article with its names, versions and other reports, and what is told of a name."""

from __future__ import annotations

import re

import pytest
from page_kit.steps import LIBRARY, TRAIN, Album, Wire, arrive, keep, read
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
