"""The few things that need a BeautifulSoup: hooks of sites, and selectors that lexbor cannot read.

Building one costs more than all the rest of a page, so it is imported and built only when asked
for.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborNode

from steppewire_parser.nodes import ancestors, descendants

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.element import AttributeValueList, NavigableString, PageElement


def select(root: LexborNode, css: str) -> list[LexborNode] | None:
    """Return what a selector matches inside a node; None when nobody can understand it."""
    from soupsieve import SelectorSyntaxError

    copied = _Copy(next(reversed([root, *ancestors(root)])))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `:contains()`: ours is to read rules
            found = copied.tags[root.mem_id].select(css)
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        return None
    return [copied.nodes[id(tag)] for tag in found]


def copy_of(fragment: LexborNode, left_out: Collection[int]) -> Tag:
    """Return a fragment as BeautifulSoup, without the elements of these ids."""
    return _Copy(fragment, left_out).tags[fragment.mem_id]


class _Copy:
    """A page's tree as BeautifulSoup, element by element, so that both can be told apart."""

    def __init__(self, root: LexborNode, left_out: Collection[int] = ()) -> None:
        from bs4 import BeautifulSoup

        self._soup = BeautifulSoup("", "html.parser")
        self._last: PageElement = self._soup
        self.nodes: dict[int, LexborNode] = {}
        self.tags: dict[int, Tag] = {root.mem_id: self._tag(root, self._soup)}
        for node in descendants(root):
            parent = self.tags.get(node.parent.mem_id) if node.parent else None
            if parent is None or node.mem_id in left_out:
                continue
            if node.is_text_node:
                self._append(parent, _string(node.text_content or "", parent.name))
            elif node.is_element_node:
                self.tags[node.mem_id] = self._tag(node, parent)

    def _tag(self, node: LexborNode, parent: Tag) -> Tag:
        tag = self._soup.new_tag(node.tag or "")
        for name, value in node.attributes.items():
            tag[name] = _value(name, value or "")
        self._append(parent, tag)
        self.nodes[id(tag)] = node
        return tag

    def _append(self, parent: Tag, element: PageElement) -> None:
        """Append in page order; `Tag.append` would climb the tree for what comes before and after.

        A page of 20,000 tags, 300 deep, takes it half a minute.
        """
        element.setup(parent, self._last)
        parent.contents.append(element)
        self._last = element


def _value(name: str, written: str) -> str | AttributeValueList:
    from bs4.element import AttributeValueList

    return AttributeValueList(written.split()) if name == "class" else written


def _string(text: str, name: str) -> NavigableString:
    """Return a text as BeautifulSoup tells it: what is in a script is no text of the page."""
    from bs4.element import NavigableString, Script, Stylesheet

    return {"script": Script, "style": Stylesheet}.get(name, NavigableString)(text)
