"""The parser against the newsroom's known truth: every page of every site, with its own rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import steppewire_newsroom
from steppewire.errors import Skip
from steppewire.events import ArticleFetched, ArticleParsed, Fetch
from steppewire.identity import article_id
from steppewire.plugins import Source
from steppewire.rules import SiteRules
from steppewire_fetcher.catalogue import load_catalogue
from steppewire_newsroom import Desk, bad_pages, truth
from steppewire_newsroom.hostile import ANSWERS
from steppewire_newsroom.truth import Truth
from steppewire_parser.recipe import parse_page

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
FOLDER = Path(steppewire_newsroom.__file__).parent / "sources"


def known_sources() -> dict[str, Source]:
    return load_catalogue(folder=FOLDER).sources


KNOWN = known_sources()
TRUTHS = [t for t in truth(edited=True) if t.source in KNOWN]


def read(url: str, source: str, *, edited: bool = True, ruled: bool = True) -> ArticleParsed:
    desk = Desk(edited=edited)
    parts = urlsplit(url)
    site = desk.site(parts.hostname or "")
    assert site is not None
    page = desk.page(site, parts.path, parts.query)
    assert page is not None
    return parse_page(page.body, event_of(url, source, page.body, ruled=ruled))


def event_of(url: str, source: str, body: bytes, *, ruled: bool = True) -> ArticleFetched:
    fetch = Fetch(
        link_id="0", url=url, final_url=url, source=source, fetched_at=NOW, status=200,
        blob="sha256:" + "0" * 64, size=len(body),
    )  # fmt: skip
    return ArticleFetched(fetch=fetch, rules=KNOWN[source].rules if ruled else SiteRules())


def of_edition(t: Truth) -> ArticleParsed:
    # the first version of an edited article is only on the first edition's page
    return read(t.url, t.source, edited=t.version > 1 or not is_edited(t))


def is_edited(t: Truth) -> bool:
    return any(o.url == t.url and o.version > t.version for o in TRUTHS)


def named(t: Truth) -> str:
    return f"{t.source}-{urlsplit(t.url).path.strip('/')[-40:]}-v{t.version}"


@pytest.mark.parametrize("expected", TRUTHS, ids=named)
def test_an_article_of_the_newsroom_is_read_as_it_is(expected):
    article = of_edition(expected).article

    assert article.title == expected.title
    assert article.lead == expected.lead
    assert [p.text for p in article.paragraphs] == list(expected.paragraphs)
    assert [p.kind for p in article.paragraphs] == list(expected.kinds)
    assert article.published_at == expected.published_at
    assert article.published_at.utcoffset() == expected.published_at.utcoffset()
    assert article.authors == expected.authors
    assert article.tags == expected.tags
    assert article.article_id == article_id(expected.url)


@pytest.mark.parametrize("expected", TRUTHS, ids=named)
def test_every_address_of_an_article_leads_to_the_same_identity(expected):
    pages = [url for url in expected.urls if not moved(url)]

    found = {read(url, expected.source).article.article_id for url in pages}

    assert found == {article_id(expected.url)}


def moved(url: str) -> bool:
    desk, parts = Desk(edited=True), urlsplit(url)
    site = desk.site(parts.hostname or "")
    if site is None or site.host != parts.hostname:
        return True
    page = desk.page(site, parts.path, parts.query)
    return page is None or page.location is not None


@pytest.mark.parametrize("expected", TRUTHS, ids=named)
def test_without_rules_the_title_is_right_and_the_text_is_nearly_so(expected):
    article = read(expected.url, expected.source, edited=True, ruled=False).article
    found = {article.lead, *(p.text for p in article.paragraphs)}
    latest = [t for t in TRUTHS if t.url == expected.url][-1]
    texts = [t for t in (latest.lead, *latest.paragraphs) if t]

    assert article.title == latest.title
    assert sum(t in found for t in texts) >= 0.5 * len(texts)


@pytest.mark.parametrize(
    "bad", [b for b in bad_pages() if b.stage == "parser"], ids=lambda b: urlsplit(b.url).path
)
def test_a_bad_page_of_the_newsroom_is_refused_with_its_reason(bad):
    answer = ANSWERS[urlsplit(bad.url).path](0)
    assert answer is not None

    with pytest.raises(Skip) as caught:
        parse_page(bytes(answer.body), event_of(bad.url, bad.source, bytes(answer.body)))

    assert caught.value.reason == bad.reason
