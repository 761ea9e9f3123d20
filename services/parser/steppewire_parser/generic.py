"""Finds the body of a page that no site rule describes.

trafilatura in precision mode, the best of the tools compared in docs/reference/extraction.md; it
leans on no language. Behind one function, so that a better one can take its place.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import lxml.etree
from trafilatura import bare_extraction

from steppewire.events import ParagraphKind
from steppewire_parser.blocks import Block, paragraphs_of
from steppewire_parser.document import Document
from steppewire_parser.nodes import text_of
from steppewire_parser.text import squash

# It warns of every page without a main text; ours is to say that, once, as a verdict.
logging.getLogger("trafilatura").setLevel(logging.ERROR)

_KINDS: dict[str, ParagraphKind] = {"head": "subhead", "item": "list-item", "quote": "quote"}
_BORDERS = frozenset((*_KINDS, "body", "p", "list", "table", "row", "ab"))


def generic_body(document: Document) -> list[Block]:
    """Return the blocks of the main text of a page; empty when there is none."""
    found = bare_extraction(
        document.tree, favor_precision=True, include_comments=False, include_tables=True
    )
    body = getattr(found, "body", None)
    blocks = [] if body is None else list(_blocks(body))
    return with_links(blocks, document)


def with_links(blocks: list[Block], document: Document) -> list[Block]:
    """Mark blocks that are nothing but a link.

    trafilatura could keep the links itself, but then it chooses worse blocks: it reads a text of
    many links as a list of them.
    """
    linked = {squash(text_of(tag)) for tag in document.named("a")}
    return [replace(b, linked=1.0) if squash(b.text) in linked else b for b in blocks]


def _blocks(body: lxml.etree._Element) -> Iterator[Block]:
    kind: ParagraphKind = "text"
    parts: list[str] = []
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        name = str(element.tag)
        if name == "lb" and event == "start":
            parts.append("\n")
        elif name in _BORDERS:
            yield from paragraphs_of("".join(parts), kind)
            parts, kind = [], _kind_of(element, event)
        elif name == "cell" and event == "start" and parts:
            parts.append(" | ")
        parts.append((element.text if event == "start" else element.tail) or "")
    yield from paragraphs_of("".join(parts), kind)


def _kind_of(element: lxml.etree._Element, event: str) -> ParagraphKind:
    inside = (element,) if event == "start" else ()
    names = (str(e.tag) for e in (*inside, *element.iterancestors()))
    # a paragraph inside a quote is a quote
    return next((_KINDS[name] for name in names if name in _KINDS), "text")
