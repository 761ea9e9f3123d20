"""The end of the log, read once and kept for all listeners."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter

from steppewire.archive.matching import Content, Wish
from steppewire.archive.promise import Logged, Record
from steppewire_api.moments import Arrival

Describe = Callable[[Record], str]
"""Turns a record into the JSON that listeners get."""


class Item:
    """An entry of the log, with what was found out about it for any listener."""

    def __init__(self, entry: Logged, describe: Describe) -> None:
        self.seq = entry.seq
        self.content = Content(entry.record)
        self._describe = describe
        self._wanted: dict[Wish, bool] = {}

    @cached_property
    def arrival(self) -> Arrival:
        """What listeners get; written once, when the first one wants it."""
        return Arrival(self.seq, self._describe(self.content.record))

    def is_wanted(self, wish: Wish) -> bool:
        """Tell whether it is asked for; equal queries share one answer."""
        found = self._wanted.get(wish)
        if found is None:
            found = self._wanted[wish] = wish.met_by(self.content)
        return found


class Recent:
    """The last entries of the log, without a hole between `floor` and `end`."""

    def __init__(self, keep: int, floor: int) -> None:
        self._keep = keep
        self._items: list[Item] = []
        self.floor = self.end = floor

    def add(self, items: Sequence[Item]) -> None:
        """Add what follows `end`; the oldest go."""
        self._items += items
        self.end = items[-1].seq
        if (surplus := len(self._items) - self._keep) > 0:
            self.floor = self._items[surplus - 1].seq
            del self._items[:surplus]

    def after(self, seq: int) -> list[Item] | None:
        """Return what follows a number; None when that is not here any more."""
        if not self.floor <= seq <= self.end:
            return None
        return self._items[bisect_right(self._items, seq, key=attrgetter("seq")) :]
