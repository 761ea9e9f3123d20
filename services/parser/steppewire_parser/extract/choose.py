"""Decides which blocks are the article, from their scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppewire_parser.extract import marks
from steppewire_parser.extract.features import Floats, Page
from steppewire_parser.extract.walk import tag_code

_APART = sum(marks.PLACE[name] for name in ("aside", "nav", "footer", "figcaption", "dialog"))
# What the class of a <blockquote> says where it is a post of another site: twitter-tweet,
# instagram-media, tiktok-embed.
_POSTED = marks.SHARED | marks.CAPTIONED
# Below a short text the legal notice of a footer is longer; a text this long stands without it.
FOOTLESS_CHARS = 200
# A paragraph as long as this is not written twice.
REPEATED_CHARS = 100
_LI, _QUOTED = tag_code("li"), tag_code("blockquote")
# So much of a paragraph is inside links when it is nothing but one; a shorter one may be a name.
ALL_LINK, POINTER_CHARS = 0.95, 30
# However unsure a page is, a block below the first is no article and one above the second is.
SURELY_NOT, SURELY = 0.25, 0.6
# On a page without a likely block the likeliest ones are better than nothing; not below this.
NOTHING = 0.05


def chosen(page: Page, score: Floats) -> NDArray[np.bool_]:
    """Return which blocks to keep: those above the threshold that suits the page.

    Left out is what stands apart by its tag, offers to subscribe or to register, posts of other
    sites, and paragraphs that are nothing but a link, which lead to another article; each unless it
    is most of the text (some sites put the whole article into such an element; of footers, nearly
    all). Of paragraphs that a page says twice, for wide screens and for narrow ones, the first is
    kept.
    """
    keep = np.asarray(score >= threshold(score, page.size))
    apart = (page.places & _APART) > 0
    pointers = (page.linked >= ALL_LINK * page.solid) & (page.size >= POINTER_CHARS) & ~page.heading
    pointers &= page.tag != _LI
    for left_out in (apart, (page.places & marks.OFFER) > 0, _posts(page), pointers):
        gone = keep & left_out
        if page.solid[gone].sum() <= page.solid[keep].sum() / 2:
            keep &= ~left_out
    foot = keep & ((page.places & marks.PLACE["footer"]) > 0)
    if page.solid[keep & ~foot].sum() >= FOOTLESS_CHARS:
        keep &= ~foot
    _without_repeated(page, keep)
    return keep


def _posts(page: Page) -> NDArray[np.bool_]:
    """Return which blocks are in posts of other sites; these are kept as links to them."""
    posts = np.zeros(page.rows, bool)
    for place in np.flatnonzero((page.codes == _QUOTED) & ((page.bits & _POSTED) > 0)).tolist():
        posts[page.first[place] : page.last[place]] = True
    return posts


def _without_repeated(page: Page, keep: NDArray[np.bool_]) -> None:
    """Leave out long paragraphs that were kept before, word by word."""
    said: set[str] = set()
    for row in np.flatnonzero(keep & (page.size >= REPEATED_CHARS)).tolist():
        text = page.flat.text[row]
        keep[row] = text not in said
        said.add(text)


def threshold(score: Floats, size: Floats) -> float:
    """Return the threshold under which the expected F1 of the page is highest.

    On a page where all is unsure, a fixed one would leave out most of the text.
    """
    order = np.argsort(-score, kind="stable")
    right = np.cumsum((score * size)[order])
    taken = np.cumsum(size[order])
    expected = 2 * right / (taken + right[-1] + 1)
    best = float(score[order[int(expected.argmax())]])
    lowest = max(min(SURELY_NOT, float(score.max()) / 2), NOTHING)
    return min(max(best, lowest), SURELY)
