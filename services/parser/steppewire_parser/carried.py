"""The article that a page carries as data for its own scripts, where it shows the reader none.

Pages that a browser fills in often bring the text along: as a string of HTML in the state of a
framework, sometimes as JSON inside JSON. Nothing is run; strings are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from steppewire.errors import Reject
from steppewire_parser import jsonld
from steppewire_parser.blocks import Block, read_blocks
from steppewire_parser.document import Document, attribute, read
from steppewire_parser.text import letters

# A shorter string is a caption or a teaser.
MIN_CHARS = 400
# State in which strings are stored as JSON, which is a string of the page's script.
MAX_LEVELS = 2
# The first of an endless page is its own; so many are compared.
MAX_TEXTS = 40
MIN_PARAGRAPHS = 2

_STRING = re.compile(rf'"((?:[^"\\\n]|\\.){{{MIN_CHARS},}}+)"')
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_WORD = re.compile(r"\w{3,}")
# As much of a word as its other forms share.
STEM = 5


def carried_blocks(page: Document) -> tuple[Block, ...]:
    """Return the text that the scripts of a page carry; no blocks when there is none.

    Of several, the one that has most of the words of the title is this page's.
    """
    stems = {word[:STEM] for word in _WORD.findall(page.title.casefold())}
    found = [blocks for text in _texts(page) if (blocks := _blocks_of(text))]
    return max(found, key=lambda blocks: _hits(blocks, stems), default=())


def _hits(blocks: tuple[Block, ...], stems: set[str]) -> tuple[int, int]:
    text = "\n".join(block.text for block in blocks)
    small = text.casefold()
    return sum(stem in small for stem in stems), letters(text)


def _texts(page: Document) -> Iterator[str]:
    """Yield the strings of scripts that are paragraphs in HTML, each once, the first of them."""
    seen: set[str] = set()
    for node in page.named("script"):
        if "ld+json" in attribute(node, "type"):
            continue
        for text in _strings(node.text(deep=True) or "", MAX_LEVELS):
            if text not in seen:
                seen.add(text)
                yield text
            if len(seen) == MAX_TEXTS:
                return


def _strings(source: str, levels: int) -> Iterator[str]:
    for match in _STRING.finditer(source):
        text = jsonld.loads(match[0])
        if not isinstance(text, str):
            continue
        if len(_PARAGRAPH.findall(text)) >= MIN_PARAGRAPHS and text.lstrip().startswith("<"):
            yield text
        elif levels > 1:
            yield from _strings(text, levels - 1)


def _blocks_of(html: str) -> tuple[Block, ...]:
    try:
        page = read(html)
    except Reject:
        return ()
    blocks = tuple(read_blocks(page.named("body")))
    return blocks if len(blocks) >= MIN_PARAGRAPHS else ()
