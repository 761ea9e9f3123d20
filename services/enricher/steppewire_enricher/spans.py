"""Spans of words, and how they are read out of what each label is worth at each word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from steppewire.events import EntityType
from steppewire_enricher.kept import Floats

IMPOSSIBLE = -100.0
"""What a step is worth that no label takes."""


class Span(NamedTuple):
    """A name at `words[start:end]`."""

    start: int
    end: int
    type: EntityType


def spans(labels: Sequence[str]) -> list[Span]:
    """Read spans out of B-, I-, O labels; an I- without its B- begins a span."""
    out: list[Span] = []
    for i, label in enumerate(labels):
        if label == "O":
            continue
        prefix, _, name = label.partition("-")
        type_ = cast("EntityType", name)
        if prefix == "I" and out and out[-1].end == i and out[-1].type == type_:
            out[-1] = Span(out[-1].start, i + 1, type_)
        elif prefix in ("B", "I"):
            out.append(Span(i, i + 1, type_))
    return out


def viterbi(scores: Sequence[Floats], steps: Floats) -> list[list[int]]:
    """Return the best label path of each sentence (Viterbi 1967), all sentences at once."""
    if not scores:
        return []
    order = sorted(range(len(scores)), key=lambda i: -len(scores[i]))
    lengths = [len(scores[i]) for i in order]
    said = np.zeros((lengths[0], len(order), len(steps)), dtype=np.float32)
    for row, i in enumerate(order):
        said[: lengths[row], row] = scores[i]
    # the lengths fall: so many sentences have a word at each place
    alive = np.searchsorted(np.negative(lengths), -np.arange(lengths[0])).tolist()
    paths = _walk_back(_best(said, alive, steps), alive, steps).T.tolist()
    row_of = {i: row for row, i in enumerate(order)}
    return [paths[row_of[i]][: len(each)] for i, each in enumerate(scores)]


def _best(said: Floats, alive: Sequence[int], steps: Floats) -> Floats:
    """Return what the best path to every label is worth, at every word of every sentence."""
    best = said
    best[0] += _first(steps)
    # labels before, sentences, labels: the greatest of whole rows is found several at a time
    ways = np.empty((len(steps), *said.shape[1:]), dtype=np.float32)
    for at in range(1, len(said)):
        n = alive[at]
        np.add(best[at - 1, :n].T[:, :, None], steps[:, None, :], out=ways[:, :n])
        best[at, :n] += np.maximum.reduce(ways[:, :n], axis=0)
    return best


def _first(steps: Floats) -> Floats:
    """Return the scores of labels at a sentence's start, where no name is in its middle."""
    return np.where(steps[0] <= IMPOSSIBLE / 2, np.float32(IMPOSSIBLE), np.float32(0))


def _walk_back(best: Floats, alive: Sequence[int], steps: Floats) -> npt.NDArray[np.int64]:
    """Return the labels of the best paths, from the last words to the first: words, sentences."""
    out = np.zeros(best.shape[:2], dtype=np.int64)
    into = np.ascontiguousarray(steps.T)
    for at in range(len(best) - 1, -1, -1):
        goes_on = alive[at + 1] if at + 1 < len(best) else 0
        worth = best[at, : alive[at]].copy()
        worth[:goes_on] += into[out[at + 1, :goes_on]] if goes_on else 0
        out[at, : alive[at]] = worth.argmax(axis=1)
    return out
