"""Strict spans: a name counts when start, end and type are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from steppewire_enricher.train.corpora import CharSpan

Score = dict[str, float]


def score(pairs: Iterable[tuple[Iterable[CharSpan], Iterable[CharSpan]]]) -> dict[str, Score]:
    """Return precision, recall and F1 by type, and of all together under `all`."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for told, found in ((set(a), set(b)) for a, b in pairs):
        for counter, some in ((right, told & found), (wrong, found - told), (missed, told - found)):
            counter.update(span[2] for span in some)
            counter["all"] += len(some)
    return {t: _score(right[t], wrong[t], missed[t]) for t in sorted({*right, *wrong, *missed})}


def _score(right: int, wrong: int, missed: int) -> Score:
    return {
        "f1": round(2 * right / max(1, 2 * right + wrong + missed), 4),
        "precision": round(right / max(1, right + wrong), 4),
        "recall": round(right / max(1, right + missed), 4),
        "n": right + missed,
    }
