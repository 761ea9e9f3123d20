"""Chooses the headline among what the rules, the structure and the page call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from steppewire_parser.document import Document
from steppewire_parser.text import letters, normalise, squash

# Longer headings are paragraphs in disguise.
MAX_CHARS = 400

_SEPARATOR = re.compile(r"\s+(?:[|•·»:]{1,2}|[-–—])\s+|\s*\|\s*|:\s+(?=\S+$)")
_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)$")


def choose_title(
    ruled: Sequence[str], declared: Sequence[str], page: Document, site_names: Sequence[str]
) -> str:
    """Return the headline without the site's name; "" when the page has none.

    Rules first, then JSON-LD and OpenGraph, then h1, then <title>. Where the structure cuts a
    headline short (JSON-LD asks for 110 characters), the heading on the page gives it whole.
    """
    heads = headings(page)
    names = {squash(name) for name in site_names} - {""}
    for candidate in (*ruled, *declared, *heads, page.title):
        title = without_site(candidate, names)
        if 0 < len(title) <= MAX_CHARS and letters(title) and squash(title) not in names:
            return _whole(title, heads)
    return ""


def headings(page: Document) -> list[str]:
    """Return the texts of the first few h1, those inside an article first."""
    found = page.named("h1")[:10]
    found.sort(key=lambda tag: tag.find_parent(["article", "main"]) is None)
    return [text for tag in found if 0 < len(text := normalise(tag.get_text(" "))) <= MAX_CHARS]


def without_site(title: str, squashed_names: set[str]) -> str:
    """Cut " | Site" from the end, or "Site: " from the start, of a title."""
    parts = list(_SEPARATOR.finditer(title))
    for separator in reversed(parts):
        head, tail = title[: separator.start()], title[separator.end() :]
        if squash(tail) in squashed_names and letters(head):
            return without_site(head.strip(), squashed_names)
    if parts and squash(title[: parts[0].start()]) in squashed_names:
        return title[parts[0].end() :].strip()
    return title


def names_of(url_host: str, publishers: Iterable[str]) -> list[str]:
    """Return what the site may be called in a title: publishers, host, the host's main label."""
    host = url_host.removeprefix("www.")
    return [*publishers, host, url_host, *_labels(host)]


def _labels(host: str) -> Iterator[str]:
    labels = host.split(".")
    if len(labels) >= 2 and len(labels[-2]) > 2:
        yield labels[-2]


def _whole(title: str, heads: Sequence[str]) -> str:
    """Return the heading that a cut-off title begins, or the title."""
    start = squash(_CUT_OFF.sub("", title))
    if not _CUT_OFF.search(title) and len(title) < 100:
        return title
    return next(
        (h for h in heads if len(h) > len(title) - 4 and squash(h).startswith(start)), title
    )
