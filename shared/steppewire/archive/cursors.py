"""Cursors: where the next page of results begins, as an opaque word in a link."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = re.compile(r"1:(-?\d{1,18}):(\d{1,18})")


@dataclass(frozen=True)
class Position:
    """The last article of a page; the next page begins after it, whatever has arrived since."""

    sort_at: datetime
    id: int


def encode(position: Position) -> str:
    """Return the cursor of a position. URL-safe."""
    micros = (position.sort_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"1:{micros}:{position.id}".encode()).decode().rstrip("=")


def decode(cursor: str) -> Position:
    """Read a cursor. Raises ValueError when it is none of ours."""
    try:
        plain = base64.b64decode(cursor[:100] + "=" * (-len(cursor[:100]) % 4), b"-_", True)
        match = _PLAIN.fullmatch(plain.decode("ascii"))
        if match is not None:
            return Position(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
    except (ValueError, OverflowError, binascii.Error):
        pass
    raise ValueError(f"bad cursor {cursor[:60]!r}: use the `next` of a page, unchanged") from None
