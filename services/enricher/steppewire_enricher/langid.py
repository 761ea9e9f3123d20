"""The language table: naive Bayes over hashed n-grams of letters inside words, and whole words.

A text's score in a language is the sum of the table's cells of its n-grams (Cavnar & Trenkle 1994
for the idea, `models/README.md` for data and scores). Each script has rows of its own, because
languages in one never have n-grams of another. A row is one number of 64 bits with a cell of four
bits for each language of the script. A second, coarser table holds the languages that are not
ours, so that a text of theirs is refused. All texts of an article are read in one pass of a few
numpy operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import IO

import numpy as np
import numpy.typing as npt

from steppewire_enricher.langid_rows import CELLS, Cells, Rows, places, unpacked, unpacked_rows
from steppewire_enricher.ngrams import (
    AT_ONCE,
    COARSE_BITS,
    COARSE_ORDERS,
    NAMES_WEIGH,
    ORDERS,
    SCRIPTS,
    Flags,
    Ints,
    Words,
    coarse_grams,
    grams,
    words_of,
)
from steppewire_enricher.steady import steady

Floats = npt.NDArray[np.float32]

COARSE_WORDS = 24
MOST, COARSE_MOST = 15, 31
"""The largest cell: a byte holds the sum of the cells of all orders."""
LONGEST_WORD = 64
"""Letters: what is longer is no word, and has no say."""
FEW_WORDS = 2
"""In a text of so few words each counts twice as a whole: its letters repeat what it says."""
LEAST_PLAIN = 6
"""With fewer letters than this in small words, a text is a row of names, or all capitals."""
FEW_GRAMS = 80
AHEAD, SHORT_AHEAD = 0.25, -1.0
"""What another language is given ahead to have a text refused, in nats by root of the number of
n-grams: less than nothing where there are few, as in a headline."""
LEAST_OURS = 0.5
"""Share of a text's letters that must be Latin, Cyrillic or Arabic: else it is none of ours."""

_EVERY_OTHER = np.uint64(0x0F0F0F0F0F0F0F0F)


@dataclass(frozen=True)
class Scores:
    """What the tables say about some texts: one row each."""

    ours: Floats
    """Log-likelihood ratios, one column for each of our languages."""
    grams: Floats
    """How many n-grams each text has, names counted less."""
    foreign: Flags
    """Is most of the text in a script of no language of ours?"""
    names: Flags
    """Is there nothing but names?"""

    def of(self, some: slice) -> Scores:
        """Return the scores of some of the texts, as a view."""
        return Scores(self.ours[some], self.grams[some], self.foreign[some], self.names[some])

    def put(self, where: Ints, scores: Scores) -> None:
        """Take the scores of some texts that were read again."""
        self.ours[where], self.grams[where] = scores.ours, scores.grams
        self.foreign[where], self.names[where] = scores.foreign, scores.names


@dataclass(frozen=True)
class Table:
    """Two trained tables; a cell times its scale is a log-likelihood ratio in nats."""

    classes: tuple[str, ...]
    others: tuple[str, ...]
    fine: Rows
    fine_scale: float
    coarse: Cells
    coarse_scale: float
    sharpness: tuple[float, float]
    """(a, b): a text of n grams has log-odds `a * n**-b * score`: grams overlap, so that plain
    naive Bayes would be far too sure."""
    bias: Floats
    """Log-odds that each class has before a text is read: alphabets that are rare have less."""
    usual: Floats
    """For each class, the score of a gram that most texts of its own reach."""
    version: str

    def scores(self, texts: Sequence[str]) -> Scores:
        """Score texts, many at once."""
        parts = [self._scores(part) for part in _portions(texts)]
        if len(parts) == 1:
            return parts[0]
        return Scores(
            np.concatenate([p.ours for p in parts]),
            np.concatenate([p.grams for p in parts]),
            np.concatenate([p.foreign for p in parts]),
            np.concatenate([p.names for p in parts]),
        )

    def _scores(self, texts: Sequence[str]) -> Scores:
        words = words_of(texts)
        weights, names = word_weights(words, len(texts))
        rows = self.fine.take(grams(words))
        sums = _reduced(_cells(rows), words.starts)
        few = (np.bincount(words.text, minlength=len(texts)) <= FEW_WORDS).take(words.text)
        if few.any():
            sums[few] += _cells(rows[:1, words.starts[few]])
        many = (ORDERS * words.lengths - 2) * weights
        by_cell = _by_text(sums, weights * np.float32(self.fine_scale), words.text, len(texts))
        return Scores(
            ours=_by_class(by_cell, words, self.classes),
            grams=np.bincount(words.text, many, minlength=len(texts)).astype(np.float32),
            foreign=_mostly_foreign(words),
            names=names,
        )

    def probabilities(self, scores: Scores) -> Floats:
        """Turn scores into calibrated probabilities over our languages."""
        a, b = self.sharpness
        sharp = scores.ours * (a * np.maximum(scores.grams, 1)[:, None] ** -b) + self.bias
        sharp -= sharp.max(axis=1, keepdims=True)
        likely = np.exp(sharp)
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float32)

    def strange(self, texts: Sequence[str], scores: Scores, usually: Flags | None = None) -> Flags:
        """Say which texts are in none of our languages: another script, or another language.

        Only what fits its best class worse than usual is compared with the other languages;
        `usually` tells which texts need no second look whatever their fit.
        """
        strange = scores.foreign | (scores.grams == 0)
        asked = ~strange if usually is None else ~(strange | usually)
        if not asked.any():
            return np.asarray(strange)
        where = (asked & (self.fit(scores) < 1)).nonzero()[0]
        if len(where):
            parts = _portions([texts[i] for i in where.tolist()])
            strange[where] = np.concatenate([self._is_other(part) for part in parts])
        return np.asarray(strange)

    def fit(self, scores: Scores) -> Floats:
        """Return how well each text fits its best class; 1 is usual."""
        best = scores.ours.argmax(axis=1)
        score = scores.ours[np.arange(len(best)), best]
        return np.asarray(score / (np.maximum(scores.grams, 1) * self.usual[best]))

    def _is_other(self, texts: Sequence[str]) -> Flags:
        """Compare our languages with the others, on the first words of each text."""
        coarse, grams = self.coarse_scores(texts)
        n = len(self.classes)
        grams = np.maximum(grams, 1)
        ahead = np.where(grams < FEW_GRAMS, SHORT_AHEAD, AHEAD) * np.sqrt(grams)
        return np.asarray(coarse[:, n:].max(axis=1) + ahead > coarse[:, :n].max(axis=1))

    def coarse_scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Score the first words of texts in all languages, ours first, and count n-grams."""
        words = _first_words(words_of(texts))
        weights, _ = word_weights(words, len(texts))
        # five cells of at most `COARSE_MOST` fit a byte, those of a word of `LONGEST_WORD` two
        cells = self.coarse.take(coarse_grams(words), axis=0).sum(axis=0, dtype=np.uint8)
        sums = _reduced(cells, words.starts)
        columns = len(self.classes) + len(self.others)
        scaled = weights * np.float32(self.coarse_scale)
        many = (COARSE_ORDERS * words.lengths - 1) * weights
        counts = np.bincount(words.text, many, minlength=len(texts))
        of_text = _by_text(sums[:, :columns], scaled, words.text, len(texts))
        return of_text, counts.astype(np.float32)


def _by_class(by_cell: Floats, words: Words, classes: tuple[str, ...]) -> Floats:
    """Return the sums of each text by class; they are nothing in classes of other scripts."""
    cells, script = _cells_of(classes), words.only_script
    if script is not None:
        return np.asarray(by_cell.take(cells[script], axis=1))
    where = cells.take(words.script, axis=0) + np.arange(0, by_cell.size, CELLS)[:, None]
    return np.asarray(by_cell.take(where))


@lru_cache(maxsize=4)
def _cells_of(classes: tuple[str, ...]) -> Ints:
    """Return for each script where `_cells` puts each class: the last cell, if in another script.

    No class has the last cell: it is zero.
    """
    out = np.full((len(SCRIPTS), len(classes)), CELLS - 1)
    for number, (script, place) in enumerate(places(classes)):
        out[script, number] = place // 2 + place % 2 * (CELLS // 2)
    return out


def _cells(rows: Rows) -> Cells:
    """Return the sums of the cells of all orders: first the even ones of a row, then the odd.

    A byte holds each sum, so that eight are added at once, as one number of 64 bits.
    """
    out = np.empty((rows.shape[1], 2), dtype=np.uint64)
    np.add.reduce(rows & _EVERY_OTHER, axis=0, out=out[:, 0])
    np.add.reduce(rows >> np.uint64(4) & _EVERY_OTHER, axis=0, out=out[:, 1])
    return out.view(np.uint8)


def _mostly_foreign(words: Words) -> Flags:
    texts = len(words.foreign)
    if not words.foreign.any():
        return np.zeros(texts, dtype=bool)
    letters = np.bincount(words.text, words.lengths, minlength=texts)
    return np.asarray(words.foreign > (letters + words.foreign) * LEAST_OURS)


def _first_words(words: Words) -> Words:
    """Keep the first words of each text."""
    texts = len(words.foreign)
    first = np.searchsorted(words.text, np.arange(texts))
    kept = np.arange(len(words.text)) - first[words.text] < COARSE_WORDS
    lengths = words.lengths[kept]
    return Words(
        letters=words.letters[np.append(np.repeat(kept, words.lengths + 1), True)],
        starts=np.cumsum(lengths + 1) - lengths - 1,
        lengths=lengths,
        text=words.text[kept],
        capital=words.capital[kept],
        loud=words.loud[kept],
        foreign=words.foreign,
        script=words.script,
        only_script=words.only_script,
    )


def _portions(texts: Sequence[str]) -> list[list[str]]:
    """Gather texts to what is read at once; a text that is longer than that is cut."""
    portions: list[list[str]] = [[]]
    room = AT_ONCE
    for text in texts:
        cut = text[:AT_ONCE]
        if len(cut) + 1 > room and portions[-1]:
            portions.append([])
            room = AT_ONCE
        portions[-1].append(cut)
        room -= len(cut) + 1
    return portions


def word_weights(words: Words, texts: int) -> tuple[Floats, Flags]:
    """Return how much each word says, names little; and which texts are nothing but names.

    A text without enough small words is all names, unless it is WRITTEN LIKE THIS.
    """
    lengths = words.lengths
    weight = np.where(words.capital, np.float32(NAMES_WEIGH), np.float32(1))
    small = np.bincount(words.text, lengths * ~words.capital, minlength=texts)
    bare = small < LEAST_PLAIN
    if bare.any():
        loud = np.bincount(words.text, words.loud, minlength=texts) * 2
        shouted = bare & (loud >= np.bincount(words.text, minlength=texts))
        bare &= ~shouted
        weight[bare.take(words.text)] = NAMES_WEIGH
        weight[shouted.take(words.text)] = 1
    weight[lengths > LONGEST_WORD] = 0
    return weight, bare


def _reduced(sums: Cells, at: Ints) -> npt.NDArray[np.uint16]:
    """Sum the cells of each word. Four sums are added at once, as one number of 64 bits."""
    if not len(at):
        return np.zeros((0, sums.shape[1]), dtype=np.uint16)
    fours = sums.astype(np.uint16).view(np.uint64)
    return np.add.reduceat(fours, at, axis=0).view(np.uint16)


def _by_text(sums: npt.NDArray[np.uint16], weights: Floats, text: Ints, texts: int) -> Floats:
    out = np.zeros((texts, sums.shape[1]), dtype=np.float32)
    if len(text):
        begins = np.ones(len(text), dtype=bool)
        np.not_equal(text[1:], text[:-1], out=begins[1:])
        first = begins.nonzero()[0]
        out[text.take(first)] = np.add.reduceat(sums * weights[:, None], first, axis=0)
    return out


def load_table(file: IO[bytes]) -> Table:
    """Read a table from its file."""
    with np.load(file, allow_pickle=False) as stored:
        classes = tuple(str(name) for name in stored["classes"])
        others = tuple(str(name) for name in stored["others"])
        coarse = len(classes) + len(others)
        return Table(
            classes=classes,
            others=others,
            fine=unpacked_rows(stored["fine"], stored["fine_ends"], classes),
            fine_scale=float(stored["fine_scale"]),
            coarse=unpacked(stored["coarse"], stored["coarse_ends"], 1 << COARSE_BITS, coarse),
            coarse_scale=float(stored["coarse_scale"]),
            sharpness=(float(stored["sharpness"][0]), float(stored["sharpness"][1])),
            bias=stored["bias"],
            usual=stored["usual"],
            version=str(stored["version"]),
        )


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the shipped table, loaded once per process."""
    steady()
    with (files("steppewire_enricher") / "models" / "langid.npz").open("rb") as file:
        return load_table(file)
