"""Cursors: where the next page of results begins, as an opaque word in a link."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = re.compile(r"(?:2:(?P<score>\d{1,6})|1):(?P<micros>-?\d{1,18}):(?P<id>\d{1,18})")


@dataclass(frozen=True)
class Position:
    """The last article of a page; the next page begins after it, whatever has arrived since."""

    sort_at: datetime
    id: int
    score: int | None = None
    """Its relevance, where articles are ordered by that."""


def encode(position: Position) -> str:
    """Return the cursor of a position. URL-safe."""
    micros = (position.sort_at - _EPOCH) // timedelta(microseconds=1)
    order = "1" if position.score is None else f"2:{position.score}"
    plain = f"{order}:{micros}:{position.id}".encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def decode(cursor: str, *, scored: bool = False) -> Position:
    """Read a cursor. Raises ValueError when it is none of ours, or of another order."""
    try:
        plain = base64.b64decode(cursor[:100] + "=" * (-len(cursor[:100]) % 4), b"-_", True)
        match = _PLAIN.fullmatch(plain.decode("ascii"))
        if match is not None and (match["score"] is not None) == scored:
            at = _EPOCH + timedelta(microseconds=int(match["micros"]))
            return Position(at, int(match["id"]), int(match["score"]) if scored else None)
    except (ValueError, OverflowError, binascii.Error):
        pass
    raise ValueError(f"bad cursor {cursor[:60]!r}: use the `next` of a page, unchanged") from None
