"""Where a reader stands in `articles.stored`: one Redis stream id for each partition.

Written as it travels in `Last-Event-ID`: `1763800000000-0`, or with several partitions
`1763800000000-0.1763800000007-2`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EntryId = tuple[int, int]
"""A Redis stream id: milliseconds and a sequence number."""

ORIGIN: EntryId = (0, 0)
_ID = re.compile(r"^(\d{1,19})-(\d{1,19})$")
_LARGEST = 2**64


def entry_id(text: str | bytes) -> EntryId:
    """Read a stream id such as `1763800000000-0`. Raises ValueError."""
    match = _ID.match(text.decode("ascii", "replace") if isinstance(text, bytes) else text)
    if match is None or int(match[1]) >= _LARGEST or int(match[2]) >= _LARGEST:
        raise ValueError("not a stream id: write milliseconds, a hyphen and a number")
    return int(match[1]), int(match[2])


def shown(entry: EntryId) -> str:
    """Write a stream id as Redis does."""
    return f"{entry[0]}-{entry[1]}"


@dataclass(frozen=True)
class Position:
    """The last entry that was read in each partition."""

    ids: tuple[EntryId, ...]

    @classmethod
    def parse(cls, text: str, partitions: int) -> Position:
        """Read a position; raise ValueError when it is none.

        A newswire that was given more partitions since then starts the new ones at their
        beginning, so that nothing is missed; ids of partitions that are gone are left out.
        """
        ids = [entry_id(part) for part in text.strip().split(".", 1024)]
        return cls((*ids, *[ORIGIN] * partitions)[:partitions])

    def at(self, partition: int, entry: EntryId) -> Position:
        """Return this position with one partition moved."""
        return Position((*self.ids[:partition], entry, *self.ids[partition + 1 :]))

    def is_behind(self, other: Position) -> bool:
        """Tell whether `other` has read an entry, in any partition, that this one has not."""
        return any(mine < theirs for mine, theirs in zip(self.ids, other.ids, strict=True))

    def __str__(self) -> str:
        return ".".join(shown(entry) for entry in self.ids)
