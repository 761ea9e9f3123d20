"""Reading the dates of feeds and sitemaps: RFC 822, ISO 8601 and W3C dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

_YEAR_MONTH = re.compile(r"^\d{4}(-\d{2})?$")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def zone(name: str) -> tzinfo:
    """Return the IANA zone, or UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def is_zone(name: str) -> bool:
    """Tell whether there is an IANA zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def read(text: str | None, local: tzinfo) -> datetime | None:
    """Return the moment with its offset; a date without one is in `local`. None when unreadable."""
    if not text or _YEAR_MONTH.match(text.strip()):
        return None
    moment = _iso(text.strip()) or _rfc822(text.strip())
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=local)
    try:
        return moment if moment.astimezone(UTC) >= _EARLIEST else None
    except (OverflowError, ValueError):
        return None


def mark(modified: str | None, local: tzinfo, now: datetime) -> str:
    """Return a last-change date as a mark that sorts by time: UTC, to the second; "" when unusable.

    One from the future is no mark: it would hide every later change.
    """
    moment = read(modified, local)
    if moment is None or moment > now + timedelta(days=1):
        return ""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
