"""What a page's bytes say about its address and language, before anything is read out of them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HEAD = 200_000
"""Bytes in which a page speaks of itself."""

_CANONICAL = re.compile(rb"<link\b[^>]{0,500}?\brel\s*=\s*[\"']?canonical\b[^>]{0,2000}>", re.I)
_OG_URL = re.compile(rb"<meta\b[^>]{0,500}?[\"']og:url[\"'][^>]{0,2000}>", re.I)
_ADDRESS = re.compile(rb"(?:href|content)\s*=\s*[\"']?(https?://[^\s\"'<>]{4,2000})", re.I)
_LANGUAGE = re.compile(rb"<html\b[^>]{0,2000}?\slang\s*=\s*[\"']?([a-z]{2,3}[\w-]{0,20})", re.I)


def told_address(data: bytes) -> str | None:
    """Return the address that a page says it has: rel=canonical, else og:url."""
    head = data[:HEAD]
    tags = (match[0] for one in (_CANONICAL, _OG_URL) if (match := one.search(head)))
    urls = (match[1] for tag in tags if (match := _ADDRESS.search(tag)))
    return next((url.decode("utf-8", "replace") for url in urls), None)


def told_language(data: bytes) -> str | None:
    """Return the language that a page declares, as it is written."""
    match = _LANGUAGE.search(data[:HEAD])
    return match[1].decode("ascii", "replace") if match else None


def is_page(url: str) -> bool:
    """Tell whether a text is the address of a page."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
