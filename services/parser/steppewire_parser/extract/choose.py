"""Decides which blocks are the article, from their scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppewire_parser.extract import marks
from steppewire_parser.extract.features import Floats, Page

_APART = sum(marks.PLACE[name] for name in ("aside", "nav", "footer", "figcaption"))
# However unsure a page is, a block below the first is no article and one above the second is.
SURELY_NOT, SURELY = 0.25, 0.6
# On a page without a likely block the likeliest ones are better than nothing; not below this.
NOTHING = 0.05


def chosen(page: Page, score: Floats) -> NDArray[np.bool_]:
    """Return which blocks to keep: those above the threshold that suits the page.

    What stands apart by its tag is left out, unless nearly all of the text does (some sites put
    the whole article into such an element).
    """
    keep = np.asarray(score >= threshold(score, page.size))
    apart = keep & ((page.places & _APART) > 0)
    if page.solid[apart].sum() > page.solid[keep].sum() / 2:
        return keep
    return keep & ~apart


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
