"""Search in any spelling."""

from __future__ import annotations

import re

import pytest
from page_kit.steps import Album, Wire, arrive, keep
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
