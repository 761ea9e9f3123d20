"""Reading sitemaps, news sitemaps and sitemap indexes (sitemaps.org 0.9), plain or gzipped."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from html import unescape
from itertools import islice
from typing import Any

from lxml import etree

from steppewire.plugins import Sitemap
from steppewire_fetcher import moments
from steppewire_fetcher.feeds import read_feed
from steppewire_fetcher.inflate import BadEncoding, TooLarge, gunzip
from steppewire_fetcher.links import MAX_TITLE, Child, Link, Reading, absolute
from steppewire_fetcher.sniff import announces_feed, decode, kind_of

MAX_BYTES = 52_428_800
"""Decoded size that the protocol allows."""
MAX_ENTRIES = 50_000
"""Entries that the protocol allows."""
MAX_ELEMENTS = 2_000_000
"""Elements that are read, of whatever name: forty for each entry."""
MAX_PARTS = 10_000
"""Elements of one entry that are kept: a thousand pictures, as the protocol allows, and more."""
MAX_ALTERNATES = 20
_ENTRIES = {"url", "sitemap"}
_LOC = re.compile(r"<loc>([^<]{1,2100})</loc>", re.IGNORECASE)
"""Without a prefix, so that `image:loc` is none."""
_NUMBERS = re.compile(r"\d+")


def read_sitemap(body: bytes, base: str, local: tzinfo, content_type: str = "") -> Reading:
    """Return the links or child sitemaps of a sitemap, or what can be read of it."""
    cut: tuple[str, ...] = ()
    try:
        body = gunzip(body, MAX_BYTES)
    except TooLarge as bomb:
        body, cut = bomb.kept, ("sitemap-too-large",)
    except BadEncoding:
        return Reading(warnings=("sitemap-malformed",))
    reading = _read_plain(body, base, local, content_type)
    return Reading(reading.links, reading.children, (*reading.warnings, *cut))


def pick(children: Sequence[Child], point: Sitemap) -> list[Child]:
    """Return the child sitemaps to open: not skipped ones, newest first.

    Without dates the highest number in the address counts as newest (`/sitemap/59.xml`).
    """
    wanted = [c for c in children if not any(re.search(skip, c.url) for skip in point.skip)]
    return sorted(wanted, key=_newness, reverse=True)[: point.newest]


def _newness(child: Child) -> tuple[datetime, list[int]]:
    moment = moments.read(child.modified, UTC) or datetime.min.replace(tzinfo=UTC)
    return moment, [int(number[:18]) for number in _NUMBERS.findall(child.url)]


def _read_plain(body: bytes, base: str, local: tzinfo, content_type: str) -> Reading:
    kind = kind_of(body, content_type)
    if kind in ("sitemap", "sitemap-index", "xml"):
        return _read_xml(body, base, local)
    if announces_feed(body):  # the protocol allows feeds as sitemaps
        return read_feed(body, base, local, content_type)
    if kind == "text":
        return _read_lines(body, base)
    return Reading(warnings=(f"sitemap-is-{kind}",))


def _read_lines(body: bytes, base: str) -> Reading:
    lines = decode(body).split(None, MAX_ENTRIES)[:MAX_ENTRIES]
    urls = (absolute(base, line) for line in lines if line.startswith(("http://", "https://")))
    links = tuple(Link(url) for url in urls if url)
    return Reading(links, warnings=() if links else ("sitemap-is-text",))


def _read_xml(body: bytes, base: str, local: tzinfo) -> Reading:
    links: list[Link] = []
    children: list[Child] = []
    warnings: list[str] = []
    for entry in _entries(body, warnings):
        fields = _fields(entry)
        url = absolute(base, fields.get("loc", "")) if fields.get("loc") else None
        if url is None:
            warnings.append("sitemap-bad-loc")
        elif _name(entry) == "sitemap":
            children.append(Child(url, fields.get("lastmod")))
        else:
            links.append(_link(url, fields, local, _alternates(entry, base)))
        if len(links) + len(children) >= MAX_ENTRIES:
            warnings.append("sitemap-too-long")
            break
    if "sitemap-malformed" in warnings:
        _rescue(body, base, links, children)
    if not links and not children:
        warnings.append("sitemap-empty")
    return Reading(tuple(links), tuple(children), tuple(dict.fromkeys(warnings)))


def _rescue(body: bytes, base: str, links: list[Link], children: list[Child]) -> None:
    """Add the addresses that a parser no longer sees behind a mistake such as `<b>` in a title."""
    known = {link.url for link in links} | {child.url for child in children}
    locs = islice(_LOC.finditer(decode(body)), 2 * MAX_ENTRIES)
    urls = (absolute(base, unescape(found[1])) for found in locs)
    missed = [url for url in dict.fromkeys(urls) if url and url not in known][:MAX_ENTRIES]
    if kind_of(body) == "sitemap-index":
        children += [Child(url) for url in missed]
    else:
        links += [Link(url) for url in missed]


def _entries(body: bytes, warnings: list[str]) -> Iterator[etree._Element]:
    # nothing from outside the document: no DTD, no entities, no network
    walk = etree.iterparse(
        io.BytesIO(body.lstrip()),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _ended(walk, warnings)
    except etree.XMLSyntaxError:
        warnings.append("sitemap-malformed")
    else:
        if len(walk.error_log):
            warnings.append("sitemap-malformed")


def _ended(walk: etree.iterparse[Any], warnings: list[str]) -> Iterator[etree._Element]:
    """Yield each entry when it ends; whatever else has ended is forgotten at once.

    Else a tree would be built of all of it, and fifty megabytes of `<a/>` take 1.7 gigabytes.
    """
    inside, parts, seen = 0, 0, 0
    surplus: etree._Element | None = None
    for event, element in walk:
        is_entry = _name(element) in _ENTRIES
        if event == "start":
            inside, parts = inside + is_entry, 0 if is_entry and not inside else parts + 1
            seen += 1
            if seen > MAX_ELEMENTS:
                warnings.append("sitemap-too-long")
                return
            continue
        inside -= is_entry
        if is_entry:
            yield element
        if is_entry or not inside:
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        elif parts > MAX_PARTS:
            element.clear()
            if surplus is not None and element.getprevious() is surplus:
                element.getparent().remove(surplus)
            surplus = element


def _fields(entry: etree._Element) -> dict[str, str]:
    """Return the texts of direct children and of `news:news`; `image:loc` is neither."""
    fields: dict[str, str] = {}
    for child in entry:
        parts = child.iter() if _name(child) == "news" else (child,)
        for part in parts:
            text = (part.text or "").strip()
            if text:
                fields.setdefault(_name(part), text)
    return fields


def _alternates(entry: etree._Element, base: str) -> dict[str, str]:
    """Return hreflang -> address of `xhtml:link`, which names every edition, this one too."""
    links = (child for child in entry if _name(child) == "link" and child.get("hreflang"))
    found = ((str(one.get("hreflang")), absolute(base, one.get("href") or "")) for one in links)
    return {code: url for code, url in islice(found, MAX_ALTERNATES) if url}


def _link(url: str, fields: dict[str, str], local: tzinfo, alternates: dict[str, str]) -> Link:
    return Link(
        url=url,
        title=fields.get("title", "")[:MAX_TITLE] or None,
        published=moments.read(fields.get("publication_date"), local),
        modified=fields.get("lastmod"),
        language=fields.get("language"),
        alternates=alternates,
    )


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
