"""What a body is, told by its first bytes and not by its header."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal[
    "html", "feed", "sitemap", "sitemap-index", "xml", "text", "json", "gzip", "binary", "empty"
]

HEAD = 65_536
_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PREAMBLE = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!doctype\s+(?!html)[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S
)
_TAG = re.compile(r"<(?:[\w.-]+:)?([a-z][\w.-]*)|<!(doctype)\s+html", re.IGNORECASE)
_HTML_TAG = re.compile(
    r"html|head|body|title|script|style|meta|link|base|div|p|h[1-6]|table|article|main|section|"
    r"header|nav|span|a|b|br|font|iframe|center|form|[uo]l|img|noscript|doctype"
)
_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap-index",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(
    rb"""charset\s*=\s*["']?\s*([\w:.-]{2,40})|encoding=["']([\w:.-]{2,40})["']""", re.IGNORECASE
)
_MAGIC = ("%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "PK\x03", "RIFF")


def kind_of(body: bytes, content_type: str = "") -> Kind:
    """Return what `body` is. The header only decides about text that does not begin with a tag."""
    if not body.strip(b" \t\r\n\0"):
        return "empty"
    if body.startswith(b"\x1f\x8b"):
        return "gzip"
    head = _head(body)
    rest = _skip_preamble(head)
    tag = _TAG.match(rest)
    if tag is None:
        return _tagless(head, rest, content_type)
    name = (tag[1] or tag[2]).lower()
    return _ROOTS.get(name) or ("html" if _HTML_TAG.fullmatch(name) else _other(head, content_type))


def announces_feed(body: bytes) -> bool:
    """Tell whether a feed begins in the first 4 KB: PHP warnings before it do not hide it."""
    return _FEED.search(_head(body)[:4096]) is not None


def decode(body: bytes, content_type: str = "") -> str:
    """Return text: BOM > what the document declares > header > UTF-8. Never fails."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    declared = _CHARSET.search(body[:2048]) or _CHARSET.search(
        content_type.encode("latin-1", "replace")
    )
    name = (declared[1] or declared[2]).decode() if declared else "utf-8"
    try:
        return body.decode(name, "replace")
    except (LookupError, ValueError, UnicodeError):
        return body.decode("utf-8", "replace")


def _head(body: bytes) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) : HEAD].decode(name, "replace")
    return body[:HEAD].decode("latin-1")


def _skip_preamble(text: str) -> str:
    at = 0
    while found := _PREAMBLE.match(text, at):
        at = found.end()
    return text[at:]


def _tagless(head: str, rest: str, content_type: str) -> Kind:
    if "\0" in head[:4096] or head.startswith(_MAGIC):
        return "binary"
    if rest[:1] in ("{", "["):
        return "json"
    return "html" if "html" in content_type.lower() and "<" in rest else "text"


def _other(head: str, content_type: str) -> Kind:
    if head.lstrip().startswith("<?xml") and "html" not in content_type.lower():
        return "xml"
    # an unknown first tag, such as <x-app>: a browser would trust the header
    return "html" if "html" in content_type.lower() else "xml"
