"""Reads what the CSS selectors of site rules point at: `selector` or `selector@attribute`."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode, SelectolaxError

from steppewire_parser import slow
from steppewire_parser.nodes import attribute, outermost, text_of
from steppewire_parser.text import normalise

# One selector that matches half of a page must not make an author list of it.
MAX_MATCHES = 200

# The last @ outside brackets: `a[href*="@"]` has none, `meta[name="x"]@content` has one.
_ATTRIBUTE = re.compile(r"^(.*[^\s])@([A-Za-z_:][\w:.-]*)$", re.DOTALL)


class Selection:
    """Applies selectors to one page, or a part of it, and remembers which could not be applied."""

    def __init__(self, root: LexborNode) -> None:
        self._root = root
        self.facts: list[str] = []

    def tags(self, selectors: tuple[str, ...]) -> list[LexborNode]:
        """Return the elements of the first selector that matches anything, without nested ones."""
        for selector in selectors:
            if found := self._select(split(selector)[0]):
                return outermost(found)
        return []

    def values(self, selectors: tuple[str, ...]) -> list[str]:
        """Return the texts or attributes of the first selector that yields any."""
        for selector in selectors:
            css, name = split(selector)
            values = [_value(tag, name) for tag in self._select(css)]
            if kept := [value for value in values if value]:
                return kept
        return []

    def all_values(self, selectors: tuple[str, ...]) -> list[str]:
        """Return what every selector yields, in their order."""
        return [value for selector in selectors for value in self.values((selector,))]

    def _select(self, css: str) -> list[LexborNode]:
        try:
            found = self._root.css(css)
        except SelectolaxError:
            found = self._select_slowly(css)
        # lexbor names an element once for each part of `p, .lead`, and the root itself
        once = {node.mem_id: node for node in found}
        once.pop(self._root.mem_id, None)
        return list(once.values())[:MAX_MATCHES]

    def _select_slowly(self, css: str) -> list[LexborNode]:
        """Ask soupsieve, which knows `:-soup-contains()` and others that lexbor does not."""
        found = slow.select(self._root, css)
        self.facts.append("rule-invalid" if found is None else "rule-slow")
        return found or []


def split(selector: str) -> tuple[str, str | None]:
    """Split `selector@attribute` into its parts."""
    match = _ATTRIBUTE.match(selector)
    return (match[1], match[2]) if match else (selector, None)


def _value(tag: LexborNode, name: str | None) -> str:
    if name:
        return normalise(attribute(tag, name))
    # a selector for a meta or time tag without @… still means what it says
    if tag.tag == "meta":
        return normalise(attribute(tag, "content"))
    return normalise(text_of(tag))
