"""Small questions that every module asks of a node of the tree; none of them recurses.

Nodes are the same when their `mem_id` is: selectolax makes a new object at each step, and its `==`
compares their HTML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

# A page is flattened to half of this, unless it hides how deep it is.
MAX_ANCESTORS = 2_000
# Their content is text for a machine.
UNREAD = frozenset(("script", "style", "template", "noscript"))

# Nobody watches the tree grow; for a list of 20,000 options that takes three seconds.
_WITHOUT_EVENTS = int(LexborDocumentOptions.WO_EVENTS)


def tree_of(html: str | bytes) -> LexborHTMLParser:
    """Build the tree of a page, or of a fragment as a page of its own."""
    return LexborHTMLParser(html, options=_WITHOUT_EVENTS)


def attribute(node: LexborNode, name: str) -> str:
    """Return an attribute as written, "" when it is not there or has no value."""
    # `attrs` raises and catches an error for what is not there, which takes three times as long
    return node.attributes.get(name) or ""


def has(node: LexborNode, name: str) -> bool:
    """Tell whether a node carries an attribute, with or without a value."""
    return name in node.attributes


def children(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the children of a node, texts and comments too."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def descendants(node: LexborNode) -> Iterator[LexborNode]:
    """Yield all elements and texts inside a node, in page order."""
    return islice(node.traverse(include_text=True), 1, None)


def elements(node: LexborNode) -> Iterator[LexborNode]:
    """Yield all elements inside a node, in page order."""
    return (inner for inner in islice(node.traverse(), 1, None) if inner.is_element_node)


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around a node, the nearest first."""
    parent = node.parent
    for _ in range(MAX_ANCESTORS):
        if parent is None or not parent.is_element_node:
            return
        yield parent
        parent = parent.parent


def around(node: LexborNode, names: Collection[str]) -> LexborNode | None:
    """Return the nearest element of one of these names around a node."""
    return next((parent for parent in ancestors(node) if parent.tag in names), None)


def is_within(node: LexborNode, outer: LexborNode) -> bool:
    """Tell whether a node is another one or lies inside it."""
    wanted = outer.mem_id
    return node.mem_id == wanted or any(parent.mem_id == wanted for parent in ancestors(node))


def is_inside(node: LexborNode, outer: Collection[int]) -> bool:
    """Tell whether a node is one of some, given by their `mem_id`, or lies inside one."""
    if not outer:
        return False
    return node.mem_id in outer or any(parent.mem_id in outer for parent in ancestors(node))


def strings(node: LexborNode) -> Iterator[str]:
    """Yield the texts inside a node in page order, without scripts and styles."""
    return (text.text_content or "" for text in texts(node))


def texts(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the text nodes inside a node in page order, without scripts and styles."""
    after_unread = False
    for inner in node.traverse(include_text=True):
        if inner.is_text_node:
            # a text comes right after the element that it is the content of
            if not (after_unread and _is_unread(inner, node.mem_id)):
                yield inner
        elif inner.is_element_node:
            after_unread = inner.tag in UNREAD


def _is_unread(text: LexborNode, root: int) -> bool:
    parent = text.parent
    return parent is not None and parent.mem_id != root and parent.tag in UNREAD


def text_of(node: LexborNode, separator: str = " ") -> str:
    """Return the text of a node, its pieces joined by a separator."""
    return separator.join(strings(node))


def outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Return the nodes that lie in no other of them, each once, in their order."""
    chosen = {node.mem_id: node for node in nodes}
    return [
        node
        for node in chosen.values()
        if not any(parent.mem_id in chosen for parent in ancestors(node))
    ]


def body_of(html: str) -> LexborNode:
    """Return the body of a piece of HTML that is read as a page of its own."""
    parser = tree_of(f"<!DOCTYPE html><body>{html}")
    if parser.body is None:
        raise ValueError("no body: the piece is a frameset")
    return parser.body
