"""A publisher who wants to run code in our readers' browsers, through the whole pipeline.

One run of real services fetches, parses, enriches and stores what such a publisher serves; then
every page that shows it is opened in a browser that would tell if anything ran or was asked for.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.events import ArticleEnriched, Embed, Entity, Image, Mention
from steppewire.streams import FETCH, dead_name, key
from steppewire.testing.newswire import Running, newswire, settled
from steppewire.testing.samples import enriched
from steppewire.testing.site import reply, running_site

EVIL = "https://evil.example"
TAG = (
    f'"><script>window.pwned=1</script><img src={EVIL}/x onerror="window.pwned=1">'
    "<svg onload=pwned=1>"
)
HREF = f"javascript:window.pwned=1//{EVIL}"
HOST = "hostile.example"
BODY = "Ауылда бүгін жаңа мектеп ашылды, оған екі жүз бала барады. Құрылыс екі жылға созылды."
pytestmark = pytest.mark.asyncio(loop_scope="session")


def article(title: str) -> bytes:
    """Return a page of a publisher who writes code wherever a word belongs."""
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "author": {"@type": "Person", "name": f"Асқар {TAG}"},
        "articleSection": f"Қоғам {TAG}",
        "keywords": [TAG, HREF],
        "image": [HREF, f"{EVIL}/pixel.png", f'{EVIL}/"onerror="window.pwned=1'],
        "datePublished": datetime.now(UTC).isoformat(),
    }
    ld = json.dumps(told).replace("<", "\\u003c")
    return f"""<!doctype html><html lang="kk"><head><title>{escape(title)}</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:image" content="{HREF}">
<meta name="author" content="{escape(TAG)}"><meta name="keywords" content="{escape(TAG)}">
<link rel="alternate" hreflang="ru" href="{HREF}">
<script type="application/ld+json">{ld}</script><script>window.pwned = 1</script></head><body>
<article><h1>{escape(title)}</h1><p class="lead">{escape(TAG)} {BODY}</p><div class="text">
<p onclick="window.pwned=1">{BODY} {BODY}</p><p>{escape(TAG)} {BODY} {BODY}</p>
<p><a href="{HREF}">Қасым-Жомарт Тоқаев</a> {escape(TAG)} {BODY} {BODY}</p>
<figure><img src="{EVIL}/photo.jpg" onload="window.pwned=1"><figcaption>{escape(TAG)}</figcaption>
</figure><iframe src="{HREF}"></iframe><p>{{{{ 7 * 7 }}}} {BODY} {BODY}</p></div></article></body>
</html>
""".encode()


FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>x</title>
{items}</channel></rss>"""
SOURCE = f"""
name = "hostile"
title = '{TAG}'
home = "https://{HOST}/"
hosts = ["{HOST}"]
country = "KZ"
languages = ["kk-Cyrl"]
article = ['/news/']
discover = ["feed https://{HOST}/rss"]
"""


def feed(*links: str) -> bytes:
    """Return a feed with these links."""
    item = "<item><title>{0}</title><link>https://{1}{2}</link></item>"
    items = "".join(item.format(escape(TAG), HOST, escape(link)) for link in links)
    return FEED.format(items=items).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A newswire that has read the hostile publisher, and an event of a hostile stage."""
    data = tmp_path_factory.mktemp("hostile")
    (data / "sources").mkdir()
    (data / "sources" / "hostile.toml").write_text(SOURCE)
    async with running_site() as site:
        bad = f"/news/{quote(TAG)}"
        site.replies |= {
            "/rss": reply(feed("/news/1", bad), Content_Type="application/rss+xml"),
            "/news/1": reply(article(f"Ауылда жаңа мектеп ашылды {TAG}")),
            "/robots.txt": reply(b"", Content_Type="text/plain"),
        }
        settings = {
            "STEPPEWIRE_REROUTE": f"{HOST}={site.url}",
            "STEPPEWIRE_SOURCES_DIR": str(data / "sources"),
            "STEPPEWIRE_SOURCES": "hostile",
            "STEPPEWIRE_POLL": "2",
            "STEPPEWIRE_PACE": "0.01",
            "STEPPEWIRE_API_RATE": "0",
        }
        with newswire(data / "var", settings) as running:
            there = "/articles?source=hostile"
            await settled(
                running,
                lambda: bool((running.get(there) or {"items": ()})["items"]),
                seconds=120,
                what="the hostile article",
            )
            await worse(running)
            yield running


async def worse(running: Running) -> None:
    """Store what no honest stage would: code in every field, and in a dead letter."""
    async with open_archive(running.database) as archive:
        await archive.save([poisoned()])
    redis = Redis.from_url(running.redis_url)
    told = {"source": TAG, "outcome": "reject", "reason": TAG, "detail": TAG, "last": TAG}
    await redis.xadd(key(dead_name(FETCH)), {f"dead.{name}": value for name, value in told.items()})
    await redis.hset(key(f"source.{TAG}"), mapping={"title": TAG, "home": HREF, "last_error": TAG})
    await redis.aclose()


def poisoned() -> ArticleEnriched:
    """Return an event whose every text is code."""
    good = enriched(77, host=HOST)
    paragraph = good.article.paragraphs[0].model_copy(update={"text": f"{TAG} {BODY}"})
    part = good.article.model_copy(
        update={
            "title": TAG,
            "url": HREF,
            "source": TAG,
            "lead": TAG,
            "paragraphs": (paragraph,),
            "authors": (TAG,),
            "section": TAG,
            "tags": (TAG,),
            "images": (Image(url=HREF, caption=TAG), Image(url=f"{EVIL}/i.png", caption=TAG)),
            "embeds": (Embed(url=HREF, kind="video", provider=TAG),),
            "translations": {TAG: HREF, "ru": f"{EVIL}/ru"},
        }
    )
    mention = Mention(field="title", start=0, end=len(TAG), surface=TAG)
    entity = Entity(type="PERSON", name=TAG, id=f"person/{TAG}", mentions=(mention,))
    enrichment = good.enrichment.model_copy(
        update={"entities": (entity,), "keywords": (TAG,), "models": {TAG: TAG}}
    )
    return good.model_copy(update={"article": part, "enrichment": enrichment})


class Witness:
    """A browser's tab that tells whatever ran or was asked for."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.seen: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("dialog", lambda dialog: self.seen.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: self.seen.append(f"error {error}"))
        page.on("console", lambda told: self._said(told.type, told.text))

    def _asked(self, url: str) -> None:
        if not url.startswith(self.home):
            self.seen.append(f"request {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.seen.append(f"console {text}")

    async def visit(self, path: str) -> None:
        """Open a page and look at what became of it."""
        await self.page.goto(self.home + path)
        await expect(self.page.locator("h1")).to_be_attached()
        await self.page.evaluate(
            "document.querySelectorAll('details').forEach(one => { one.open = true })"
        )
        found = await self.page.evaluate(_LOOK)
        self.seen += [f"{path}: {one}" for one in found]


_LOOK = """() => {
  const ours = new Set(['/static/page.js', '/static/icon.svg']);
  const found = [];
  if (window.pwned !== undefined) found.push('it ran');
  const isBad = (name, value) =>
    name.startsWith('on') || name === 'style' || name === 'srcdoc' || name === 'http-equiv' ||
    (name === 'src' && !ours.has(value)) ||
    (/href|action/.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value));
  for (const node of document.querySelectorAll('*'))
    if (/^(iframe|object|embed|base)$/i.test(node.tagName) ||
        [...node.attributes].some(({ name, value }) => isBad(name, value)))
      found.push(node.outerHTML.slice(0, 200));
  return found;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def witness(hostile: Running, browser: Browser) -> AsyncIterator[Witness]:
    context = await browser.new_context(locale="en-GB")
    yield Witness(await context.new_page(), hostile.address)
    await context.close()


async def test_nothing_that_a_publisher_writes_can_run_or_call_home(
    hostile: Running, witness: Witness
) -> None:
    cards = hostile.get("/articles")["items"]
    assert {card["source"] for card in cards} == {"hostile", TAG}
    assert all("<script>" in card["title"] for card in cards)
    for card in cards:
        await witness.visit(f"/en/articles/{card['id']}")
        assert "<script>window.pwned=1</script>" in await witness.page.inner_text("h1")
    for path in ("/en/", "/kk/entities", "/ru/sources", "/uz/pipeline", "/en/sources/hostile"):
        await witness.visit(path)
        assert "<img src=" in await witness.page.inner_text("main")
    await witness.visit(f"/en/entity?id={quote(f'person/{TAG}')}")
    await witness.visit(f"/en/sources/{quote(TAG, safe='')}")

    assert witness.seen == []


@pytest.mark.parametrize(
    "path",
    [
        "/en/search?q={}",
        "/en/?entity={}&source={}&language={}",
        "/en/entity?id={}",
        "/en/entities?name={}",
        "/en/{}",
        "/en/articles/{}",
        "/en/?{}=1",
        "/en/?cursor={}",
        "/en/search?since={}",
        "/ru/pipeline?retried={}",
    ],
)
async def test_nothing_in_an_address_can_run(witness: Witness, path: str) -> None:
    await witness.visit(path.replace("{}", quote(TAG[:100], safe="")))

    assert witness.seen == []


async def test_a_link_of_a_publisher_leads_out_only_as_one(
    hostile: Running, witness: Witness, tmp_path: Path
) -> None:
    card = next(c for c in hostile.get("/articles")["items"] if c["source"] == TAG)
    await witness.visit(f"/en/articles/{card['id']}")
    out = witness.page.locator("main a[href^=http]")
    told: Any = await out.evaluate_all("links => links.map(one => [one.href, one.rel])")

    fetched = f"https://{HOST}/news/77"
    assert {url for url, _ in told} == {f"{EVIL}/i.png", f"{EVIL}/ru", fetched}
    assert {rel for _, rel in told} == {"noopener noreferrer nofollow"}
