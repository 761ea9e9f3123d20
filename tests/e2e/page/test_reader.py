"""Whoever reads: in any language and colour, from the keyboard, on paper."""

from __future__ import annotations

import asyncio
import signal

import pytest
from page_kit.steps import LIBRARY, Album, Wire, arrive, keep, read
from playwright.async_api import Browser, Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
