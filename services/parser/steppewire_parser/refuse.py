"""Says why a page is no article: a challenge, a listing, too little text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from steppewire.events import ArticleFetched
from steppewire_parser.about import About
from steppewire_parser.address import is_home
from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.nodes import strings, text_of
from steppewire_parser.structured import Structured
from steppewire_parser.text import squash
from steppewire_parser.writing import FEW_LETTERS, Writing

# A page with a real article behind a challenge script has more than this.
CHALLENGE_MAX_CHARS = 3_000
# Without a telling title, a mark counts only on a page that says next to nothing.
CHALLENGE_MARKED_MAX_CHARS = 400
# A body in which more than this share of the characters is links is a list of teasers.
LISTING_LINK_SHARE = 0.6
# Cards below or beside an article are common; they make a listing when the text is theirs.
MIN_TEASERS = 5
TEASER_MAX_CHARS = 800
LISTING_CARD_SHARE = 0.5
# What a page without any other sign of an article must have.
RUNNING_CHARS = 1_000
PARAGRAPH_CHARS = 150

_CHALLENGE_TITLES = """
just a moment|attention required|ddos-guard|checking your browser|please wait|access denied
are you a robot|verify you are human|security check|captcha|403 forbidden|robot check
один момент|проверка браузера|подождите|доступ ограничен
"""
_CHALLENGE_MARKS = """
cf-browser-verification|cf-challenge|challenge-platform|_cf_chl_opt|challenge-form
ddos-guard|g-recaptcha|h-?captcha|smartcaptcha|incapsula|px-captcha
"""


def _any(lines: str) -> str:
    return f"(?:{'|'.join(lines.strip().splitlines())})"


_CHALLENGE_TITLE = re.compile(f"^{_any(_CHALLENGE_TITLES)}", re.IGNORECASE)
_CHALLENGE_MARK = re.compile(_any(_CHALLENGE_MARKS), re.IGNORECASE)


def why_challenge(document: Document) -> str | None:
    """Say which challenge a page is, instead of the article; None when it is a page."""
    text = document.title
    if document.visible > CHALLENGE_MAX_CHARS:
        return None
    if _CHALLENGE_TITLE.search(text):
        return f"challenge page: {text[:60]}"
    mark = _CHALLENGE_MARK.search(document.html)
    few = document.visible < CHALLENGE_MARKED_MAX_CHARS
    return f"challenge page: {mark[0]}" if mark and few else None


def why_no_article(
    about: About, writing: Writing, said: Structured, page: Document, event: ArticleFetched
) -> str | None:
    """Say why a page is no article; None when it is one."""
    ruled = writing.method == "rules"
    if not about.title:
        return "no title"
    if not writing.letters:
        return "no text"
    if writing.letters < FEW_LETTERS and not (ruled or said.is_article):
        return f"only {writing.letters} letters of text"
    if ruled:
        return None
    known = bool(event.rules.body)
    return why_listing(writing.blocks, said, event.fetch.final_url, page) or (
        None if known else why_doubtful(about, writing, said)
    )


def why_doubtful(about: About, writing: Writing, said: Structured) -> str | None:
    """Say what is missing on a page of a site without rules; None when something speaks for it.

    A mark, a date, an author, or a good stretch of running text: shops and services have none of
    them. On development pages this raises the refused from 31 to 73 of 150 that are no articles,
    and costs 2-3 % of blog posts and guides (no date that we can read), but none of 252 news pages.
    """
    if said.is_article:
        return None
    if said.other_kind:
        return f"it calls itself {said.other_kind}"
    dated = about.published.at is not None and "date-far" not in about.published.facts
    if dated or writing.authors or running_text(writing) >= RUNNING_CHARS:
        return None
    return "nothing says that it is one: no mark, no date, no author, little running text"


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
        return "the home page"
    if structured.is_article:
        return None
    if structured.is_listing:
        return "a listing: its structured data is a list"
    size = sum(len(block.text) for block in blocks)
    linked = sum(len(block.text) * block.linked for block in blocks)
    if linked > LISTING_LINK_SHARE * size:
        return "a listing: most of its text is links"
    cards = teasers(page)
    shown = {squash(text) for card in cards for text in strings(card)}
    carded = sum(len(block.text) for block in blocks if squash(block.text) in shown)
    if len(cards) >= MIN_TEASERS and carded > LISTING_CARD_SHARE * size:
        return f"a listing of {len(cards)} teasers"
    return None


def teasers(page: Document) -> list[LexborNode]:
    """Return the cards that lead to other articles: short article elements with a link."""
    cards = (tag for tag in page.named("article") if tag.css_first("a"))
    return [tag for tag in cards if len(text_of(tag, "")) <= TEASER_MAX_CHARS]
