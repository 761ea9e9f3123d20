"""Chooses the body: what the site rules point at, else what a reader would call the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from selectolax.lexbor import LexborNode

from steppewire.rules import SiteRules
from steppewire_parser.blocks import Block, read_blocks, split_breaks
from steppewire_parser.document import Document
from steppewire_parser.generic import read_generic
from steppewire_parser.hooks import run_hook
from steppewire_parser.nodes import is_within
from steppewire_parser.selectors import Selection
from steppewire_parser.structured import Structured
from steppewire_parser.text import letters

# Rules that find less than this share of the text that is there have met a new layout.
RULES_SHARE = 0.3
# Below this the generic reading is worse than the text in JSON-LD, if there is one.
ENOUGH_LETTERS = 200

Method = Literal["rules", "generic", "structured"]


@dataclass(frozen=True)
class Body:
    """The blocks of a body, before cleaning, and where they came from."""

    blocks: tuple[Block, ...]
    method: Method
    containers: tuple[LexborNode, ...] = ()
    facts: tuple[str, ...] = ()
    likeness: float | None = None
    """How likely the page is an article, where the text was not found by rules."""

    @cached_property
    def letters(self) -> int:
        """Return the number of letters of the text."""
        return sum(letters(block.text) for block in self.blocks)


def choose_body(document: Document, rules: SiteRules, structured: Structured) -> Body:
    """Return the body by the site's rules; by the generic extractor where they find too little."""
    if not rules.body:
        return unruled_body(document, structured)
    # measured before drop rules and hooks take anything away
    visible = document.visible
    ruled = ruled_body(document, rules, structured)
    if sum(len(block.text) for block in ruled.blocks) >= RULES_SHARE * visible:
        # no extractor can find more than all there is to see: nothing to compare with
        return ruled
    other = unruled_body(document, structured)
    if ruled.letters >= max(1, RULES_SHARE * other.letters):
        return ruled
    empty = () if ruled.letters else ("rules-empty",)
    return Body(
        other.blocks,
        other.method,
        other.containers,
        (*ruled.facts, *empty, "layout-changed"),
        other.likeness,
    )


def ruled_body(document: Document, rules: SiteRules, structured: Structured) -> Body:
    """Read the containers that the site rules point at, after drop rules and the site's hook."""
    selection = Selection(document.root)
    matched = _own_story(selection.tags(rules.body), structured.scope)
    dropped = [tag for container in matched for tag in _dropped(container, rules, selection)]
    edited, hook_facts = run_hook(rules.hook, matched, dropped)
    blocks = read_blocks(edited, {tag.mem_id for tag in dropped})
    facts = (*dict.fromkeys(selection.facts), *hook_facts)
    return Body(tuple(blocks), "rules", tuple(matched), facts)


def _dropped(container: LexborNode, rules: SiteRules, selection: Selection) -> list[LexborNode]:
    inner = Selection(container)
    found = [tag for selector in rules.drop for tag in inner.tags((selector,))]
    selection.facts.extend(inner.facts)
    return found


def unruled_body(document: Document, structured: Structured) -> Body:
    """Read the body without rules: the main text, or the article text that JSON-LD carries."""
    found = read_generic(document)
    generic = Body(found.blocks, "generic", likeness=found.likeness)
    if generic.letters >= ENOUGH_LETTERS or letters(structured.body) <= generic.letters:
        return generic
    return Body(tuple(Block(text) for text in split_breaks(structured.body)), "structured")


def _own_story(matched: Sequence[LexborNode], scope: LexborNode | None) -> list[LexborNode]:
    """Keep to the page's own story where infinite scroll has appended others (spot.uz)."""
    if scope is None:
        return list(matched)
    inside = [tag for tag in matched if is_within(tag, scope)]
    return inside or list(matched)
