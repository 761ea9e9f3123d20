"""Where a reader stands: the number of the last version in the archive's log that it has seen.

It travels as `Last-Event-ID` and as `after`: `48213`, and `0` for who has seen nothing yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
# Stream ids of Redis, one for each partition: what our events carried before there was a log.
_FORMER = re.compile(r"\d{1,20}-\d{1,20}(?:\.\d{1,20}-\d{1,20}){0,1023}", re.ASCII)


@dataclass(frozen=True)
class Start:
    """Where to go on: after a number, or from now on."""

    after: int | None = None
    asked: str = ""
    """What was asked for, when that is no place any more: whoever asked must hear of a gap."""
    since: datetime | None = None
    """Where there is no number: from what was stored since then."""


def start(text: str | None) -> Start:
    """Read where to resume. Raises ValueError when it is no place."""
    asked = (text or "").strip()
    if not asked:
        return Start()
    if _NUMBER.fullmatch(asked):
        return Start(int(asked))
    if _FORMER.fullmatch(asked):
        # "0-0" was the beginning and stays so; elsewhere nobody knows the number any more
        return Start(None, asked) if asked.strip("0-.") else Start(0)
    raise ValueError("no number of our log")
