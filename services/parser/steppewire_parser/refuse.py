"""Says why a page that was read is no article: a listing, too little text, no sign of one."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from steppewire.events import ArticleFetched
from steppewire_parser.about import About
from steppewire_parser.address import is_home
from steppewire_parser.document import Document
from steppewire_parser.extract.likeness import UNLIKELY
from steppewire_parser.kinds import other_kind, sells
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
# What a page without any other sign of an article must have, unless it reads like one.
RUNNING_CHARS = 1_000
PARAGRAPH_CHARS = 150
# A site that is one page: its first page is a text, and likelier an article than not.
LIKELY_ALONE = 0.5
# So little is an article where somebody signed or dated it: news in a line or two, under a video.
FEWEST_LETTERS = 100
# A letter of Chinese or Japanese says as much as three of an alphabet.
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
WIDE_LETTERS = 3


def why_no_article(
    about: About, writing: Writing, said: Structured, page: Document, event: ArticleFetched
) -> str | None:
    """Say why a page is no article; None when it is one."""
    ruled = writing.method == "rules"
    if not about.title:
        return "no-title: neither the page nor its feed has one"
    if not writing.letters:
        return why_empty(page)
    if not (ruled or said.is_article or is_enough(writing, about)):
        return f"too-short: {writing.letters} letters of text"
    if ruled:
        return None
    known = bool(event.rules.body)
    return why_listing(writing, said, event.fetch.final_url, page) or (
        None if known else why_doubtful(about, writing, said, page)
    )


def is_enough(writing: Writing, about: About) -> bool:
    """Tell whether there is text enough for an article."""
    text = "".join(block.text for block in writing.blocks)
    told = writing.letters + told_in(text) - len(text)
    return told >= (FEWEST_LETTERS if is_signed(writing, about) else FEW_LETTERS)


def is_signed(writing: Writing, about: About) -> bool:
    """Tell whether somebody signed or dated the text."""
    dated = about.published.at is not None and "date-far" not in about.published.facts
    return dated or bool(writing.authors)


def why_empty(page: Document) -> str:
    """Say why a page has no text of an article."""
    linked = sum(len(text_of(tag).strip()) for tag in page.named("a"))
    if linked > LISTING_LINK_SHARE * max(1, page.visible):
        return "links: most of its text is links"
    return "no-text: nothing to read was found"


def why_doubtful(about: About, writing: Writing, said: Structured, page: Document) -> str | None:
    """Say why a page of a site without rules is rather something else; None where it may be one.

    A page that calls itself something else is believed. For want of a mark, a date, an author and
    a good stretch of running text alone nothing is refused: old pages and those of offices have
    none of them. It must be for sale besides, or read as no article does.
    """
    if said.is_article:
        return None
    if kind := other_kind(page, said):
        return f"other-kind: it calls itself {kind}"
    if is_signed(writing, about) or running_text(writing) >= RUNNING_CHARS:
        return None
    if sells(page):
        return "other-kind: something for sale, no date, no author, little running text"
    if writing.likeness is None or writing.likeness >= UNLIKELY:
        return None
    return "no-sign: no mark, no date, no author, little running text, and not written like one"


def running_text(writing: Writing) -> int:
    """Return how much is told in real paragraphs, in characters of an alphabet.

    Lists, teasers and one-liners do not count.
    """
    told = (
        told_in(block.text)
        for block in writing.blocks
        if block.kind not in ("list-item", "subhead") and block.linked < LISTING_LINK_SHARE
    )
    return sum(size for size in told if size >= PARAGRAPH_CHARS)


def told_in(text: str) -> int:
    """Return how many characters of an alphabet say as much as a text does."""
    if text.isascii():
        return len(text)
    return len(text) + (WIDE_LETTERS - 1) * len(_WIDE.findall(text))


def why_listing(writing: Writing, structured: Structured, url: str, page: Document) -> str | None:
    """Say why a page that no rule describes is a listing; None when it looks like an article."""
    if is_home(url) and not is_one_text(writing, page):
        return "home: the first page of a site"
    if structured.is_article:
        return None
    if structured.is_listing:
        return "listing: its structured data is a list"
    blocks = writing.blocks
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


def is_one_text(writing: Writing, page: Document) -> bool:
    """Tell whether the first page of a site is one text, instead of leading to many."""
    likely = writing.likeness is not None and writing.likeness >= LIKELY_ALONE
    alone = len(page.named("article")) <= 1 and len(page.named("h1")) <= 1
    return likely and alone and running_text(writing) >= RUNNING_CHARS


def teasers(page: Document) -> list[LexborNode]:
    """Return the cards that lead to other articles: short article elements with a link."""
    cards = (tag for tag in page.named("article") if tag.css_first("a"))
    return [tag for tag in cards if len(text_of(tag, "")) <= TEASER_MAX_CHARS]
