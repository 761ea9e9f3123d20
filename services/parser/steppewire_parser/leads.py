"""Finds the lead (standfirst) and takes care that it is not in the text a second time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import compress, islice

from selectolax.lexbor import LexborNode

from steppewire_parser import phrases
from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, strings
from steppewire_parser.text import letters, squash

# A lead is a sentence or a few; longer is a body, shorter is a label.
MIN_LETTERS = 25
MAX_CHARS = 1_200


def choose_lead(
    ruled: Sequence[str],
    described: Sequence[str],
    blocks: Sequence[Block],
    page: Document,
    title: str,
) -> str | None:
    """Return the lead: the rules' own, else a description that readers of the page also see.

    A description that is only in the head was written for search engines. One that is the first
    paragraph cut short is no lead either.
    """
    for text in ruled:
        if is_lead(text, title):
            return text
    for text in described:
        if is_lead(text, title) and _is_shown(text, blocks, page):
            return text
    return None


def is_lead(text: str, title: str) -> bool:
    """Tell whether a text can be a lead at all."""
    return (
        letters(text) >= MIN_LETTERS
        and len(text) <= MAX_CHARS
        and squash(text) != squash(title)
        and not text.endswith(("...", "…"))
        and not phrases.is_label(text)
    )


def _is_shown(text: str, blocks: Sequence[Block], page: Document) -> bool:
    key = squash(text)
    if any(block.key == key for block in blocks[:2]):
        return True
    inside = any(key in block.key for block in blocks)
    return not inside and _shown_on_its_own(key, page)


def _shown_on_its_own(key: str, page: Document) -> bool:
    """Tell whether some element of the page has exactly this text."""
    return any(_says(box, key) for node in _opening(key, page) for box in _boxes(node))


def _opening(key: str, page: Document) -> Iterator[LexborNode]:
    """Yield the texts that may open this one: squashing each of a page takes too long."""
    texts = zip(page.texts, page.strings(), strict=True)
    begun = compress(texts, map(_beginning(key[:2]).match, page.strings()))
    return (node for node, said in begun if squash(said).startswith(key[:8]))


@lru_cache(maxsize=1024)
def _beginning(letters: str) -> re.Pattern[str]:
    return re.compile(r"[\W_]*".join(("", *map(re.escape, letters))), re.IGNORECASE)


def _boxes(text: LexborNode) -> Iterator[LexborNode]:
    """The element of a text and the two around it: <p><b>Start</b> and the rest</p>."""
    return islice(ancestors(text), 3)


def _says(box: LexborNode, key: str) -> bool:
    # a box that is much longer need not be compared letter by letter
    text = "".join(islice(strings(box), 50))
    return len(text) < 4 * len(key) + 200 and squash(text) == key
