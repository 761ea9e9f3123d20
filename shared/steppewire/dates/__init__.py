"""Dates as news sites write them, in our own tables: no guessing of languages, None when unsure."""

from steppewire.dates.lines import behind_date
from steppewire.dates.reading import Clock, Found, Moment, find, plausible, read_date
from steppewire.dates.words import month
from steppewire.dates.zones import moment_at, zone_of

__all__ = [
    "Clock", "Found", "Moment", "behind_date", "find", "moment_at", "month", "plausible",
    "read_date", "zone_of",
]  # fmt: skip
