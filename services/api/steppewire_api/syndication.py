"""Articles as a feed that any reader understands: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1.

What articles say is hostile. XML is written by ElementTree, which escapes; what XML cannot carry
at all is replaced; HTML inside a feed holds nothing but paragraphs of escaped text; a link that is
not of the web is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_OID, NAMESPACE_URL, UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
XML = "http://www.w3.org/XML/1998/namespace"
GENERATOR = "steppewire"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries changed last; the time of asking would change with each question."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_URLS = "%/:=&?~#+!$,;'@()*[]"

for _prefix, _space in (("atom", ATOM), ("dc", DC), ("content", CONTENT)):
    register_namespace(_prefix, _space)


@dataclass(frozen=True)
class Entry:
    """An article in a feed."""

    id: str
    url: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    """The whole text, where it was asked for; else nothing."""
    source: str
    language: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published: datetime | None
    updated: datetime


@dataclass(frozen=True)
class Feed:
    """A feed: what was asked for, where it is, and what is in it."""

    title: str
    home: str
    address: str
    entries: tuple[Entry, ...]

    @property
    def id(self) -> str:
        """The same for the same question."""
        return uuid5(NAMESPACE_URL, self.address).urn

    @property
    def updated(self) -> datetime:
        """When something in it changed last."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def rss(feed: Feed) -> bytes:
    """Write RSS 2.0."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _text(channel, "title", feed.title)
    _text(channel, "link", feed.home)
    _text(channel, "description", f"{feed.title}: articles as they are stored, newest first")
    if feed.entries:  # of nothing there is no last change
        _text(channel, "lastBuildDate", format_datetime(feed.updated))
    _text(channel, "generator", GENERATOR)
    rel = {"href": _plain(feed.address), "rel": "self", "type": "application/rss+xml"}
    SubElement(channel, f"{{{ATOM}}}link", rel)
    for entry in feed.entries:
        _rss_item(SubElement(channel, "item"), entry)
    return _written(root)


def _rss_item(item: Element, entry: Entry) -> None:
    _text(item, "title", entry.title)
    if url := web_address(entry.url):
        _text(item, "link", url)
    _text(item, "guid", urn(entry.id), isPermaLink="false")
    _text(item, "pubDate", format_datetime(entry.published or entry.updated))
    # RSS takes it as HTML
    _text(item, "description", escape(entry.summary))
    for author in entry.authors:
        _text(item, f"{{{DC}}}creator", author)
    _text(item, f"{{{DC}}}publisher", entry.source)
    _text(item, f"{{{DC}}}language", entry.language)
    for tag in entry.tags:
        _text(item, "category", tag)
    if entry.paragraphs:
        _text(item, f"{{{CONTENT}}}encoded", html(entry.paragraphs))


def atom(feed: Feed) -> bytes:
    """Write Atom."""
    # the plain attribute spares readers a prefix before every name
    root = Element("feed", xmlns=ATOM)
    _text(root, "title", feed.title)
    _text(root, "id", feed.id)
    _text(root, "updated", feed.updated.isoformat())
    _text(root, "generator", GENERATOR)
    _name(root, "author", GENERATOR)
    _atom_link(root, "self", feed.address, "application/atom+xml")
    _atom_link(root, "alternate", feed.home, "text/html")
    for entry in feed.entries:
        _atom_entry(SubElement(root, "entry"), entry)
    return _written(root)


def _atom_entry(item: Element, entry: Entry) -> None:
    item.set(f"{{{XML}}}lang", _plain(entry.language))
    _text(item, "title", entry.title, type="text")
    _text(item, "id", urn(entry.id))
    _text(item, "updated", entry.updated.isoformat())
    if entry.published:
        _text(item, "published", entry.published.isoformat())
    for author in entry.authors or (entry.source,):
        _name(item, "author", author)
    if url := web_address(entry.url):
        _atom_link(item, "alternate", url, "text/html")
    for tag in entry.tags:
        SubElement(item, "category", term=_plain(tag))
    _text(item, "summary", entry.summary, type="text")
    if entry.paragraphs:
        _text(item, "content", html(entry.paragraphs), type="html")


def json_feed(feed: Feed) -> bytes:
    """Write JSON Feed 1.1."""
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


def _json_item(entry: Entry) -> dict[str, Any]:
    url = web_address(entry.url)
    told = {
        "id": urn(entry.id),
        "url": url or None,
        "title": entry.title,
        "content_text": "\n\n".join(entry.paragraphs) or entry.summary,
        "summary": entry.summary if entry.paragraphs else None,
        "date_published": entry.published.isoformat() if entry.published else None,
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": author} for author in entry.authors or (entry.source,)],
        "tags": list(entry.tags) or None,
        "language": entry.language,
        "_steppewire": {"about": "https://jsonfeed.org/version/1.1", "source": entry.source},
    }
    return {name: value for name, value in told.items() if value is not None}


def urn(article_id: str) -> str:
    """Return an article's id as every feed takes it.

    Ours are 32 hex digits. Another program may write articles, too, and give them any id.
    """
    try:
        return UUID(article_id).urn
    except ValueError:
        return uuid5(NAMESPACE_OID, article_id).urn


def web_address(url: str) -> str:
    """Return an address that a reader may follow; nothing for `javascript:` and the like."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(url, safe=_IN_URLS)


def html(paragraphs: Sequence[str]) -> str:
    """Return paragraphs as HTML that holds nothing else."""
    return "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)


def _plain(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _plain(text)


def _name(parent: Element, role: str, name: str) -> None:
    _text(SubElement(parent, role), "name", name or "?")


def _atom_link(parent: Element, rel: str, href: str, kind: str) -> None:
    SubElement(parent, "link", rel=rel, href=_plain(href), type=kind)


def _written(root: Element) -> bytes:
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text
