"""Reads what the CSS selectors of site rules point at: `selector` or `selector@attribute`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag
from soupsieve import SelectorSyntaxError

from steppewire_parser.document import attribute
from steppewire_parser.text import normalise

# One selector that matches half of a page must not make an author list of it.
MAX_MATCHES = 200

# The last @ outside brackets: `a[href*="@"]` has none, `meta[name="x"]@content` has one.
_ATTRIBUTE = re.compile(r"^(.*[^\s])@([A-Za-z_:][\w:.-]*)$", re.DOTALL)


class Selection:
    """Applies selectors to one page and remembers which of them could not be understood."""

    def __init__(self, root: Tag) -> None:
        self._root = root
        self.facts: list[str] = []

    def tags(self, selectors: tuple[str, ...]) -> list[Tag]:
        """Return the elements of the first selector that matches anything, without nested ones."""
        for selector in selectors:
            if found := self._select(split(selector)[0]):
                return _outermost(found)
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

    def _select(self, css: str) -> list[Tag]:
        try:
            return list(self._root.select(css, limit=MAX_MATCHES))
        except (SelectorSyntaxError, NotImplementedError, ValueError):
            self.facts.append("rule-invalid")
            return []


def split(selector: str) -> tuple[str, str | None]:
    """Split `selector@attribute` into its parts."""
    match = _ATTRIBUTE.match(selector)
    return (match[1], match[2]) if match else (selector, None)


def _value(tag: Tag, name: str | None) -> str:
    if name:
        return normalise(attribute(tag, name))
    # a selector for a meta or time tag without @… still means what it says
    if tag.name == "meta":
        return normalise(attribute(tag, "content"))
    return normalise(tag.get_text(" "))


def _outermost(tags: list[Tag]) -> list[Tag]:
    chosen = {id(tag) for tag in tags}
    return [tag for tag in tags if not any(id(p) in chosen for p in _parents(tag))]


def _parents(tag: Tag) -> Iterator[Tag]:
    yield from tag.parents
