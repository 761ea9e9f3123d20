"""The text of an article: body, lead, and nothing that is not the article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from steppewire.rules import SiteRules
from steppewire_parser.about import About
from steppewire_parser.blocks import Block
from steppewire_parser.body import Method, choose_body
from steppewire_parser.clean import capped, clean
from steppewire_parser.containers import Containers
from steppewire_parser.document import Document
from steppewire_parser.generic import Generic
from steppewire_parser.leads import choose_lead
from steppewire_parser.signatures import without_signature
from steppewire_parser.structured import Structured
from steppewire_parser.text import letters

# Below this an article is suspicious: a rule may be broken, or the page is no article at all.
FEW_LETTERS = 200


@dataclass(frozen=True)
class Writing:
    """Lead and paragraphs, cleaned, and how they were found."""

    lead: str | None
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]
    """The authors known before, or who signed at the end of the text."""
    method: Method
    facts: tuple[str, ...]
    generic: Generic | None = None
    """What the generic extractor read, where the text is its."""

    @property
    def likeness(self) -> float | None:
        """Return how likely the page is an article by its text alone; None where rules found it."""
        return self.generic.likeness if self.generic else None

    @cached_property
    def letters(self) -> int:
        """Return the number of letters that a reader gets to read."""
        return letters("".join((self.lead or "", *(block.text for block in self.blocks))))


def read_writing(
    page: Document, said: Structured, rules: SiteRules, places: Containers, about: About
) -> Writing:
    """Read the text."""
    body = choose_body(page, places, rules, said)
    lead = choose_lead(about.ruled_leads, said.descriptions, body.blocks, page, about.title)
    cleaned = clean(body.blocks, title=about.title, lead=lead, rules=rules)
    unsigned, authors = without_signature(cleaned, about.authors)
    kept, size_facts = capped(unsigned)
    return Writing(
        lead, tuple(kept), authors, body.method, (*body.facts, *size_facts), body.generic
    )
