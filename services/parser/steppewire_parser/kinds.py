"""What other kind of page a page shows itself to be: a thing for sale, a thread of a forum."""

from __future__ import annotations

import re

from steppewire_parser.document import Document
from steppewire_parser.nodes import attribute
from steppewire_parser.structured import Structured

# Programs that serve nothing but threads; they name themselves in every page.
_FORUM = re.compile(r"\s*(?:discourse|xenforo|vbulletin|phpbb|mybb|flarum|nodebb)\b", re.IGNORECASE)
_FORUM_ID = "XF"
_THREADS = "[itemtype*='DiscussionForumPosting' i], [itemtype*='QAPage' i]"
# One such button may stand in an article; a shop says it in the class, the name and the text.
MIN_BUTTONS = 2
_BUTTON = re.compile(r"add[-_ ]?to[-_ ]?(?:cart|bag|basket)|в корзину", re.IGNORECASE)


def other_kind(page: Document, said: Structured) -> str:
    """Return what a page calls itself that is no article; nothing for any other page."""
    if said.other_kind:
        return said.other_kind
    for meta in page.named("meta"):
        name = (attribute(meta, "property") or attribute(meta, "name")).strip().lower()
        content = attribute(meta, "content")
        if name == "product:price:amount" or (
            name == "og:type" and content.strip().lower().endswith("product")
        ):
            return "product"
        if name == "generator" and _FORUM.match(content):
            return "forum"
    threads = any(attribute(node, "id") == _FORUM_ID for node in page.named("html"))
    return "forum" if threads or page.select(_THREADS) else ""


def sells(page: Document) -> bool:
    """Tell whether what the page is about can be put into a cart."""
    return sum(1 for _ in _BUTTON.finditer(page.html)) >= MIN_BUTTONS
