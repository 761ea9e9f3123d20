"""Says why a page that was read is no article: a listing, too little text, no sign of one."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from steppewire.events import ArticleFetched
from steppewire_parser.about import About
from steppewire_parser.address import is_home
from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.extract.likeness import LIKELY, UNLIKELY
from steppewire_parser.nodes import strings, text_of
from steppewire_parser.structured import Structured
from steppewire_parser.text import squash
from steppewire_parser.writing import FEW_LETTERS, Writing

# A body in which more than this share of the characters is links is a list of teasers.
LISTING_LINK_SHARE = 0.6
# Cards below or beside an article are common; they make a listing when the text is theirs.
MIN_TEASERS = 5
TEASER_MAX_CHARS = 800
LISTING_CARD_SHARE = 0.5
# What a page without any other sign of an article must have.
RUNNING_CHARS = 1_000
PARAGRAPH_CHARS = 150


def why_no_article(
    about: About, writing: Writing, said: Structured, page: Document, event: ArticleFetched
) -> str | None:
    """Say why a page is no article; None when it is one."""
    ruled = writing.method == "rules"
    if not about.title:
        return "no-title: neither the page nor its feed has one"
    if not writing.letters:
        return why_empty(page)
    if writing.letters < FEW_LETTERS and not (ruled or said.is_article):
        return f"too-short: {writing.letters} letters of text"
    if ruled:
        return None
    known = bool(event.rules.body)
    return why_listing(writing.blocks, said, event.fetch.final_url, page) or (
        None if known else why_doubtful(about, writing, said)
    )


def why_empty(page: Document) -> str:
    """Say why a page has no text of an article."""
    linked = sum(len(text_of(tag).strip()) for tag in page.named("a"))
    if linked > LISTING_LINK_SHARE * max(1, page.visible):
        return "links: most of its text is links"
    return "no-text: nothing to read was found"


def why_doubtful(about: About, writing: Writing, said: Structured) -> str | None:
    """Say what is missing on a page of a site without rules; None when something speaks for it.

    A mark, a date, an author, a good stretch of running text, or a text that looks like an
    article's: shops and services have none of them. A text that looks like anything but an
    article's outweighs all but the mark. The card of the model says what that costs.
    """
    if said.is_article:
        return None
    if said.other_kind:
        return f"other-kind: it calls itself {said.other_kind}"
    likeness = LIKELY if writing.likeness is None else writing.likeness
    if likeness < UNLIKELY:
        return "unlike: many pieces, and no running text of an article"
    dated = about.published.at is not None and "date-far" not in about.published.facts
    if dated or writing.authors or running_text(writing) >= RUNNING_CHARS or likeness >= LIKELY:
        return None
    return "no-sign: no mark, no date, no author, little running text"


def running_text(writing: Writing) -> int:
    """Return the number of characters in real paragraphs: no lists, no teasers, no one-liners."""
    return sum(
        len(block.text)
        for block in writing.blocks
        if block.kind not in ("list-item", "subhead")
        and block.linked < LISTING_LINK_SHARE
        and len(block.text) >= PARAGRAPH_CHARS
    )


def why_listing(
    blocks: Sequence[Block], structured: Structured, url: str, page: Document
) -> str | None:
    """Say why a page that no rule describes is a listing; None when it looks like an article."""
    if is_home(url):
        return "home: the first page of a site"
    if structured.is_article:
        return None
    if structured.is_listing:
        return "listing: its structured data is a list"
    size = sum(len(block.text) for block in blocks)
    linked = sum(len(block.text) * block.linked for block in blocks)
    if linked > LISTING_LINK_SHARE * size:
        return "links: most of its text is links"
    cards = teasers(page)
    shown = {squash(text) for card in cards for text in strings(card)}
    carded = sum(len(block.text) for block in blocks if squash(block.text) in shown)
    if len(cards) >= MIN_TEASERS and carded > LISTING_CARD_SHARE * size:
        return f"listing: {len(cards)} teasers"
    return None


def teasers(page: Document) -> list[LexborNode]:
    """Return the cards that lead to other articles: short article elements with a link."""
    cards = (tag for tag in page.named("article") if tag.css_first("a"))
    return [tag for tag in cards if len(text_of(tag, "")) <= TEASER_MAX_CHARS]
