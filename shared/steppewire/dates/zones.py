"""Zones and offsets: what a text says about them, and what a place's clocks showed on a day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# The widest offsets in use are -12 and +14.
_WIDEST = timedelta(hours=14)
_MINUS = str.maketrans("\u2212\u2013", "--")
# A bare "-12:30" is the end of a range, not an offset; "-0500" after a space is an offset.
_OFFSET = re.compile(
    r"\b(?:GMT|UTC)\s?(?P<named>[+\-])\s?(?P<h1>\d{1,2}):?(?P<m1>\d{2})?(?!\d)"
    r"|(?:^|[\s\d])(?P<plus>\+)(?P<h2>\d{2})(?::?(?P<m2>\d{2}))?(?!\d)"
    r"|\s(?P<minus>-)(?P<h3>\d{2})(?P<m3>\d{2})(?!\d)",
    re.IGNORECASE,
)
# MART (the Marquesas) is not here: it is March. Nor are IST and CST, which mean several zones.
_ABBREVIATED = {
    "MSK": 3, "МСК": 3, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "MDT": -6, "CDT": -5,
    "CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "ALMT": 6, "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
# "ET" is a word of other languages when it is not written in capitals.
_SEASONAL = {"ET": "America/New_York", "PT": "America/Los_Angeles"}
_ABBREVIATION = re.compile(rf"\b({'|'.join(_ABBREVIATED)})\b", re.IGNORECASE)
_SEASON = re.compile(rf"\d\s?(?:[ap]\.?m\.?)?\s(?P<zone>{'|'.join(_SEASONAL)})\b", re.IGNORECASE)
_UTC = re.compile(r"\b(?:GMT|UTC)\b(?!\s?[+\-])|\d\s?Z\b")


def zone_of(name: str) -> tzinfo | None:
    """Return an IANA zone, or None when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def said_zone(text: str) -> tzinfo | None:
    """Return the zone that a text names beside its time of day; None when it names none."""
    plain = text.translate(_MINUS)
    if match := _OFFSET.search(plain):
        sign, hours, minutes = (part for part in _groups(match))
        return fixed(sign, hours, minutes)
    if _UTC.search(plain):
        return UTC
    if match := _ABBREVIATION.search(plain):
        return timezone(timedelta(hours=_ABBREVIATED[match[1].upper()]))
    match = _SEASON.search(plain)
    return zone_of(_SEASONAL[match["zone"]]) if match and match["zone"] in _SEASONAL else None


def _groups(match: re.Match[str]) -> tuple[str, str, str]:
    kind = next(number for number in "123" if match[f"h{number}"])
    sign = match["named"] or match["plus"] or match["minus"]
    return sign, match[f"h{kind}"], match[f"m{kind}"] or "0"


def fixed(sign: str, hours: str, minutes: str) -> timezone | None:
    """Return an offset, or None when no clock has it."""
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta > _WIDEST:
        return None
    return timezone(-delta if sign == "-" else delta)


def moment_at(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment with the offset of that place on that day, fixed.

    No reader needs the zone then. Of an hour that a clock shows twice (Almaty, 23:00 to 24:00 on
    29 February 2024) it is the first.
    """
    local = datetime.combine(day, at, zone)
    offset = local.utcoffset()
    if zone is UTC or not offset:
        return local.replace(tzinfo=UTC)
    # before there were zones, places had seconds of their own
    minutes = round(offset / timedelta(minutes=1))
    return local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
