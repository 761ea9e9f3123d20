"""Texts that a tree builder glues to each other again and again, each time in a new place.

A tag that makes no element (`<tr>` outside a table, a second `<html lang=x>`, anything inside
`<select>`) lets the text before and after it be one text. lexbor moves that text on whenever the
tag has taken memory in between, and keeps the old place: twenty thousand such tags between a
hundred letters each are twenty gigabytes. The same goes for text directly inside a table.
"""

from __future__ import annotations

import re
from collections import Counter

MOST_MOVED = 60_000_000
"""Bytes that a page may have moved: real ones have next to none."""

_PIECE = re.compile(rb"<(?:(/?)([a-zA-Z][^\s/>]*)([^<>]*)>?|[!?])([^<]*)")
_MORE = tuple(b" /\t\n\r\f"[at : at + 1] for at in range(6))
_SELECT = re.compile(rb"<select\b(.*?)(?:</select|\Z)", re.IGNORECASE | re.DOTALL)
_OPTION = re.compile(rb"</?opt", re.IGNORECASE)
_ROOTS = frozenset((b"html", b"head", b"body", b"frame", b"frameset"))
_PARTS = frozenset(
    (b"caption", b"col", b"colgroup", b"tbody", b"thead", b"tfoot", b"tr", b"td", b"th")
)
_CELLS = frozenset((b"td", b"th", b"caption"))
_SELDOM = frozenset((*_ROOTS, *_PARTS, b"form", b"!", b"?", b"/ "))
_OPTIONS = frozenset((b"option", b"optgroup"))
_DROPPED = b"|".join(sorted((*_ROOTS, *_PARTS, b"table", b"form", b"select")))
_HARMFUL = re.compile(rb"<(?:/?(?:%s)(?=[\s/>])|/[a-zA-Z])[^<>]*>?|<[!?][^<>]*>?" % _DROPPED, re.I)


def unglued(html: bytes, names: Counter[bytes]) -> bytes:
    """Return the page; without the tags that would have its texts moved too often, if they would.

    Little more than arithmetic for most pages: what they have cannot be moved so often.
    """
    if _suspects(html, names) * len(html) <= MOST_MOVED or moved(html) <= MOST_MOVED:
        return html
    return _HARMFUL.sub(b" ", html)


def _suspects(html: bytes, names: Counter[bytes]) -> int:
    """Count the tags that might make no element: too many rather than too few."""
    # a dictionary: what is not in a counter takes it ten times as long
    plain: dict[bytes, int] = {}
    for name, count in names.items():
        closing_with_more = name[:1] == b"/" and name[-1:] in _MORE
        key = b"/ " if closing_with_more else name.lower()
        plain[key] = plain.get(key, 0) + count
    chosen = sum(map(_not_options, _SELECT.findall(html))) if b"select" in plain else 0
    return chosen + sum(map(plain.__getitem__, _SELDOM & plain.keys()))


def _not_options(choice: bytes) -> int:
    return choice.count(b"<") - len(_OPTION.findall(choice))


def moved(html: bytes) -> int:
    """Estimate how many bytes of text a tree builder moves."""
    page = _Page()
    for match in _PIECE.finditer(html):
        page.meets(match[1] == b"/", (match[2] or b"").lower(), match[3] or b"", len(match[4]))
    return page.moved


class _Page:
    """What is open while a page is read, as far as it makes tags count for nothing."""

    def __init__(self) -> None:
        self.moved = 0
        self._run = self._in_table = 0
        self._cells: list[bool] = []
        """For each open table, whether one of its cells is open."""
        self._form = self._select = False

    def meets(self, closing: bool, name: bytes, attributes: bytes, text: int) -> None:
        """Go on past a tag, or a comment (no name), and the text behind it."""
        if self._is_ignored(closing, name, attributes):
            self.moved += self._run
        else:
            self._run = 0
        self._opens(closing, name)
        self._run += text
        if text and self._cells and not self._cells[-1]:
            self._in_table += text
            self.moved += self._in_table

    def _is_ignored(self, closing: bool, name: bytes, attributes: bytes) -> bool:
        if not name or (closing and attributes.strip()):
            return True
        if self._select and not closing and name not in _OPTIONS:
            return True
        if closing:
            return False
        return (
            name in _ROOTS
            or (name in _PARTS and not self._cells)
            or (name == b"form" and self._form)
        )

    def _opens(self, closing: bool, name: bytes) -> None:
        if name == b"table":
            if not closing:
                self._cells.append(False)
            elif self._cells:
                self._cells.pop()
        elif name in _PARTS and self._cells:
            self._cells[-1] = name in _CELLS and not closing
        elif name == b"form":
            self._form = not closing
        elif name == b"select":
            self._select = not closing
