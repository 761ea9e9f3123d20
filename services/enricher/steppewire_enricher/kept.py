"""Rows of numbers that are computed once for each word, and kept in one array."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Key = TypeVar("Key", bound=Hashable)


class Kept(Generic[Key]):
    """A row for each key. When there is no room for more, all are forgotten: memory is bounded.

    Row 0 is of zeros: it is that of `nothing`, which is never computed. Not thread-safe.
    """

    def __init__(
        self, size: int, width: int, computed: Callable[[Sequence[Key]], Floats], nothing: Key
    ) -> None:
        self._computed, self._nothing = computed, nothing
        # pages that were never written to take no memory
        self._rows = np.zeros((size, width), dtype=np.float32)
        self._at: dict[Key, int] = {nothing: 0}

    def at(self, keys: Sequence[Key]) -> Ints:
        """Return the number of each key's row, which is valid until the next call."""
        self._learn(keys)
        return np.fromiter(map(self._at.__getitem__, keys), dtype=np.int64, count=len(keys))

    def rows(self, at: Ints) -> Floats:
        """Return rows by their numbers, as a copy."""
        return self._rows.take(at, axis=0)

    def _learn(self, keys: Sequence[Key]) -> None:
        new = [key for key in dict.fromkeys(keys) if key not in self._at]
        if not new:
            return
        if len(self._at) + len(new) > len(self._rows):
            self._at = {self._nothing: 0}
            new = [key for key in dict.fromkeys(keys) if key != self._nothing]
            if len(new) >= len(self._rows):
                self._rows = np.zeros((len(new) + 1, self._rows.shape[1]), dtype=np.float32)
        first = len(self._at)
        self._rows[first : first + len(new)] = self._computed(new)
        self._at.update(zip(new, range(first, first + len(new)), strict=True))
