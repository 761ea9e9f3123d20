"""Where the site rules say that the body is, and what inside it is none of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode

from steppewire.rules import SiteRules
from steppewire_parser.document import Document
from steppewire_parser.nodes import attribute, is_within
from steppewire_parser.selectors import Selection


@dataclass(frozen=True)
class Containers:
    """What the selectors for the body matched, and what the drop rules matched inside it."""

    tags: tuple[LexborNode, ...] = ()
    dropped: tuple[LexborNode, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def declared(self) -> bool:
        """The page itself calls one of them the body of the article, in microdata."""
        return any("articlebody" in attribute(tag, "itemprop").lower().split() for tag in self.tags)

    @cached_property
    def dropped_ids(self) -> frozenset[int]:
        """The dropped elements by their `mem_id`."""
        return frozenset(tag.mem_id for tag in self.dropped)


def ruled_containers(page: Document, rules: SiteRules, scope: LexborNode | None) -> Containers:
    """Apply the rules for the body; nothing is taken out of the page."""
    selection = Selection(page.root)
    matched = _own_story(selection.tags(rules.body), scope)
    facts = [*selection.facts]
    dropped: list[LexborNode] = []
    for container in matched:
        inner = Selection(container)
        dropped += [tag for selector in rules.drop for tag in inner.tags((selector,))]
        facts += inner.facts
    return Containers(tuple(matched), tuple(dropped), tuple(dict.fromkeys(facts)))


def _own_story(matched: Sequence[LexborNode], scope: LexborNode | None) -> list[LexborNode]:
    """Keep to the page's own story where infinite scroll has appended others (spot.uz)."""
    if scope is None:
        return list(matched)
    inside = [tag for tag in matched if is_within(tag, scope)]
    return inside or list(matched)
