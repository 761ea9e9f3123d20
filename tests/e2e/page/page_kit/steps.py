"""What many tests of the page do: open, read, keep a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from page_kit.wire import Wire

LIBRARY = "Астанада түнде де жұмыс істейтін жаңа кітапхана ашылды"
TRAIN = "Алматы – Талдықорған"
Album = Path | None
News = Any


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
