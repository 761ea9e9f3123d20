"""Times as people type them in a command: `2026-11-20`, `2026-11-20T09:30+05:00`, `36h`, `2d`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from steppewire.errors import NotFound

_AGO = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HELP = "give a date (2026-11-20, or 2026-11-20T09:30+05:00; without an offset UTC) or 2d, 36h"


def read_moment(text: str, now: datetime) -> datetime:
    """Return the moment that a person means; `2d` is two days ago. Raises NotFound."""
    try:
        if ago := _AGO.fullmatch(text.strip().lower()):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound(f"{text[:60]!r} is no time: {_HELP}") from None


def read_window(
    since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return from when until when. Raises NotFound for no time, and for a window without any."""
    start = read_moment(since, now) if since is not None else None
    end = read_moment(until, now) if until is not None else None
    if start is not None and start >= (end or now):
        what = f"--until {until}" if until is not None else "now"
        raise NotFound(f"--since {since} is not before {what}: nothing was fetched then")
    return start, end
