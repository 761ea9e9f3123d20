"""A page as a tree that can be asked by name, by selector and in page order."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from steppewire.errors import Reject
from steppewire_parser.extract.walk import Flat, Seen, seen_in, walked
from steppewire_parser.nodes import attribute, text_of, tree_of
from steppewire_parser.shield import MAX_DEPTH, flattened, shielded

__all__ = ("Document", "attribute", "read")

# Shorter texts are mostly those of menus, buttons and dates.
SENTENCE_CHARS = 25


@dataclass(frozen=True)
class Document:
    """One page. Nobody edits its tree: what rules drop is left out while it is read."""

    data: bytes
    """The page in UTF-8, as it was given to the parser."""
    parser: LexborHTMLParser
    root: LexborNode
    facts: tuple[str, ...] = field(default=())
    ruled: bool = False
    """Rules point at the text, so that its blocks are hardly asked for."""

    @cached_property
    def html(self) -> str:
        """The page as text."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def walked(self) -> tuple[Flat, Seen]:
        """The page as blocks of text, for the extractor, and its elements and texts."""
        return walked(self.root)

    @cached_property
    def _seen(self) -> Seen:
        return seen_in(self.root) if self.ruled else self.walked[1]

    @property
    def tags(self) -> list[LexborNode]:
        """Return all elements in page order."""
        return self._seen.tags

    @property
    def texts(self) -> list[LexborNode]:
        """Return the texts that a reader may see, in page order."""
        return self._seen.texts

    def named(self, name: str) -> list[LexborNode]:
        """Return all elements of a name in page order."""
        return self._seen.named.get(name, [])

    def select(self, css: str) -> list[LexborNode]:
        """Return what a selector matches. Raises SelectolaxError when it cannot be understood."""
        return self.root.css(css)

    @property
    def title(self) -> str:
        """Return the text of <title>."""
        titles = self.named("title")
        return " ".join(text_of(titles[0]).split()) if titles else ""

    @cached_property
    def visible(self) -> int:
        """Return the number of characters of all text outside scripts: no extractor finds more."""
        return sum(len(text.strip()) for text in self.strings())

    @cached_property
    def running(self) -> int:
        """Return the number of characters in texts that may be sentences: no menus, no links."""
        return sum(
            len(text)
            for node, text in zip(self.texts, self.strings(), strict=True)
            if len(text.strip()) >= SENTENCE_CHARS and not _is_linked(node)
        )

    def strings(self) -> list[str]:
        """Return what a reader may see, in page order: what `texts` say, one by one."""
        return self._seen.strings


def _is_linked(text: LexborNode) -> bool:
    return text.parent is not None and text.parent.tag == "a"


def read(page: str | bytes, known: tuple[str, ...] = (), *, ruled: bool = False) -> Document:
    """Build the tree of a page, given as text or in UTF-8, of which some facts are known.

    Raises Reject when no tree can be built.
    """
    written = page.encode("utf-8", "replace") if isinstance(page, str) else page
    html, facts, may_nest = shielded(written.removeprefix(BOM_UTF8))
    parser = _tree_of(html)
    if may_nest and _deeper_than(MAX_DEPTH, _root(parser)):
        html, facts = flattened(html), (*facts, "nesting-cut")
        parser = _tree_of(html)
    return Document(html, parser, _root(parser), tuple(dict.fromkeys((*known, *facts))), ruled)


def _tree_of(html: bytes) -> LexborHTMLParser:
    try:
        return tree_of(html)
    except SelectolaxError as error:  # there is not enough memory left
        raise Reject("unreadable", f"no tree can be built: {error}") from None


def _root(parser: LexborHTMLParser) -> LexborNode:
    if parser.root is None:
        raise Reject("unreadable", "no tree can be built")
    return parser.root


def _deeper_than(limit: int, root: LexborNode) -> bool:
    depths: dict[int, int] = {}
    for node in root.traverse():
        above = depths.get(node.parent.mem_id, 0) if node.parent else 0
        if above == limit:
            return True
        depths[node.mem_id] = above + 1
    return False
