"""For how long a document need not be asked for again, in the words of its server and of itself.

HTTP says it with Cache-Control, Expires and Age (RFC 9111); RSS with `ttl`, `skipHours`, `skipDays`
and the syndication module's `updatePeriod`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_HEAD = 65_536
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*(\d{1,7})\s*</ttl>", re.IGNORECASE)
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,4000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,1000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*(\w+)\s*</day>", re.IGNORECASE)
_PERIOD = re.compile(rb"<\w+:updatePeriod>\s*(\w+)\s*</", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<\w+:updateFrequency>\s*(\d{1,6})\s*</", re.IGNORECASE)
_PERIODS = {
    "hourly": 3600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = 7 * 24


@dataclass(frozen=True)
class Hints:
    """What a feed says about when to look at it."""

    every: float = 0.0
    """Seconds between two looks; 0: it does not say."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day (UTC) in which nothing is published."""
    skip_days: tuple[int, ...] = ()
    """Days of the week (UTC, Monday is 0)."""

    def wait(self, now: datetime, at_least: float) -> float:
        """Return the seconds until the first moment after `at_least` that the feed does not skip.

        A feed that skips every hour of the week skips none.
        """
        first = now.astimezone(UTC) + timedelta(seconds=max(at_least, self.every))
        moment = first
        for _ in range(_WEEK):
            if not self._skips(moment):
                return (moment - now).total_seconds()
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return (first - now).total_seconds()

    def _skips(self, moment: datetime) -> bool:
        # RSS 0.91 counts hours 1-24, RSS 2.0 0-23: midnight has both names
        hours = {hour % 24 for hour in self.skip_hours}
        return moment.hour in hours or moment.weekday() in self.skip_days


NO_HINTS = Hints()


def fresh_for(headers: Mapping[str, str], now: datetime) -> float:
    """Return for how many seconds from now an answer stays fresh; 0 when it does not say.

    We are a private cache: `s-maxage` is not for us, `no-store` and `no-cache` are.
    """
    directives = _directives(headers.get("cache-control", ""))
    if directives.keys() & {"no-store", "no-cache"} or "no-cache" in headers.get("pragma", ""):
        return 0.0
    age = _seconds(headers.get("age", "")) or 0.0
    lifetime = _seconds(directives.get("max-age", ""))
    if lifetime is None:
        lifetime = _until_expiry(headers, now)
    return max(0.0, lifetime - age)


def feed_hints(body: bytes) -> Hints:
    """Return what the channel of an RSS feed says; other documents say nothing."""
    head = body[:_HEAD]
    entry = _ENTRY.search(head)
    head = head[: entry.start()] if entry else head
    hours = (int(one) for one in _HOUR.findall(_inside(_SKIP_HOURS, head)))
    days = (
        one.decode("ascii", "replace").lower() for one in _DAY.findall(_inside(_SKIP_DAYS, head))
    )
    return Hints(
        every=max(_ttl(head), _update_period(head)),
        skip_hours=tuple(sorted({hour for hour in hours if hour <= 24})),
        skip_days=tuple(sorted({_DAYS.index(day) for day in days if day in _DAYS})),
    )


def _inside(pattern: re.Pattern[bytes], head: bytes) -> bytes:
    found = pattern.search(head)
    return found[1] if found else b""


def _ttl(head: bytes) -> float:
    found = _TTL.search(head)
    return 60.0 * int(found[1]) if found else 0.0


def _update_period(head: bytes) -> float:
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    seconds = _PERIODS.get(period[1].decode("ascii", "replace").lower(), 0.0) if period else 0.0
    return seconds / max(1, int(frequency[1]) if frequency else 1)


def _directives(value: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in value.lower().split(","))
    return {name.strip(): given.strip(' "') for name, _, given in pairs if name}


def _seconds(value: str) -> float | None:
    value = value.strip()
    return float(value[:10]) if value.isascii() and value.isdigit() else None


def _until_expiry(headers: Mapping[str, str], now: datetime) -> float:
    # against the server's own clock, which may be wrong, if it tells it
    expires = _date(headers.get("expires", ""))
    if expires is None:
        return 0.0
    return (expires - (_date(headers.get("date", "")) or now)).total_seconds()


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
