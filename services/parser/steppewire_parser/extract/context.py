"""What the first scores of a page's blocks say about each of them: the second look."""

from __future__ import annotations

import numpy as np

from steppewire_parser.extract.features import (
    Array,
    Floats,
    Page,
    columns,
    log,
    outward,
    prefix,
    shifted,
    within,
)

_LIKELY = 0.6
_LEVELS = 5


def context(page: Page, score: Floats) -> Floats:
    """Return one row a block: scores of neighbours, containers and places of the same shape."""
    groups = (_near(page, score), _containers(page, score), _run(page, score), _shape(page, score))
    return np.concatenate(groups, dtype=np.float32).T


def _near(page: Page, score: Floats) -> Array:
    found = [score, *(shifted(score, step) for step in (-3, -2, -1, 1, 2, 3))]
    sums, index, rows = prefix(score), page.index, page.rows
    for width in (5, 12):
        found.append((sums[index] - sums[np.maximum(index - width, 0)]) / width)
        found.append((sums[np.minimum(index + 1 + width, rows)] - sums[index + 1]) / width)
    return columns(page, *found)


def _containers(page: Page, score: Floats) -> Array:
    levels = outward(page, _LEVELS)
    low, high = page.first[levels], page.last[levels]
    good = within(prefix(score * page.size), low, high)
    size = within(prefix(page.size), low, high)
    many = within(prefix(score), low, high)
    total = max(float((score * page.size).sum()), 1.0)
    return np.concatenate(
        (good / np.maximum(size, 1), good / total, many / np.maximum(high - low, 1))
    )


def _run(page: Page, score: Floats) -> Array:
    """Say how far the likely blocks are, and how much of the text is before and after."""
    index, good = page.index, prefix(score * page.size)
    total = max(float(good[-1]), 1.0)
    likely = score > _LIKELY
    rows = np.flatnonzero(likely)
    low, high = (int(rows[0]), int(rows[-1])) if rows.size else (0, page.rows - 1)
    before = np.maximum.accumulate(np.where(likely, index, -1))
    after = np.minimum.accumulate(np.where(likely, index, page.rows + 50)[::-1])[::-1]
    return columns(
        page,
        good[:-1] / total,
        1 - good[1:] / total,
        log(np.maximum(low - index, 0)),
        log(np.maximum(index - high, 0)),
        log(index - before),
        log(after - index),
        score.max(),
        total / max(float(page.size.sum()), 1.0),
    )


def _shape(page: Page, score: Floats) -> Array:
    shape = page.shape
    found: list[Array] = []
    for ids in (shape[page.holder], shape[page.home], page.home):
        good = np.bincount(ids, score * page.size)[ids]
        found.append(good / np.bincount(ids, page.size)[ids])
    return columns(page, *found)
