"""Tells articles from other pages by what was read: running text in one place, or many pieces."""

from __future__ import annotations

import numpy as np

from steppewire_parser.extract import marks
from steppewire_parser.extract.choose import chosen
from steppewire_parser.extract.features import Array, Floats, Page, log
from steppewire_parser.extract.hints import Hints
from steppewire_parser.extract.model import model
from steppewire_parser.extract.reading import Reading
from steppewire_parser.extract.walk import tag_code

_BITS = np.arange(marks.BITS, dtype=np.int64)[:, None]

# Chosen on development pages, so that hardly an article is refused: see the model's card.
UNLIKELY = 0.025


def article_likeness(reading: Reading) -> float:
    """Return how likely a page is an article; below UNLIKELY it needs another sign."""
    row = portrait(reading.page, reading.score, reading.hints)
    return float(model().likeness.score(row)[0])


def portrait(page: Page, score: Floats, hints: Hints) -> Floats:
    """Return one row that describes a page as a whole and the text that was chosen from it."""
    keep = chosen(page, score)
    weight = np.where(keep, page.solid, 0).astype(np.float64)
    total = max(float(weight.sum()), 1.0)
    numbers = (
        *_amounts(page, keep, total),
        *_certainty(page, score, weight, total),
        *_spread(page, keep),
        *_makeup(page, weight / total),
        float(hints.kind == "article"),
        float(bool(hints.kind) and hints.kind not in ("article", "website")),
        np.log1p(len(hints.body)),
        np.log1p(len(hints.description)),
    )
    # what was left out weighs nothing
    places = ((page.places[keep] >> _BITS) & 1) @ (weight[keep] / total)
    return np.concatenate((numbers, places))[None, :].astype(np.float32)


def _amounts(page: Page, keep: Array, total: float) -> tuple[float, ...]:
    prose = keep & page.prose
    return (
        np.log1p(total),
        total / float(page.solid.sum()),
        np.log1p(prose.sum()),
        np.log1p(float(page.value[keep].sum())),
        float(page.value[keep].sum()) / total,
        float(page.value[prose].mean()) / 300 if prose.any() else 0.0,
        np.log1p(keep.sum()),
        np.log1p(page.rows),
        float(page.linked.sum() / page.solid.sum()),
    )


def _certainty(page: Page, score: Floats, weight: Array, total: float) -> tuple[float, ...]:
    expected = float((score * page.solid).sum())
    return (
        float(score.max()),
        float((score * weight).sum()) / total,
        2 * float((score * weight).sum()) / (total + expected + 1),
        _fifth(score[weight > 0]) if weight.any() else 0.0,
    )


def _fifth(values: Floats) -> float:
    """Return the value that a fifth of some are below, between two in proportion.

    numpy's own percentile takes longer than all the other features of a page.
    """
    place = (len(values) - 1) / 5
    low = int(place)
    one, other = np.sort(values)[[low, min(low + 1, len(values) - 1)]].tolist()
    return float(one + (other - one) * (place - low))


def _spread(page: Page, keep: Array) -> tuple[float, ...]:
    """Say over how many containers the prose is spread, and how often it is interrupted."""
    prose = np.flatnonzero(keep & page.prose)
    if not prose.size:
        return (0.0,) * 6
    homes = np.bincount(page.home[prose], page.value[prose])
    gaps = np.diff(prose)
    outside = np.cumsum(~keep)[prose]
    return (
        np.log1p(float((homes > 0).sum())),
        float((homes > 0).sum()) / prose.size,
        float(homes.max() / homes.sum()),
        np.log1p(float(gaps.max())) if gaps.size else 0.0,
        np.log1p(float(np.diff(outside).sum())) if gaps.size else 0.0,
        prose[0] / page.rows,
    )


def _makeup(page: Page, share: Array) -> tuple[float, ...]:
    """Say of what kinds of blocks and characters the chosen text is made."""
    headings = page.codes == tag_code("h1")
    articles = page.codes == tag_code("article")
    return (
        *(float(share[page.tag == tag_code(name)].sum()) for name in ("p", "li", "div", "td")),
        float(share[page.heading].sum()),
        float((share * page.linked / page.solid).sum()),
        *(
            float((share * page.chars.counts[kind] / page.solid).sum())
            for kind in ("upper", "digit", "symbol", "stop", "comma", "quote")
        ),
        float(log(headings.sum())),
        float(log(articles.sum())),
    )
