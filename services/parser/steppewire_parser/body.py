"""Chooses the body: what the site rules point at, else what a reader would call the article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from steppewire.rules import SiteRules
from steppewire_parser.blocks import Block, read_blocks, split_breaks
from steppewire_parser.carried import carried_blocks
from steppewire_parser.containers import Containers
from steppewire_parser.document import Document
from steppewire_parser.generic import Generic, read_generic
from steppewire_parser.hooks import run_hook
from steppewire_parser.structured import Structured
from steppewire_parser.text import letters

# Rules that find less than this share of the text that is there have met a new layout.
RULES_SHARE = 0.3
# Below this the generic reading is worse than the text in JSON-LD, if there is one.
ENOUGH_LETTERS = 200
# So long a text in JSON-LD is the article and not its lead, and tells how much rules should find.
TOLD_LETTERS = 1_000
TOLD_SHARE = 0.7

Method = Literal["rules", "generic", "structured"]


@dataclass(frozen=True)
class Body:
    """The blocks of a body, before cleaning, and where they came from."""

    blocks: tuple[Block, ...]
    method: Method
    facts: tuple[str, ...] = ()
    generic: Generic | None = None
    """What the generic extractor read, where the text is its."""

    @cached_property
    def letters(self) -> int:
        """Return the number of letters of the text."""
        return letters("".join(block.text for block in self.blocks))

    @property
    def length(self) -> int:
        """Return the number of characters of the text."""
        return sum(len(block.text) for block in self.blocks)


def choose_body(
    page: Document, places: Containers, rules: SiteRules, structured: Structured
) -> Body:
    """Return the body by the site's rules; by the generic extractor where they find too little."""
    if not rules.body:
        return unruled_body(page, structured)
    ruled = ruled_body(places, rules)
    if is_whole(ruled, places, page, structured):
        return ruled
    other = unruled_body(page, structured)
    if ruled.letters >= max(1, RULES_SHARE * other.letters):
        return ruled
    empty = () if ruled.letters else ("rules-empty",)
    facts = (*ruled.facts, *empty, "layout-changed")
    return Body(other.blocks, other.method, facts, other.generic)


def is_whole(ruled: Body, places: Containers, page: Document, structured: Structured) -> bool:
    """Tell, without a generic reading, whether the rules have found the whole text.

    They have, whatever else there is to read, when the page itself calls their container the body,
    or tells a text about as long in JSON-LD; and when there is hardly more running text than that.
    """
    if places.declared and ruled.letters >= ENOUGH_LETTERS:
        return True
    told = letters(structured.body)
    if told >= TOLD_LETTERS and ruled.letters >= TOLD_SHARE * told:
        return True
    return ruled.letters > 0 and ruled.length >= RULES_SHARE * page.running


def ruled_body(places: Containers, rules: SiteRules) -> Body:
    """Read the containers that the site rules point at, after drop rules and the site's hook."""
    edited, hook_facts = run_hook(rules.hook, places.tags, places.dropped)
    blocks = read_blocks(edited, places.dropped_ids)
    return Body(tuple(blocks), "rules", (*places.facts, *hook_facts))


def unruled_body(page: Document, structured: Structured) -> Body:
    """Read the body without rules: the main text, or the article text that JSON-LD carries.

    An article that shows no text may carry it as data for a script that would show it.
    """
    found = read_generic(page)
    generic = Body(found.blocks, "generic", generic=found)
    if generic.letters >= ENOUGH_LETTERS:
        return generic
    if letters(structured.body) > generic.letters:
        return Body(tuple(Block(text) for text in split_breaks(structured.body)), "structured")
    carried = Body(carried_blocks(page) if structured.is_article else (), "structured")
    return carried if carried.letters > max(ENOUGH_LETTERS, generic.letters) else generic
