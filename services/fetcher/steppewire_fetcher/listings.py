"""Reading HTML pages that list articles, and home pages that name their feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from steppewire_fetcher.links import MAX_TITLE, Link, Reading, absolute
from steppewire_fetcher.sniff import decode, kind_of

MAX_LINKS = 5_000
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
)
_NO_ARTICLE = re.compile(
    r"/(tags?|categor(y|ies)|authors?|search|page|login|signup|register|about|contacts?|rss|feed|"
    r"privacy|terms|reklama|advert\w*|static|assets|wp-(json|admin|login|content))(/|\.|$)|"
    r"\.(jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|json|css|js|ico|docx?|xlsx?)$",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[^/\W_]+([-_][^/\W_]+){2,}|\d{4,}|^[\w-]+\.html?$")


def read_listing(
    body: bytes, base: str, selector: str = "a[href]", content_type: str = ""
) -> Reading:
    """Return the links of a listing page: one for each address, with its best title."""
    if kind_of(body, content_type) != "html":
        return Reading(warnings=(f"listing-is-{kind_of(body, content_type)}",))
    page = LexborHTMLParser(decode(body, content_type))
    base = _base(page, base)
    titles: dict[str, str] = {}
    for anchor in page.css(selector)[:MAX_LINKS]:
        url = absolute(base, anchor.attributes.get("href") or "")
        if url:
            # a card has two links, image and title, and either may come first
            titles[url] = max(titles.get(url, ""), _title(anchor), key=len)
    links = tuple(Link(url, title or None) for url, title in titles.items())
    return Reading(links, warnings=() if links else ("listing-empty",))


def selector_fault(selector: str) -> str | None:
    """Return what is wrong with a CSS selector, or None."""
    try:
        LexborHTMLParser("<a href='/'>").css(selector)
    except SelectolaxError:
        return f"not a CSS selector: {selector!r}"
    return None


def feeds_of(body: bytes, base: str, content_type: str = "") -> tuple[str, ...]:
    """Return the feeds that a page names in `<link rel=alternate>`, comment feeds left out."""
    if kind_of(body, content_type) != "html":
        return ()
    page = LexborHTMLParser(decode(body, content_type))
    urls = (absolute(_base(page, base), href) for href in _feed_hrefs(page))
    return tuple(dict.fromkeys(url for url in urls if url and "comment" not in url.lower()))


def looks_like_article(url: str) -> bool:
    """Tell whether an address of an unknown site looks like an article rather than a section.

    `/news/kazakhstan-wheat-harvest-2026/` and `/obshestvo/4909264-v-kazahstane.html` do.
    """
    path = urlsplit(url).path
    return not _NO_ARTICLE.search(path) and bool(_SLUG.search(path.strip("/").rpartition("/")[2]))


def _base(page: LexborHTMLParser, url: str) -> str:
    node = page.css_first("base[href]")
    return (absolute(url, node.attributes.get("href") or "") if node else None) or url


def _feed_hrefs(page: LexborHTMLParser) -> Iterator[str]:
    for link in page.css("link[rel][href]"):
        rel = (link.attributes.get("rel") or "").lower().split()
        kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in rel and kind in _FEED_TYPES:
            yield link.attributes.get("href") or ""


def _title(anchor: LexborNode) -> str:
    if anchor.css_first("a a"):
        return ""  # each of a thousand in one another has the text of all inside it
    for clock in anchor.css("time"):  # inbusiness.kz: "09:12 Headline"
        clock.decompose()
    heading = anchor.css_first("h1, h2, h3, h4, h5, .title, [class*=title]")
    text = _squash((heading or anchor).text(separator=" "))
    if text:
        return text
    image = anchor.css_first("img[alt]")
    return _squash(image.attributes.get("alt") or "") if image else ""


def _squash(text: str) -> str:
    return " ".join(text.split())[:MAX_TITLE]
