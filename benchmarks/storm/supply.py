"""The supply: numbers of messages still to be sent, drawn from by storms side by side.

A storm whose database is away draws less meanwhile, and the others more, so that all end together.
"""

from __future__ import annotations

import fcntl
from pathlib import Path


class Supply:
    """A file with the next number, shared by processes; each number is drawn once."""

    def __init__(self, path: Path, total: int) -> None:
        self.path, self.total = path, total
        self.path.touch()

    def draw(self, most: int) -> range:
        """Take up to `most` numbers; an empty range when there are none left."""
        with self.path.open("r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            start = int(file.read() or 0)
            stop = min(start + most, self.total)
            file.seek(0)
            file.write(str(stop))
            file.truncate()
            return range(start, stop)

    @property
    def drawn(self) -> int:
        """How many were drawn so far."""
        return int(self.path.read_text("ascii") or 0)
