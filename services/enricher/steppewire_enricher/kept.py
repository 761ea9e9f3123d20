"""Rows of numbers that are computed once for each word, and kept in one array."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Key = TypeVar("Key", bound=Hashable)

Keys = npt.NDArray[np.uint32]

AT_ONCE = 8
"""When there is no room, the eighth of the rows that nobody asked for the longest is forgotten."""


class Kept(Generic[Key]):
    """A row for each key. Where there is no room for more, what was not asked for the longest
    is forgotten: memory is bounded.

    Row 0 is of zeros: it is that of `nothing`, which is never computed. Not thread-safe.
    """

    def __init__(
        self, size: int, width: int, computed: Callable[[Sequence[Key]], Floats], nothing: Key
    ) -> None:
        self._size, self._width = size, width
        self._computed, self._nothing = computed, nothing
        self._begin(size)

    def _begin(self, size: int) -> None:
        # pages that were never written to take no memory
        self._rows = np.zeros((size, self._width), dtype=np.float32)
        self._at: dict[Key, int] = {self._nothing: 0}
        self._keys: list[Key] = [self._nothing] * size
        self._free = list(range(size - 1, 0, -1))
        self._asked = np.zeros(size, dtype=np.int64)
        """The number of the call that asked for each row last."""
        self._calls = 0

    def at(self, keys: Sequence[Key]) -> Ints:
        """Return the number of each key's row, which is valid until the next call."""
        if len(self._rows) > self._size:  # the text before was a very long one
            self._begin(self._size)
        self._calls += 1
        distinct = dict.fromkeys(keys)
        many = len(distinct) + (self._nothing not in distinct)
        if many > self._size:
            self._begin(many)
        new = [key for key in distinct if key not in self._at]
        if new:
            self._learn(new, distinct)
        at = np.fromiter(map(self._at.__getitem__, keys), dtype=np.int64, count=len(keys))
        self._asked[at] = self._calls
        return at

    def rows(self, at: Ints) -> Floats:
        """Return rows by their numbers, as a copy."""
        return self._rows.take(at, axis=0)

    def _learn(self, new: Sequence[Key], asked: Collection[Key]) -> None:
        if len(new) > len(self._free):
            self._forget(len(new) - len(self._free), asked)
        computed = self._computed(new)
        rows = self._free[-len(new) :]
        del self._free[-len(new) :]
        self._rows[rows] = computed
        for key, row in zip(new, rows, strict=True):
            self._at[key] = row
            self._keys[row] = key

    def _forget(self, least: int, asked: Collection[Key]) -> None:
        """Make room for so many rows or more; what is asked for now is kept."""
        now = {0, *(self._at[key] for key in asked if key in self._at)}
        kept = [*self._free, *now]
        self._asked[kept] = self._calls
        many = min(max(least, self._size // AT_ONCE), len(self._rows) - len(kept))
        oldest = self._asked.argpartition(many - 1)[:many].tolist()
        for row in oldest:
            del self._at[self._keys[row]]
        self._free += oldest


class Places:
    """Where keys stand in a sorted row of keys, which are checksums: as likely anywhere.

    The upper half of a key says nearly where: a few steps on are a quarter of the time of a search.
    """

    def __init__(self, keys: Keys) -> None:
        halves = np.arange((1 << 16) + 1, dtype=np.uint64) << np.uint64(16)
        starts = np.searchsorted(keys, halves)
        self._keys = np.append(keys, np.uint32(0xFFFF_FFFF))
        self._starts = starts.astype(np.int32)
        self._most = int(np.diff(starts).max())

    def at(self, keys: Keys) -> npt.NDArray[np.int32]:
        """Return one more than the place of each key; 0 for a key that is not there."""
        places = self._starts.take(keys >> np.uint32(16))
        for _ in range(self._most):
            places += self._keys.take(places) < keys
        return np.where(self._keys.take(places) == keys, places + 1, 0)
