"""Reads the main text of a page: from its tree to paragraphs, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from steppewire.events import ParagraphKind
from steppewire_parser.blocks import Block
from steppewire_parser.extract.choose import chosen
from steppewire_parser.extract.features import Floats, Page, features, page_of
from steppewire_parser.extract.hints import Hints, read_hints
from steppewire_parser.extract.marks import PLACE
from steppewire_parser.extract.model import model
from steppewire_parser.extract.walk import HEADINGS, LINE_BORDER, Flat, Seen
from steppewire_parser.text import normalise

# A table row is one paragraph; its cells are kept apart by this.
CELL_BORDER = " | "
MAX_CELL_CHARS = 200


@dataclass(frozen=True)
class Reading:
    """The main text of a page, with all that was weighed."""

    blocks: tuple[Block, ...]
    page: Page
    hints: Hints
    score: Floats


def read_main(flat: Flat, seen: Seen) -> Reading | None:
    """Return the main text of a page and what it was chosen by; None where there is no text."""
    if not flat.text:
        return None
    page, hints = page_of(flat), read_hints(seen.named)
    score = model().score(page, features(page, hints))
    rows = np.flatnonzero(chosen(page, score)).tolist()
    return Reading(tuple(_blocks(flat, rows)), page, hints, score)


def _blocks(flat: Flat, rows: list[int]) -> Iterator[Block]:
    for line in _lines(flat, rows):
        texts = [flat.text[row] for row in line]
        linked = sum(flat.linked[row] for row in line) / max(1, sum(map(len, texts)))
        for piece in CELL_BORDER.join(texts).split(LINE_BORDER):
            if text := normalise(piece):
                yield Block(text, _kind(flat, line[0]), min(linked, 1.0))


def _lines(flat: Flat, rows: list[int]) -> Iterator[list[int]]:
    """Yield the blocks that make one paragraph: one of each, or the cells of a table's row."""
    line: list[int] = []
    before = 0
    for row in rows:
        outer = _table_row(flat, row)
        if outer and outer == before:
            line.append(row)
            continue
        if line:
            yield line
        line, before = [row], outer
    if line:
        yield line


def _table_row(flat: Flat, row: int) -> int:
    """Return the row of a table that a block is a cell of; 0 where it is none."""
    cell = flat.holder[row]
    # tables that lay out a page have whole articles in a cell
    if flat.tag[cell] in ("td", "th") and len(flat.text[row]) <= MAX_CELL_CHARS:
        outer = flat.parent[cell]
        return outer if flat.tag[outer] == "tr" else 0
    return 0


def _kind(flat: Flat, row: int) -> ParagraphKind:
    place = flat.holder[row]
    if flat.tag[place] in HEADINGS:
        return "subhead"
    if flat.within[place] & PLACE["blockquote"]:
        return "quote"
    while place and flat.tag[place] in ("p", "div", "span"):
        place = flat.parent[place]
    return "list-item" if flat.tag[place] == "li" else "text"
