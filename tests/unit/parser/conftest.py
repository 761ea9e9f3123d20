"""What the parser's tests share: reading one of our pages, or a text, into an article."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steppewire.events import ArticleFetched, ArticleParsed, Fetch
from steppewire.rules import SiteRules
from steppewire_parser.authors import Publisher, choose_authors
from steppewire_parser.document import Document, read
from steppewire_parser.headlines import site_of
from steppewire_parser.recipe import parse_page
from steppewire_parser.structured import read_structured
from steppewire_parser.text import squash

HOST = "www.zarya.kz"
"""A site of ours, called Заря."""
PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)

Parse = Callable[..., ArticleParsed]


def fetched(url: str, *, rules: SiteRules | None = None, **more: Any) -> ArticleFetched:
    content_type = more.pop("content_type", "")
    fetch = Fetch(
        link_id="0" * 32,
        url=url,
        final_url=url,
        source="test",
        fetched_at=NOW,
        status=200,
        content_type=content_type,
        blob="sha256:" + "0" * 64,
        size=1,
    )
    return ArticleFetched(fetch=fetch, rules=rules or SiteRules(), **more)


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Parse a page of the folder `pages` by name, or a page given as text or bytes."""

    def parse(page: str | bytes, url: str = "https://example.kz/news/page.html", **more: Any):
        data = page if isinstance(page, bytes) else page.encode()
        if isinstance(page, str) and page.endswith(".html"):
            data = (PAGES / page).read_bytes()
        anyway = more.pop("anyway", False)
        return parse_page(data, fetched(url, **more), anyway=anyway)

    return parse


@pytest.fixture(scope="session")
def document() -> Callable[[str], Document]:
    """Build the tree of a page given as text."""
    return read


@pytest.fixture(scope="session")
def words() -> Callable[[int], str]:
    """Return a paragraph of n different sentences: enough text to be an article."""

    def words(count: int = 8) -> str:
        return " ".join(f"Предложение номер {n} рассказывает о делах города." for n in range(count))

    return words


@pytest.fixture
def authors(document):
    """Return who wrote a page."""

    def authors(
        html: str, *, host: str = HOST, ruled=(), names=("Заря",), title: str = ""
    ) -> tuple[str, ...]:
        page = document(f"<html>{html}</html>")
        said = read_structured(page, f"https://{host}/news/1")
        site = site_of(host, (*names, *said.publishers))
        publisher = Publisher(site, frozenset(map(squash, said.organisations)))
        return choose_authors(list(ruled), said.signatures, page, publisher, title)

    return authors
