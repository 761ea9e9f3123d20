"""What marks an element as a byline: its names, links and attributes; and what marks others."""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

from steppewire_parser.byline_lines import MAX_CHARS, lines_of
from steppewire_parser.bylines import (
    INTRODUCED,
)
from steppewire_parser.nodes import (
    around,
    attribute,
)

_MARKS = re.compile(
    "author|byline|autor|avtor|auteur|muallif|writer|journalist|username|posted-by|entry-meta"
    r"|post-?meta|article-meta|post-info|publish|submitted|[-_]by(?:$|\s)"
)
_LINKS = re.compile("/author|/autor|/people/|/by/|/staff/|/@|/profile|/contributor")
_NAME_MARKS = ("author-name", "author__name", "authorname", "author_name", "author-box__name")
CLASS = re.compile(
    r"(?:^|[-_\s])(?:author|byline|post(?:ed)?-?by|autore?|avtor|auteur|muallif|writer|journalist"
    r"|contributor|username|fn)"
    r"s?(?:[-_]*(?:name|names|link|links|title|info|byline|text|line))*(?=$|\s)"
    r"|(?:^|[-_\s])(?:author|byline|post(?:ed)?-?by)|author$|[-_]by(?=$|\s)",
    re.IGNORECASE,
)
# How an element is called: by its style, and by the tests of those who built the page.
_NAMES = ("class", "id", "data-testid", "data-test", "data-qa")
# "vcard" is how WordPress marks the name itself.
_BIOGRAPHY = re.compile(r"bio|about|box|(?<!v)card|avatar", re.IGNORECASE)
_HREF = re.compile(
    r"/(?:authors?|autor(?:en|es|a)?|people|by|staff|profiles?|contributors?)/[^/?#]|/@\w",
    re.IGNORECASE,
)
_ALWAYS = ("address", "h1")
# Places that name others than the author: commenters, authors of other stories, photographers.
_OTHERS = (
    "comment", "kommentar", "reply", "respond", "коммент", "related", "sidebar", "widget", "nav-",
    "recommend", "teaser", "menu", "navbar", "navigation", "share", "modal", "popup",
    "sponsor", "promo", "cookie", "login", "newsletter", "most-read", "mostread", "popular",
    "trending", "latest", "card-list", "carousel", "reviewer", "reviewed", "fact-check", "editor-",
    "factcheck", "-form", "form-",
)  # fmt: skip
# Right behind the heading these hold what belongs to the article: its buttons, its byline.
_HOLDS = (
    "share", "sidebar", "widget", "teaser", "sponsor", "promo", "login", "newsletter", "carousel",
)  # fmt: skip
_HOLDERS = frozenset(("aside", "figure", "figcaption"))
# Builders of pages call parts of the article so, too.
_BUILDERS = re.compile("elementor-widget|node-promoted|node--promoted|td-editor-date")
_ELSEWHERE = frozenset(
    ("aside", "nav", "form", "figure", "figcaption", "blockquote", "select", "button")
)


# `media-license-author`: who took the picture
CREDIT_CLASS = re.compile(
    r"(?:imag|photo|pictur|media|bild|foto|caption|licen[cs])\w*[-_]\S*author"
)


def is_marked(node: LexborNode) -> bool:
    """Tell whether a name, a link or an attribute of an element says that it may be a byline."""
    # asked of hundreds of elements: one dictionary is cheaper than six questions
    attributes = node.attributes
    tag = node.tag
    if not attributes:
        return tag in _ALWAYS
    only = attributes.get("class") if len(attributes) == 1 else None
    names = only or " ".join(filter(None, map(attributes.get, _NAMES)))
    if names and (_is_named_so if len(names) <= KNOWN_CHARS else _says_so)(names):
        return True
    if only:
        return tag in _ALWAYS
    if tag == "a" and _LINKS.search((attributes.get("href") or "").lower()):
        return True
    who = f"{attributes.get('rel') or ''} {attributes.get('itemprop') or ''}"
    return tag in _ALWAYS or "author" in who.lower()


def _says_so(names: str) -> bool:
    """Tell whether class names or ids say "byline"."""
    return _MARKS.search(names.lower()) is not None


# most come again, on this page or the next
_is_named_so = lru_cache(maxsize=2048)(_says_so)
KNOWN_CHARS = 200
"""Names that are longer than this are not remembered."""


def signs_of(node: LexborNode, text: str) -> dict[str, bool]:
    """Return the signs of a byline, and which of them an element with this text has."""
    link = node.tag == "a" and _HREF.search(attribute(node, "href"))
    return {
        "item": "author" in attribute(node, "itemprop").lower().split(),
        "rel": "author" in attribute(node, "rel").lower().split(),
        "class": bool(CLASS.search(names_of(node))),
        "link": bool(link),
        "introduced": bool(INTRODUCED.match(text) or (link and _is_introduced(node, text))),
    }


def _is_introduced(link: LexborNode, text: str) -> bool:
    """Tell whether the words right before a link introduce it: "by <a>Jane Doe</a> · 3 March"."""
    line = lines_of(link.parent).replace("\n", " ") if link.parent is not None else ""
    introduction = INTRODUCED.match(line) if len(line) <= MAX_CHARS else None
    return introduction is not None and line.startswith(text, introduction.end())


_WORTH = {"item": 3.0, "rel": 2.0, "class": 2.0, "link": 1.5, "introduced": 1.5}
_MANY_NAMES = 3


def sureness(signs: dict[str, bool], node: LexborNode, names: tuple[str, ...]) -> float:
    """Return how sure the signs are, for so many names: 2 and more is a byline."""
    worth = sum(_WORTH[sign] for sign, is_there in signs.items() if is_there)
    crowd = 0.5 if len(names) > _MANY_NAMES else 0.0
    biography = 0.5 if _BIOGRAPHY.search(names_of(node)) else 0.0
    return worth - crowd - biography


def is_only_name(node: LexborNode) -> bool:
    """Tell whether an element is marked to be nothing but a name."""
    attributes = node.attributes
    names = (attributes.get("class") or "").lower()
    if any(word in names for word in _NAME_MARKS) or "fn" in names.split():
        return True
    if "author" in (attributes.get("rel") or "") or attributes.get("itemprop") == "name":
        return True
    link = attributes.get("href") or ""
    return "/author" in link or "/autor" in link


def names_of(node: LexborNode) -> str:
    """Return what an element is called, by its style and by tests."""
    return " ".join(filter(None, map(node.attributes.get, _NAMES)))


def names_others(place: LexborNode, *, close: bool = False) -> bool:
    """Tell whether a place names others than the author; `close`: right behind the heading."""
    if place.tag in _ELSEWHERE and not (close and place.tag in _HOLDERS):
        return place.tag != "aside" or not CLASS.search(names_of(place))
    if place.tag in ("article", "main", "section", "body", "html"):
        return False
    names = _BUILDERS.sub("", names_of(place).lower())
    return any(word in names for word in _OTHERS if not (close and word in _HOLDS))


def is_in_footer(node: LexborNode) -> bool:
    """Tell whether an element is in the footer of the page, not in that of the article."""
    nearest = around(node, ("footer",))
    return nearest is not None and around(nearest, ("article", "main")) is None
