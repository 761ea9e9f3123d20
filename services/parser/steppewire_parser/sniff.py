"""Whether bytes are an HTML page at all; if not, what they are."""

from __future__ import annotations

import re

from steppewire_parser.charset import BOMS, wide_charset

# Three times what the fetcher takes: whatever is longer is no page.
MAX_BYTES = 32_000_000
# Enough to see a doctype behind a licence comment.
WINDOW = 4_096
# A tag that comes later than this is in no page of ours.
TAG_WINDOW = 1_000_000
# Text has hardly any control characters; compressed data has an eighth of them.
CONTROL_SHARE = 0.05
# Adobe's readers look for the mark in so many bytes.
PDF_WINDOW = 1_024

_MAGIC = {
    b"\x89PNG": "image", b"\xff\xd8\xff": "image", b"GIF8": "image", b"\0\0\1\0": "image",
    b"II*\0": "image", b"MM\0*": "image", b"PK\x03\x04": "archive", b"\x1f\x8b": "archive",
    b"Rar!": "archive", b"7z\xbc\xaf": "archive", b"BZh": "archive", b"\xfd7zXZ": "archive",
    b"\x28\xb5\x2f\xfd": "archive", b"RIFF": "media", b"ID3": "media", b"OggS": "media",
    b"\x1aE\xdf\xa3": "media", b"fLaC": "media", b"wOFF": "font", b"wOF2": "font",
    b"{\\rtf": "document", b"\xd0\xcf\x11\xe0": "document", b"\x7fELF": "program",
    b"MZ\x90": "program",
    b"SQLite format": "database",
}  # fmt: skip
_BOX = re.compile(rb"^....(?:ftyp|moov|wide)", re.DOTALL)
_FEED = re.compile(
    rb"<(rss|feed|rdf:rdf|urlset|sitemapindex|opml|svg|html|body|!doctype html)[\s>]", re.IGNORECASE
)
_PAGES = (b"html", b"body", b"!doctype html")
_FEEDS = {b"urlset": "sitemap", b"sitemapindex": "sitemap", b"svg": "image"}
_TAG = re.compile(
    rb"<(?:!doctype html|html|head|body|meta|title|link|script|div|p|article|section|main|h1|"
    rb"table|span|br|a|frameset)\b",
    re.IGNORECASE,
)
# JSON may begin with a guard against theft, or be wrapped in a call.
_JSON = re.compile(rb"^\s*(?:\)\]\}'|for\s*\(;;\);|[\w.$]{1,60}\()?,?\s*[\[{]\s*[\"\[{\]}\d-]")
_XML = re.compile(rb"^\s*<\?xml\b")
_SCRIPT = re.compile(
    rb"^\s*(?:/\*|//|['\"]use strict|(?:var|let|const|function|import|export)\s|[!;(]+function\b|"
    rb"@charset|@import|(?:[.#]?[a-z][\w-]*+[\s,]*+){1,9}+\{\s*[a-z-]+\s*:)"
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


def why_not_html(data: bytes) -> str | None:
    """Say what the bytes are when they are no HTML page, a word and more; None for a page."""
    if len(data) > MAX_BYTES:
        return f"too-large: {len(data):,} bytes"
    data = _narrow(data)
    window = data[:WINDOW].removeprefix(BOMS[0][0])
    if not window.strip() and not data[WINDOW:].strip():
        return "empty: no bytes but space"
    return _kind_of_file(window) or _kind_of_text(window, data)


def _kind_of_file(window: bytes) -> str | None:
    if b"%PDF-" in window[:PDF_WINDOW] and _TAG.search(window[:PDF_WINDOW]) is None:
        return "pdf: whatever its header says"
    kind = next((_MAGIC[mark] for mark in _MAGIC if window.startswith(mark)), "")
    if kind:
        return f"{kind}: it begins with {window[:8]!r}"
    if _BOX.match(window):
        return f"media: it begins with {window[:8]!r}"
    control = len(window) - len(window.translate(None, _CONTROL))
    return "binary: full of control characters" if control > CONTROL_SHARE * len(window) else None


def _kind_of_text(window: bytes, data: bytes) -> str | None:
    root = _FEED.search(window)
    name = root[1].lower() if root else b""
    # The markup of a feed that a page quotes, or a drawing in it, comes after its own first tag.
    first = _TAG.search(window)
    leads = root is not None and (first is None or root.start() < first.start())
    if leads and name not in _PAGES:
        return f"{_FEEDS.get(name, 'feed')}: its root is <{name.decode()}>"
    if _JSON.match(window):
        return "json: data for a program"
    if first is None and _SCRIPT.match(window):
        return "script: a program or a style sheet"
    # The first tag may come late, after blank lines and comments.
    if first is not None or _TAG.search(data, 0, TAG_WINDOW):
        return None
    return "xml: no tag of HTML" if _XML.match(window) else "text: no tag of HTML"


def _narrow(data: bytes) -> bytes:
    """Return UTF-16 as UTF-8, and anything else as it is."""
    bom = next((name for mark, name in BOMS if data.startswith(mark)), None)
    wide = bom if bom != "utf-8" else None
    name = wide or wide_charset(data)
    if name is None:
        return data
    return data[: 4 * TAG_WINDOW].decode(name, "ignore").encode("utf-8", "ignore")
