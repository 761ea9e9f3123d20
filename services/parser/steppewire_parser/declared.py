"""What a page calls itself, and whom it names as author, in JSON-LD, meta tags and microdata."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from steppewire_parser import jsonld
from steppewire_parser.text import normalise

Told = tuple[str, str]
"""A place and what it says: ("og", "Мост открыт | Заря")."""

AUTHOR_META = (
    "author",
    "article:author",
    "article:author_name",
    "article.author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor.author",
    "byl",
    "mediator_author",
    "cxenseparse:author",
    "authors",
    "article:authors",
    "author_name",
    "og:article:author",
    "citation_author",
    "article:byline",
    "creator",
)
# `og:author`, `vr:author`, `bc:authors`: what no list can name in advance; not the publisher's app.
_AUTHOR_NAME = re.compile(r"(?!smartbanner)(?:.*[:._\-])?(?:authors?|author[._\-]?names?)")
OTHER_TITLE_META = (
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "cxenseparse:title",
    "mediator_title",
    "title",
    "headline",
)
MAX_NAMES = 12
_SITES = ("WebSite", "Brand", "Corporation")


class MetaTags(Protocol):
    """The meta tags of a page by name."""

    def all(self, *names: str) -> list[str]:
        """Return the contents of these meta tags."""

    def like(self, pattern: re.Pattern[str]) -> list[str]:
        """Return the contents of those whose whole name a pattern matches."""


@dataclass(frozen=True)
class Signature:
    """One place's word on who wrote the article, as written."""

    place: str
    text: str
    is_organisation: bool = False


def plain(text: str) -> str:
    """Return a text without entities, which are often escaped twice or thrice."""
    unescaped = html.unescape(html.unescape(text)) if "&" in text else text
    return normalise(unescaped)


def titles_told(node: jsonld.Node, metas: MetaTags, items: Iterable[str]) -> tuple[Told, ...]:
    """Return what each place calls the page."""
    found = [
        ("ld", jsonld.string(node.get("headline"))),
        ("ld-name", jsonld.string(node.get("name"))),
        ("ld-other", jsonld.string(node.get("alternativeHeadline") or node.get("alternateName"))),
        *(("item", text) for text in items),
        *(("og", text) for text in metas.all("og:title")[:1]),
        *(("twitter", text) for text in metas.all("twitter:title")[:1]),
        *(("meta", text) for text in metas.all(*OTHER_TITLE_META)[:3]),
    ]
    clean = ((place, plain(text)) for place, text in found)
    return tuple((place, text) for place, text in clean if text)


def signatures(
    node: jsonld.Node, graph: jsonld.Graph, metas: MetaTags, items: Iterable[str]
) -> tuple[Signature, ...]:
    """Return who the structure says wrote the article, the most reliable place first."""
    pages = (value for page in graph.of_type("WebPage") for value in _many(page.get("author")))
    found = [
        *_signed(graph, "ld", _many(node.get("author"))),
        *_signed(graph, "ld-creator", _many(node.get("creator"))),
        *_signed(graph, "ld-page", pages),
        *(Signature(f"meta {name}", text) for name, text in _metas(metas)),
        *(Signature("card", text) for text in _cards(metas)),
        *(Signature("item", text) for text in items),
    ]
    clean = (Signature(s.place, plain(s.text), s.is_organisation) for s in found)
    return tuple(signature for signature in clean if signature.text)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _signed(graph: jsonld.Graph, place: str, values: Iterable[Any]) -> Iterator[Signature]:
    for value in values:
        author = graph.resolved(value)
        kinds = jsonld.types(author) if isinstance(author, dict) else ()
        names = author.get("name") if isinstance(author, dict) else author
        for name in jsonld.strings(names)[:MAX_NAMES]:
            yield Signature(place, name, is_organisation(kinds))


def is_organisation(kinds: tuple[str, ...]) -> bool:
    """Tell whether types mean an organisation; a blog's owner is often both, and then a person."""
    return "Person" not in kinds and any(k.endswith("Organization") or k in _SITES for k in kinds)


def _metas(metas: MetaTags) -> Iterator[Told]:
    for name in AUTHOR_META:
        for content in metas.all(name)[:MAX_NAMES]:
            yield name, _reversed(content) if name == "citation_author" else content
    known = {content for name in AUTHOR_META for content in metas.all(name)}
    for content in metas.like(_AUTHOR_NAME)[:MAX_NAMES]:
        if content not in known:
            yield "like author", content


def _reversed(name: str) -> str:
    """Return "Айгүл Сейітова" for "Сейітова, Айгүл", as libraries write names."""
    last, _, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if first.count(",") == 0 else name


def _cards(metas: MetaTags) -> Iterator[str]:
    """The twitter card "Written by: …", which WordPress plugins write in the site's language."""
    for number in "12":
        label, data = (metas.all(f"twitter:{part}{number}") for part in ("label", "data"))
        if label and data:
            yield f"{label[0]}: {data[0]}"
