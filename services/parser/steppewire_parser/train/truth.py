"""Which blocks of a page are its article, by the text that people say is the article."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
SHINGLE = 4
ROUNDS = 4

Shingles = Counter[tuple[str, ...]]


def words(text: str) -> list[str]:
    """Return the words of a text as bodies are compared by."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(tokens: Sequence[str]) -> Shingles:
    """Count all runs of four words; a shorter text is one run."""
    count = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(count))


def precision_recall(found: str, truth: str) -> tuple[float, float]:
    """Return which share of the found text is right, and which share of the right one is found."""
    ours, theirs = shingles(words(found)), shingles(words(truth))
    common = (ours & theirs).total()
    return common / max(1, ours.total()), common / max(1, theirs.total())


def kept_and_left(
    found: str, wanted: Sequence[str], unwanted: Sequence[str]
) -> tuple[float | None, float | None]:
    """Return which share of the wanted strings a text holds, and which of the unwanted it lacks.

    None where there are no such strings.
    """
    plain = _spaced(found)
    kept = [_spaced(string) in plain for string in wanted]
    left = [_spaced(string) not in plain for string in unwanted]
    return sum(kept) / len(kept) if kept else None, sum(left) / len(left) if left else None


def _spaced(text: str) -> str:
    """Return a text with one space between its words."""
    return " ".join(text.split())


class Alignment:
    """The choice of blocks that comes nearest to a truth, found by adding and removing blocks.

    The score is the F1 of shingles of the whole page, those across the borders of blocks included:
    so a short heading counts where it fits, and a teaser that repeats the text does not.
    """

    def __init__(self, texts: Sequence[str], truth: str) -> None:
        self.tokens = [words(text) for text in texts]
        self._truth = shingles(words(truth))
        self._goal = self._truth.total()
        known = set(words(truth))
        self._candidates = [
            i
            for i, tokens in enumerate(self.tokens)
            if tokens and sum(word in known for word in tokens) >= len(tokens) / 2
        ]
        self.chosen = [i for i in self._candidates if self._mostly_right(i)]
        self._have = shingles([w for i in self.chosen for w in self.tokens[i]])
        self._improve()

    @property
    def size(self) -> int:
        """Return the number of shingles of the truth."""
        return self._goal

    @property
    def f1(self) -> float:
        """Return the F1 of the choice."""
        return self._f1((self._have & self._truth).total(), self._have.total())

    def labels(self) -> NDArray[np.bool_]:
        """Return the choice, one value a block."""
        out = np.zeros(len(self.tokens), bool)
        out[self.chosen] = True
        return out

    def _f1(self, common: int, total: int) -> float:
        return 2 * common / max(1, total + self._goal)

    def _mostly_right(self, row: int) -> bool:
        tokens = self.tokens[row]
        own = shingles(tokens)
        return len(tokens) >= SHINGLE and (own & self._truth).total() > own.total() / 2

    def _improve(self) -> None:
        common, total = (self._have & self._truth).total(), self._have.total()
        for _ in range(ROUNDS):
            before = list(self.chosen)
            for row in self._candidates:
                place, change = self._toggle(row)
                more = total + change.total()
                right = common + self._gain(change)
                if self._f1(right, more) > self._f1(common, total) + 1e-9:
                    common, total = right, more
                    self._have.update(change)
                    self._take(row, place)
            if self.chosen == before:
                return

    def _take(self, row: int, place: int) -> None:
        if self._is_in(row, place):
            self.chosen.pop(place)
        else:
            self.chosen.insert(place, row)

    def _is_in(self, row: int, place: int) -> bool:
        return place < len(self.chosen) and self.chosen[place] == row

    def _toggle(self, row: int) -> tuple[int, Shingles]:
        """Return where a block belongs, and which shingles come and go when it is toggled."""
        place = bisect_left(self.chosen, row)
        there = self._is_in(row, place)
        left = self._before(place)
        right = self._after(place + there)
        change = Counter(_full(left + self.tokens[row] + right))
        change.subtract(_full(left + right))
        if there:
            change = Counter({key: -count for key, count in change.items()})
        return place, Counter({key: count for key, count in change.items() if count})

    def _gain(self, change: Shingles) -> int:
        have, truth = self._have, self._truth
        return sum(
            min(have[key] + count, truth[key]) - min(have[key], truth[key])
            for key, count in change.items()
        )

    def _before(self, place: int) -> list[str]:
        found: list[str] = []
        while place > 0 and len(found) < SHINGLE - 1:
            place -= 1
            found = self.tokens[self.chosen[place]][-(SHINGLE - 1 - len(found)) :] + found
        return found

    def _after(self, place: int) -> list[str]:
        found: list[str] = []
        while place < len(self.chosen) and len(found) < SHINGLE - 1:
            found += self.tokens[self.chosen[place]][: SHINGLE - 1 - len(found)]
            place += 1
        return found


def _full(tokens: Sequence[str]) -> Shingles:
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(len(tokens) - SHINGLE + 1))
