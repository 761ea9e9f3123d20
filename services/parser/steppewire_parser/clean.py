"""Takes out of the body what is not the article: labels, repetitions, credits, link lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from steppewire.rules import SiteRules
from steppewire_parser import phrases
from steppewire_parser.blocks import Block, of_kind
from steppewire_parser.text import squash

# Shorter repetitions may be meant: a refrain, "Location: online" under each entry of a ranking.
MIN_REPEATED_CHARS = 80
# A line in which all but a full stop is a link, next to a label, is a teaser.
TEASER_LINK_SHARE = 0.8
# One record is an article, not a book: the longest real one seen has 120,000 characters.
MAX_PARAGRAPHS = 2_000
MAX_TEXT_CHARS = 400_000

Step = Callable[[Sequence[Block]], Iterable[Block]]


def clean(
    blocks: Sequence[Block], *, title: str, lead: str | None, rules: SiteRules
) -> list[Block]:
    """Return the paragraphs of the article. Runs last, so that nothing else can slip in.

    The order matters: stop lines cut the tail before anything is compared; teasers need the label
    above them to be still there.
    """
    blocks = until_stop(blocks, rules.stop)
    blocks = without_teasers(blocks)
    blocks = without_lines(blocks, rules.cut)
    blocks = without_repetitions(blocks, (title, lead or ""))
    blocks = without_hanging_subheads(blocks)
    return [marked(block) for block in blocks]


def until_stop(blocks: Sequence[Block], stop: tuple[str, ...]) -> list[Block]:
    """Return the blocks before the first that starts with a stop line of the site."""
    pattern = phrases.starts_with(stop)
    kept: list[Block] = []
    for block in blocks:
        if pattern and pattern.match(block.text):
            break
        kept.append(block)
    return kept


def without_teasers(blocks: Sequence[Block]) -> list[Block]:
    """Drop "read also" headings together with the links that follow them."""
    kept: list[Block] = []
    inside = False
    for block in blocks:
        if phrases.opens_list(block.text):
            inside = True
            continue
        inside = inside and block.linked >= TEASER_LINK_SHARE
        if not inside:
            kept.append(block)
    return kept


def without_lines(blocks: Sequence[Block], cut: tuple[str, ...]) -> list[Block]:
    """Drop labels, credits and empty lines of our list, and the site's own cut lines."""
    pattern = phrases.starts_with(cut)
    return [
        block
        for block in blocks
        if not (pattern and pattern.match(block.text))
        and not phrases.is_empty(block.text)
        and not phrases.is_furniture(block.text)
    ]


def without_repetitions(blocks: Sequence[Block], shown: Iterable[str]) -> list[Block]:
    """Drop paragraphs equal to the title, the lead or an earlier paragraph."""
    always = {squash(text) for text in shown if text}
    seen: set[str] = set()
    kept: list[Block] = []
    for block in blocks:
        key = block.key
        long = block.kind != "subhead" and len(block.text) >= MIN_REPEATED_CHARS
        if key in always or (long and key in seen):
            continue
        seen.add(key)
        kept.append(block)
    return kept


def without_hanging_subheads(blocks: Sequence[Block]) -> list[Block]:
    """Drop subheads at the end: what they announce has been cut."""
    kept = list(blocks)
    while kept and kept[-1].kind == "subhead":
        kept.pop()
    return kept


def marked(block: Block) -> Block:
    """Mark "earlier we reported" paragraphs: kept, but about older events."""
    return of_kind(block, "background") if phrases.is_background(block.text) else block


def capped(blocks: Sequence[Block]) -> tuple[list[Block], tuple[str, ...]]:
    """Bound the size of one record; the fact tells when something was lost."""
    kept = list(_within(blocks[:MAX_PARAGRAPHS], MAX_TEXT_CHARS))
    whole = len(kept) == len(blocks) and kept[-1:] == list(blocks[-1:])
    return kept, () if whole else ("text-truncated",)


def _within(blocks: Sequence[Block], room: int) -> Iterator[Block]:
    for block in blocks:
        if room <= 0:
            return
        yield block if len(block.text) <= room else Block(block.text[:room].rstrip(), block.kind)
        room -= len(block.text)
