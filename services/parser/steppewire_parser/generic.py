"""Finds the body of a page that no site rule describes: our own extractor, behind one function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.extract.likeness import article_likeness
from steppewire_parser.extract.reading import Reading, read_main


@dataclass(frozen=True)
class Generic:
    """The main text of a page, and what it was chosen by."""

    blocks: tuple[Block, ...]
    reading: Reading | None = None

    @cached_property
    def likeness(self) -> float:
        """Return how likely the text is an article's; few pages leave that open."""
        return article_likeness(self.reading) if self.reading else 0.0


def read_generic(document: Document) -> Generic:
    """Return the main text of a page; no blocks when there is none."""
    reading = read_main(*document.walked)
    if reading is None:
        return Generic(())
    return Generic(reading.blocks, reading)
