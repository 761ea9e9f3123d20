"""A moment as people type it: a date, a time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from steppewire.errors import NotFound

_AGO = re.compile(r"(\d{1,6}) ?([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def moment(text: str, now: datetime) -> datetime:
    """Read `2026-11-22`, `2026-11-22T04:06` (UTC, unless it says otherwise) or `2h` (ago).

    Raises NotFound.
    """
    text = text.strip()
    if ago := _AGO.fullmatch(text.lower()):
        return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound(
            f"unknown time {text[:100]!r}; give 2026-11-22, 2026-11-22T04:06 (UTC), "
            "or how long ago: 90s, 30m, 2h, 7d"
        ) from None


def span(
    since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Read both ends of a span, either of which may be open. Raises NotFound."""
    begin = None if since is None else moment(since, now)
    end = None if until is None else moment(until, now)
    if begin is not None and end is not None and begin >= end:
        raise NotFound(f"there is no time between {since} and {until}: the second is not later")
    return begin, end
