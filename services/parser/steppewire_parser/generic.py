"""Finds the body of a page that no site rule describes: our own extractor, behind one function."""

from __future__ import annotations

from dataclasses import dataclass

from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.extract.likeness import article_likeness
from steppewire_parser.extract.reading import read_main


@dataclass(frozen=True)
class Generic:
    """The main text of a page, and how likely it is an article's."""

    blocks: tuple[Block, ...]
    likeness: float


def read_generic(document: Document) -> Generic:
    """Return the main text of a page; no blocks when there is none."""
    reading = read_main(*document.walked)
    if reading is None:
        return Generic((), 0.0)
    return Generic(reading.blocks, article_likeness(reading))
