"""When a document that lists articles is worth the next look; a pure decision of values."""

from __future__ import annotations

from datetime import datetime

from steppewire_fetcher.memory import Document
from steppewire_fetcher.rhythm import until_expected


def next_wait(
    document: Document, *, fresh: float, poll: float, slowest: float, now: datetime
) -> float:
    """Return the seconds until the next look at a document.

    Never sooner than `poll`, what the source declares. Later when the server says that its answer
    is `fresh` (seconds), when the feed says so, or when its own rhythm lets nothing be expected.
    Never later than `slowest`: a header of a year must not silence a source.
    """
    slowest = max(poll, slowest)
    rhythm = until_expected(document.times, now, slowest)
    return min(document.hints.wait(now, max(poll, fresh, rhythm)), slowest)
