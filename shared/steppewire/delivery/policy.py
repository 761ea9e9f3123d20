"""What happens to a message after its stage has run, as pure functions of values."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from steppewire.delivery.patience import kind_of, reason_of, told
from steppewire.errors import Reject, Retry, Skip, UnknownVersion, WireError
from steppewire.events import Event
from steppewire.wire import child_trace, encode

Outcome = Sequence[Event] | BaseException
"""What running a stage on one message gave: events, or whatever it raised."""
Action = Literal["done", "retry", "dead"]

_TRACEBACK_CHARS = 4000
_EVENT_FIELDS = (b"v", b"type", b"key", b"traceparent", b"ct", b"data")
_HOUSE_BASES = 5
"""The first wait for our own broker, database or disk, as a multiple of the first backoff."""
_HOUSE_CAP = 60.0
"""Seconds; so long may work stand still after our house is in order again."""
_MOST_FIELDS = 1000
"""Fields of an entry that are carried on; a Lua script cannot write many more than 3,900 at once,
and an event of ours has six."""


@dataclass(frozen=True)
class Limits:
    """When to try again, and when to stop trying."""

    max_attempts: int = 5
    """Failures that the stage reported."""
    max_deliveries: int = 10
    """Deliveries without any report: the worker died or hung each time."""
    backoff_base: float = 1.0
    """Seconds before the second attempt; doubles with each further one."""
    backoff_cap: float = 900.0
    """Seconds; the longest such wait."""
    outage: float = 3600.0
    """Seconds that trouble which passes by itself is ridden out, whatever the attempts."""
    retry_after_cap: float = 86_400.0
    """Longest wait (seconds) that a stage, or a site's Retry-After, may ask for."""


class Entry(NamedTuple):
    """One delivered stream entry."""

    id: bytes
    fields: Mapping[bytes, bytes]
    deliveries: int = 1

    @property
    def attempt(self) -> int:
        """Failures reported so far."""
        raw = self.fields.get(b"attempt", b"0")
        return int(raw) if raw.isdigit() and len(raw) < 10 else 0

    def age(self, now: datetime) -> float:
        """Seconds since its first failure; 0 before it."""
        raw = self.fields.get(b"first")
        if raw is None:
            return 0.0
        try:
            first = datetime.fromisoformat(raw.decode())
        except ValueError:  # not written by us
            return math.inf
        return (now - (first if first.tzinfo else first.replace(tzinfo=UTC))).total_seconds()

    @property
    def trace(self) -> str:
        """Its W3C traceparent, or an empty string."""
        return self.fields.get(b"traceparent", b"").decode("ascii", "replace")


class Settlement(NamedTuple):
    """How one entry ends: what the commit gate is asked to do."""

    id: bytes
    action: Action
    tally: str
    """`source|outcome|reason`: under what it is counted."""
    entries: tuple[Mapping[bytes, bytes], ...] = ()
    """Events to publish, the entry to redeliver, or the dead letter."""
    delay: float = 0.0
    """Seconds until redelivery."""


def backoff(attempt: int, limits: Limits, jitter: float) -> float:
    """Return the delay (s) after failure number `attempt` (1, 2, …): exponential, capped.

    `jitter` in [0, 1) spreads it over the upper half, so that what failed together does not come
    back together.
    """
    full: float = min(limits.backoff_cap, limits.backoff_base * 2.0 ** min(attempt - 1, 60))
    return full * (0.5 + jitter / 2)


def decide(
    entry: Entry, outcome: Outcome, *, origin: str, now: datetime, limits: Limits, jitter: float
) -> Settlement:
    """Return how an entry ends, given what running its stage gave."""
    if not isinstance(outcome, BaseException):  # nearly all: asked first, for it is the hot path
        own = child_trace(entry.trace)  # one for all: they come from the same piece of work
        fields = tuple([encode(event, own) for event in outcome])
        return Settlement(entry.id, "done", tally(origin, "done", ""), fields)
    match outcome:
        case Skip():
            return Settlement(entry.id, "done", tally(origin, "skip", outcome.reason))
        case Reject():
            return _bury(entry, outcome, "reject", outcome.reason, origin, now)
        case UnknownVersion():
            return _bury(entry, outcome, "reject", "unknown-version", origin, now)
        case WireError():
            return _bury(entry, outcome, "reject", "not-an-event", origin, now)
        case Retry(counted=False):
            delay = min(outcome.after or 0.0, limits.retry_after_cap)
            return _again(entry, outcome, outcome.reason, delay, entry.attempt, origin, now)
        case _:  # how patiently it is tried again is for its kind to say
            return _failed(entry, outcome, origin, now, limits, jitter)


def bury_crashed(entry: Entry, *, now: datetime) -> Settlement:
    """Return the end of an entry whose worker died too often to try it again."""
    error = RuntimeError(f"its worker died or hung {entry.deliveries - 1} times")
    return _bury(entry, error, "dead", "crashed", "?", now)


@lru_cache(maxsize=4096)
def tally(origin: str, outcome: str, reason: str) -> str:
    """Return the field under which an ended message is counted."""
    return f"{origin.replace('|', '/')}|{outcome}|{reason.replace('|', '/')}"


def exhausted(entry: Entry, error: BaseException, now: datetime, limits: Limits) -> bool:
    """Tell whether it is pointless to try an entry again after this failure."""
    kind = kind_of(error)
    if not kind.counted:
        return False
    if kind.repeats and entry.fields.get(b"reason") == told(error):
        return True
    if entry.attempt + 1 < limits.max_attempts:
        return False
    return not kind.passes or entry.age(now) >= limits.outage


def _failed(
    entry: Entry,
    error: BaseException,
    origin: str,
    now: datetime,
    limits: Limits,
    jitter: float,
) -> Settlement:
    reason = reason_of(error)
    if exhausted(entry, error, now, limits):
        return _bury(entry, error, "dead", reason, origin, now)
    if not kind_of(error).counted:
        # half of the time that it has lasted already: no site is asked for its page again and
        # again only because our disk stays full
        patience = max(limits.backoff_base * _HOUSE_BASES, entry.age(now) / 2)
        delay = min(patience, _HOUSE_CAP) * (0.5 + jitter / 2)
        return _again(entry, error, reason, delay, entry.attempt, origin, now)
    attempt = entry.attempt + 1
    asked = error.after if isinstance(error, Retry) else None
    delay = backoff(attempt, limits, jitter) if asked is None else asked
    return _again(entry, error, reason, min(delay, limits.retry_after_cap), attempt, origin, now)


def _again(
    entry: Entry,
    error: BaseException,
    reason: str,
    delay: float,
    attempt: int,
    origin: str,
    now: datetime,
) -> Settlement:
    fields = {
        **_carried(entry),
        b"attempt": str(attempt).encode(),
        b"first": entry.fields.get(b"first", now.isoformat().encode()),
        b"reason": told(error),
    }
    outcome = "wait" if attempt == entry.attempt else "retry"
    return Settlement(entry.id, "retry", tally(origin, outcome, reason), (fields,), delay)


def _bury(
    entry: Entry, error: BaseException, outcome: str, reason: str, origin: str, now: datetime
) -> Settlement:
    letter = {
        **_carried(entry),
        b"dead.reason": reason.encode("utf-8", "replace"),
        b"dead.detail": str(error).encode("utf-8", "replace")[:2000],
        b"dead.outcome": outcome.encode(),
        b"dead.source": origin.encode("utf-8", "replace"),
        b"dead.id": entry.id,
        b"dead.attempts": str(entry.attempt + 1).encode(),
        b"dead.deliveries": str(entry.deliveries).encode(),
        b"dead.first": entry.fields.get(b"first", now.isoformat().encode()),
        b"dead.last": now.isoformat().encode(),
        b"dead.traceback": _trace_text(error).encode("utf-8", "replace"),
    }
    return Settlement(entry.id, "dead", tally(origin, outcome, reason), (letter,))


def _carried(entry: Entry) -> dict[bytes, bytes]:
    """Return an entry's fields: all, or the event and the first others of a monstrous one."""
    ours = {name: entry.fields[name] for name in _EVENT_FIELDS if name in entry.fields}
    return ours | dict(islice(entry.fields.items(), _MOST_FIELDS))


def _trace_text(error: BaseException) -> str:
    whole = "".join(traceback.format_exception(error))
    if len(whole) <= _TRACEBACK_CHARS:
        return whole
    # the end says most; a line that would be cut in two is left out
    return "…\n" + whole[-_TRACEBACK_CHARS:].partition("\n")[2]
