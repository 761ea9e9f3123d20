"""The texts that an element says, line by line, and the first ones behind it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from steppewire_parser.nodes import (
    strings,
)
from steppewire_parser.text import normalise

MAX_CHARS = 130
MAX_PIECES, MAX_PIECE_CHARS = 500, 20_000
"""How much of an element is looked at: no byline has more texts, or a longer one."""
# Texts behind a heading, and nodes, within which a byline is looked for.
MAX_TEXTS = 45
MAX_NODES = 400
_UNREAD = frozenset(("script", "style", "noscript", "svg", "form", "nav", "aside", "template"))


def texts_behind(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the first texts that follow an element in page order."""
    texts = 0
    here: LexborNode | None = node
    for _ in range(MAX_NODES):
        here = _next(here, inside=here is not node) if here is not None else None
        if here is None or texts == MAX_TEXTS:
            return
        if here.is_text_node and (here.text_content or "").strip():
            texts += 1
            yield here


def _next(node: LexborNode, *, inside: bool) -> LexborNode | None:
    child = node.first_child if inside and node.tag not in _UNREAD else None
    here: LexborNode | None = node
    while child is None and here is not None:
        child = here.next
        here = here.parent
        if here is None or here.tag in ("body", "html"):
            return child
    return child


def lines_of(node: LexborNode) -> str:
    """Return the texts of an element, one a line; of a long one enough to see that it is long."""
    lines: list[str] = []
    length = 0
    for said in islice(strings(node), MAX_PIECES):
        if line := normalise(said[:MAX_PIECE_CHARS]):
            lines.append(line)
            length += len(line) + 1
        if length > MAX_CHARS + 1:
            break
    return "\n".join(lines)
