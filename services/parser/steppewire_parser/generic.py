"""Finds the body of a page that no site rule describes.

trafilatura in precision mode, the best of the tools compared in docs/reference/extraction.md; it
leans on no language. Behind one function, so that a better one can take its place.
"""

from __future__ import annotations

from collections.abc import Iterator

import lxml.etree
from trafilatura import bare_extraction

from steppewire.events import ParagraphKind
from steppewire_parser.blocks import Block, split_breaks
from steppewire_parser.document import Document

_KINDS: dict[str, ParagraphKind] = {
    "head": "subhead",
    "item": "list-item",
    "quote": "quote",
    "p": "text",
    "cell": "text",
    "code": "text",
    "ab": "text",
}


def generic_body(document: Document) -> list[Block]:
    """Return the blocks of the main text of a page; empty when there is none."""
    found = bare_extraction(
        document.tree,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        include_links=True,
    )
    body = getattr(found, "body", None)
    return [] if body is None else list(_blocks(body))


def _blocks(body: lxml.etree._Element) -> Iterator[Block]:
    kind: ParagraphKind = "text"
    parts: list[str] = []
    linked = 0
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        name = str(element.tag)
        if name == "lb" and event == "start":
            parts.append("\n")
        elif name in _KINDS or name in ("list", "table", "row", "body"):
            yield from _ended(parts, kind, linked)
            parts, linked = [], 0
            kind = _kind_of(element, event)
        text = (element.text if event == "start" else element.tail) or ""
        parts.append(text)
        if event == "start" and name == "ref":
            linked += len(text.strip())
    yield from _ended(parts, kind, linked)


def _kind_of(element: lxml.etree._Element, event: str) -> ParagraphKind:
    chain = (
        (element, *element.iterancestors()) if event == "start" else tuple(element.iterancestors())
    )
    kinds = [_KINDS[str(e.tag)] for e in chain if str(e.tag) in _KINDS]
    # a paragraph inside a quote is a quote
    return next((kind for kind in kinds if kind != "text"), "text")


def _ended(parts: list[str], kind: ParagraphKind, linked: int) -> Iterator[Block]:
    whole = "".join(parts)
    share = linked / max(1, len(whole.strip()))
    for text in split_breaks(whole):
        yield Block(text, kind, share)
