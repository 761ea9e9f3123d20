"""Two numbers of sharpness, a bias for each class, and when to look twice: on development texts."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from steppewire_enricher import scripts
from steppewire_enricher.langid import Floats, Scores, Table
from steppewire_enricher.train.langid_tables import CLASSES


def is_for_settings(text: str) -> bool:
    """Say whether a development text is for settings; the others are only measured."""
    return zlib.crc32(text.lower().encode()) % 2 == 0


FITTED_ON = ("word", "pair", "w4", "w8", "headline", "sent", "variant", "variant-headline")
"""With those of rare alphabets: without text of its own, a class has only a bias against it."""
STEPS = 400
HELD_TO_NOTHING = 0.01
"""Pull of every bias to none."""


def fitted(table: Table, rows: Sequence[dict[str, str]]) -> Table:
    """Fit sharpness and bias by likelihood, and the readiness to refuse, on development rows."""
    known = [r for r in rows if r["cls"] in CLASSES and r["unit"] in FITTED_ON]
    known += _typed_plainly(known)
    scores = table.scores([r["text"] for r in known])
    truth = np.array([CLASSES.index(r["cls"]) for r in known])
    weight = np.array([1.0 if r["unit"] == "word" else 0.5 for r in known])
    sharpness, bias = _sharpness_and_bias(scores, truth, weight / weight.sum())
    return replace(table, sharpness=sharpness, bias=bias, usual=_usual(table, rows))


def _typed_plainly(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    dice = random.Random(3)  # noqa: S311  repeatable, not secret
    return [
        r | {"text": scripts.typed_plainly(r["text"], r["cls"], dice)}
        for r in rows
        if r["cls"] in scripts.PLAINLY_TYPED and r["unit"] in ("w8", "headline")
    ]


MOST_REACH = 0.5
"""Quantile of a class's own texts that is usual; what is below costs a second look, no more."""


def _usual(table: Table, rows: Sequence[dict[str, str]]) -> Floats:
    """Return for each class the score of a gram that half of the texts of its own reach."""
    units = (*FITTED_ON, "apos", "para")
    own = [r for r in rows if r["cls"] in CLASSES and r["unit"] in units]
    scores = table.scores([r["text"] for r in own])
    truth = np.array([CLASSES.index(r["cls"]) for r in own])
    fit = scores.ours[np.arange(len(own)), truth] / np.maximum(scores.grams, 1)
    # a class without development text always has the second look
    return np.array(
        [
            np.quantile(fit[truth == c], MOST_REACH) if (truth == c).any() else np.inf
            for c in range(len(CLASSES))
        ],
        dtype=np.float32,
    )


def _sharpness_and_bias(
    scores: Scores, truth: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]
) -> tuple[tuple[float, float], Floats]:
    """Go down the slope of the log-loss, with momentum."""
    n = np.maximum(scores.grams, 1).astype(np.float64)
    log_a, b, bias = 0.0, 0.5, np.zeros(scores.ours.shape[1])
    push_a, push_b, push = 0.0, 0.0, np.zeros_like(bias)
    for _ in range(STEPS):
        sharp = (np.exp(log_a) * n**-b)[:, None] * scores.ours
        logits = sharp + bias
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        likely[np.arange(len(truth)), truth] -= 1
        likely *= weight[:, None]
        slope = (likely * sharp).sum(axis=1)
        push_a = 0.9 * push_a + slope.sum()
        push_b = 0.9 * push_b - (slope * np.log(n)).sum()
        push = 0.9 * push + likely.sum(axis=0) + HELD_TO_NOTHING / len(bias) * bias
        log_a, b, bias = log_a - 0.05 * push_a, b - 0.02 * push_b, bias - 0.3 * push
    return (round(float(np.exp(log_a)), 3), round(float(b), 3)), bias.round(2).astype(np.float32)
