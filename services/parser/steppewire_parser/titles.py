"""Chooses the headline among what the rules, the structure and the page call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from steppewire_parser.document import Document
from steppewire_parser.nodes import around, text_of
from steppewire_parser.text import letters, normalise, squash

# Longer headings are paragraphs in disguise.
MAX_CHARS = 400
SHARED_WORDS = 0.5

_SEPARATOR = re.compile(r"\s+(?:[|•·»:]{1,2}|[-–—])\s+|\s*\|\s*|:\s+(?=\S+$)")
_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)$")


def choose_title(
    ruled: Sequence[str], declared: Sequence[str], page: Document, site_names: Sequence[str]
) -> str:
    """Return the headline without the site's name; "" when the page has none.

    Rules first, then JSON-LD and OpenGraph, then h1, then <title>.
    """
    heads = headings(page)
    names = {squash(name) for name in site_names} - {""}
    for candidate in ruled:
        if letters(candidate) and len(candidate) <= MAX_CHARS:
            return candidate
    for candidate in (*declared, *heads, page.title):
        title = without_site(candidate, names)
        if 0 < len(title) <= MAX_CHARS and letters(title) and squash(title) not in names:
            return as_headed(title, heads)
    return ""


def headings(page: Document) -> list[str]:
    """Return the texts of the first few h1, those inside an article first."""
    found = page.named("h1")[:10]
    found.sort(key=lambda tag: around(tag, ("article", "main")) is None)
    return [text for tag in found if 0 < len(text := normalise(text_of(tag))) <= MAX_CHARS]


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


def as_headed(title: str, heads: Sequence[str]) -> str:
    """Return the headline as readers of the page see it, when a heading is the same headline.

    The structure often cuts headlines short (JSON-LD asks for 110 characters), adds a site's name
    that it tells nowhere, or rewords them for search engines. A heading that only adds a kicker or
    a date in front is not taken.
    """
    key = squash(_CUT_OFF.sub("", title))
    for head in heads:
        other = squash(head)
        if other != key and other.endswith(key):
            return title
        if other.startswith(key) or key.startswith(other) or _alike(title, head):
            return head
    return title


def _alike(one: str, other: str) -> bool:
    """Tell whether two headlines share at least half of the words of the shorter one."""
    first, second = ({squash(w) for w in text.split()} - {""} for text in (one, other))
    shorter = min(len(first), len(second))
    return shorter > 1 and len(first & second) >= SHARED_WORDS * shorter
