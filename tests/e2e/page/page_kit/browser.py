"""Chromium, and where its pictures are kept.

Without Chromium these tests are skipped with a reason; where one is required (CI=true or
STEPPEWIRE_REQUIRE_BROWSER=1) they fail. STEPPEWIRE_SCREENSHOTS=folder keeps pictures.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REQUIRED = "CI", "STEPPEWIRE_REQUIRE_BROWSER"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium."""
    found = os.environ.get("STEPPEWIRE_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found:
        return found
    told = "no Chromium on this machine: install the package `chromium`, or set STEPPEWIRE_BROWSER"
    if any(os.environ.get(name, "").lower() in {"1", "true"} for name in REQUIRED):
        pytest.fail(told)
    pytest.skip(told)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser; each test has a profile of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab on a wide screen; whatever its console complains about fails the test."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Asia/Almaty"
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
def album() -> Path | None:
    """Where pictures are kept, if anywhere."""
    folder = os.environ.get("STEPPEWIRE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None
