"""Whether bytes are an HTML page at all."""

from __future__ import annotations

import re

from steppewire_parser.charset import BOMS, wide_charset

# Enough to see a doctype behind a licence comment.
WINDOW = 4_096
# Text has hardly any control characters; compressed data has an eighth of them.
CONTROL_SHARE = 0.05

_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x00",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"ID3",
    b"OggS",
)
_FEED = re.compile(rb"<(rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_TAG = re.compile(
    rb"<(!doctype html|html|head|body|meta|title|link|script|div|p|article|section|main|h1|table|"
    rb"span|br|a)\b",
    re.IGNORECASE,
)
_JSON = re.compile(rb"^\s*[\[{]\s*[\"\[{\]}]")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


def why_not_html(data: bytes) -> str | None:
    """Say what the bytes are when they are no HTML page; None when they may be one."""
    if not data.strip():
        return "empty body"
    data = _narrow(data)
    if data.startswith(_MAGIC):
        return f"starts like a file of another kind: {data[:8]!r}"
    window = data[:WINDOW]
    if sum(map(window.count, (bytes([c]) for c in _CONTROL))) > CONTROL_SHARE * len(window):
        return "binary data"
    if _FEED.search(window) and not re.search(rb"<html[\s>]", window, re.IGNORECASE):
        return "an XML feed or sitemap"
    if _JSON.match(window):
        return "JSON"
    # The first tag may come late, after blank lines and comments.
    return None if _TAG.search(data) else "no HTML tag"


def _narrow(data: bytes) -> bytes:
    """Return UTF-16 as UTF-8, and anything else as it is."""
    bom = next((name for mark, name in BOMS if data.startswith(mark)), None)
    wide = bom if bom != "utf-8" else None
    name = wide or wide_charset(data)
    return data.decode(name, "ignore").encode("utf-8", "ignore") if name else data
