"""What must hold on every page: for every eye, on every screen, without scripts, alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Browser, Page, expect

LIBRARY = "Астанада түнде де жұмыс істейтін жаңа кітапхана ашылды"
WEIGHT = 100_000
"""Bytes over the wire that the first page may have, with all that it needs."""
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
Wire = Any
pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = {
    "now": "/kk/",
    "article": "",
    "changes": "",
    "entities": "/ru/entities",
    "entity": "/uz/entity?id=person/jumabek-dana",
    "sources": "/ru/sources",
    "source": "/kk/sources/aral-inform",
    "pipeline": "/uz/pipeline?retried=2",
    "search": "/ru/search?q=Астана&language=ru",
    "nothing": "/kk/nowhere",
    "reference": "/docs",
}


async def addresses(wire: Wire, page: Page) -> dict[str, str]:
    """Return the address of every page."""
    await page.goto(f"{wire.url}/en/")
    article = page.locator(".card h3 a", has_text=LIBRARY)
    changed = page.locator(".card .note", has_text="version 2").first
    found = {name: wire.url + path for name, path in PAGES.items()}
    found["article"] = wire.url + str(await article.get_attribute("href"))
    found["changes"] = wire.url + str(await changed.get_attribute("href"))
    return found


async def findings(page: Page) -> list[str]:
    """Return what axe finds serious here; what it holds for a matter of taste is left out."""
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical", "moderate"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_any_page(
    wire: Wire, browser: Browser, theme: Any
) -> None:
    context = await browser.new_context(color_scheme=theme)
    page = await context.new_page()
    found = {}
    for name, address in (await addresses(wire, page)).items():
        await page.goto(address)
        await expect(page.locator("h1")).to_be_visible()
        await page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        found[name] = await findings(page)
    await context.close()

    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("width", [360, 768])
async def test_no_page_is_wider_than_the_screen(wire: Wire, browser: Browser, width: int) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 740})
    page = await context.new_page()
    wide = {}
    for name, address in (await addresses(wire, page)).items():
        await page.goto(address)
        await expect(page.locator("h1")).to_be_visible()
        wide[name] = await page.evaluate("document.documentElement.scrollWidth")
    await context.close()

    assert {name: found for name, found in wide.items() if found > width} == {}


async def test_it_is_read_on_a_phone_by_night(
    wire: Wire, browser: Browser, album: Path | None
) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", device_scale_factor=2
    )
    page = await context.new_page()
    for name, address in (await addresses(wire, page)).items():
        await page.goto(address)
        await expect(page.locator("body")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        await expect(page.locator("html")).to_have_css("background-color", "rgb(20, 24, 27)")
        if album:
            await page.screenshot(path=album / f"phone-{name}.png")
    await context.close()


async def test_no_page_complains_or_asks_anybody_else(wire: Wire, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, address in (await addresses(wire, page)).items():
        await page.goto(address)
        await expect(page.locator("h1")).to_be_visible()
        if name == "nothing":
            page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs the 404

    assert [url for url in asked if not url.startswith(wire.url)] == []
    assert page.complaints == []  # type: ignore[attr-defined]


async def test_the_first_page_weighs_less_than_100_kb_over_the_wire(wire: Wire, page: Page) -> None:
    weights: list[int] = []
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    await page.goto(wire.url)
    await expect(page.locator("#state")).to_have_attribute("data-state", "live")

    assert len(weights) >= 5
    assert sum(weights) < WEIGHT


async def test_everything_can_be_read_and_asked_without_scripts(
    wire: Wire, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = await context.new_page()
    await page.goto(wire.url)
    await page.locator("input[name=language][value=kk]").check()
    await page.locator(".sift summary").click()
    await page.locator(".sieve button").click()
    await expect(page.locator(".card")).to_have_count(5)
    await page.get_by_role("link", name=LIBRARY).click()
    await expect(page.locator("h1 .mark.place")).to_have_text("Астанада")
    await page.locator(".named").get_by_role("link", name="Дана Жұмабек").click()
    await expect(page.locator(".timeline svg path")).to_have_count(1)
    await page.locator(".quick input").fill("Самарканд")
    await page.keyboard.press("Enter")
    await expect(page.locator(".lead mark").first).to_be_visible()
    await page.locator(".choices summary").click()
    await page.get_by_role("button", name="Қазақша").click()
    await expect(page.locator("h1")).to_have_text("Іздеу")
    await page.get_by_role("link", name="Конвейер").click()
    await expect(page.locator(".stages li")).to_have_count(6)
    await page.get_by_role("link", name="Дереккөздер").click()

    await expect(page.locator("tbody tr").first).to_contain_text("үнсіз")
    await context.close()


async def test_whoever_listens_to_the_page_hears_its_landmarks(wire: Wire, page: Page) -> None:
    await page.goto(f"{wire.url}/en/")

    for role, name in [
        ("banner", None),
        ("navigation", "Pages"),
        ("search", "Search"),
        ("main", None),
        ("contentinfo", None),
    ]:
        await expect(page.get_by_role(role, name=name)).to_have_count(1)  # type: ignore[arg-type]  # a role
    assert await page.locator("h1").count() == 1
