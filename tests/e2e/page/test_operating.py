"""Sources and the pipeline: what is wrong, and what an operator does."""

from __future__ import annotations

import re

import pytest
from page_kit.steps import Album, Wire, keep
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
