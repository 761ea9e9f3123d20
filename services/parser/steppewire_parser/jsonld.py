"""JSON-LD: find the article that a page describes, even in broken JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from steppewire_parser.document import Document
from steppewire_parser.nodes import attribute

# A full article with its comments takes 300 kB; more is an attack or a dump.
MAX_BLOCK_CHARS = 1_000_000
MAX_BLOCKS = 50
# A graph of a page names some dozens of things; a listing some hundreds.
MAX_NODES = 5_000

_MIME = "application/ld+json"

Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:Article|Report|BlogPosting|ReviewNewsArticle|LiveBlogPosting)$")
_OPENERS = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[")
_CLOSERS = (";", "-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>")
_BORDER = re.compile("[/#:]")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_SAVED = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description|articleBody)"\s*:\s*"((?:[^"\\]|\\.){1,200000})"'
)
_SAVED_TYPE = re.compile(r'"@type"\s*:\s*"(\w*(?:Article|BlogPosting))"')


@dataclass(frozen=True)
class Graph:
    """Every node of every block of a page, in order."""

    nodes: tuple[Node, ...] = ()
    broken: bool = False
    """A block was no JSON."""

    @cached_property
    def _typed(self) -> list[tuple[Node, tuple[str, ...]]]:
        return [(node, types(node)) for node in self.nodes]

    @cached_property
    def _by_type(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node, kinds in self._typed:
            for kind in kinds:
                found.setdefault(kind, []).append(node)
        return found

    def of_type(self, name: str) -> Iterator[Node]:
        """Yield the nodes of a type."""
        return iter(self._by_type.get(name, ()))

    def article(self, urls: Iterable[str], title: str) -> Node | None:
        """Return the article node that is about this page, rather than about a teaser on it."""
        articles = [n for n, kinds in self._typed if any(map(_ARTICLE.search, kinds)) and _tells(n)]
        here = {_bare(url) for url in urls}
        for node in articles:
            if here & {_bare(url) for url in addresses(node)}:
                return node
        named = [
            n for n in articles if title and string(n.get("headline")).strip() == title.strip()
        ]
        return next(iter(named or articles), None)

    def resolved(self, value: Any) -> Any:
        """Follow an `@id` reference to the node that says more."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"} and "@id" in value:
            known = (
                n
                for n in self.nodes
                if n.get("@id") == value["@id"] and n is not value and len(n) > 1
            )
            return next(known, value)
        return value


def read_graph(page: Document) -> Graph:
    """Read all JSON-LD of a page."""
    scripts = page.named("script")
    blocks = [s for s in scripts if attribute(s, "type").strip().lower().startswith(_MIME)]
    nodes: list[Node] = []
    broken = False
    for block in blocks[:MAX_BLOCKS]:
        text = block.text(deep=False)[:MAX_BLOCK_CHARS]
        value = loads(text)
        if value is None and text.strip():
            broken = True
            value = _saved(text)
        nodes.extend(_walk(value, MAX_NODES - len(nodes)))
    return Graph(tuple(nodes), broken)


def loads(text: str) -> Any:
    """Read JSON as sites write it; None when it is beyond that."""
    bare = _unwrapped(text)
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            # strict=False: raw line breaks inside strings are common
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(text: str) -> str:
    bare = text.strip()
    for opener in _OPENERS:
        bare = bare.removeprefix(opener).lstrip()
    for closer in _CLOSERS:
        bare = bare.removesuffix(closer).rstrip()
    return bare


def _saved(text: str) -> Node:
    """Save single fields of a block whose quotes are broken somewhere else."""
    kind = _SAVED_TYPE.search(text)
    found: Node = {"@type": kind[1]} if kind else {}
    for name, raw in _SAVED.findall(text):
        value = loads(f'"{raw}"')
        if isinstance(value, str):
            found.setdefault(name, value)
    return found


def _walk(value: Any, limit: int) -> Iterator[Node]:
    waiting = [value]
    while waiting and limit > 0:
        here = waiting.pop()
        if isinstance(here, dict):
            limit -= 1
            yield here
            waiting.extend(reversed([v for v in here.values() if isinstance(v, dict | list)]))
        elif isinstance(here, list):
            waiting.extend(reversed([v for v in here[:MAX_NODES] if isinstance(v, dict | list)]))


def types(node: Node) -> tuple[str, ...]:
    """Return the types of a node without their vocabulary."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return tuple(_bare_type(name) for name in names if isinstance(name, str))


def _bare_type(name: str) -> str:
    return name if name.isalnum() else _BORDER.split(name)[-1]


def string(value: Any) -> str:
    """Return the text of a value: a string, {"@value": …}, {"name": …}, or the first of a list."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("url") or ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def strings(value: Any) -> list[str]:
    """Return the texts of a value that may be one or many."""
    values = value if isinstance(value, list) else [value]
    return [text for text in map(string, values) if text]


def strings_at(node: Node, *names: str) -> list[str]:
    """Return the first text of each of these properties."""
    return [string(node.get(name)) for name in names]


def _tells(node: Node) -> bool:
    return any(node.get(name) for name in ("headline", "datePublished", "articleBody", "name"))


def addresses(node: Node) -> list[str]:
    """Return what a node says its address is."""
    page = node.get("mainEntityOfPage")
    inner = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    return [v for v in (node.get("url"), node.get("@id"), inner) if isinstance(v, str)]


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[?#].*$", "", url).rstrip("/").lower()
