"""What kind of trouble an error is, and how patient delivery is with each kind: one table."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from steppewire.errors import ArchiveUnreachable, BlobMissing, Retry, Verdict


@dataclass(frozen=True)
class Kind:
    """A kind of trouble."""

    name: str
    examples: str
    delay: str
    """How long until it is tried again, in words."""
    until: str
    """How long it is tried, in words."""
    counted: bool = True
    """Whether it uses up an attempt; if not, it is tried for ever."""
    passes: bool = False
    """Whether it passes with time alone: it is tried for a while, however many attempts that is."""
    repeats: bool = False
    """Whether the same again means the same for ever."""


WAIT = Kind(
    "wait",
    "a host's turn in its pace; a database that is away",
    "as long as was asked for",
    "for ever: it is nobody's failure and uses up no attempt",
    counted=False,
)
HOUSE = Kind(
    "house",
    "our own broker refuses or is away, our own database, a disk that is full or read-only",
    "2.5 to 5 times `STEPPEWIRE_RETRY_BASE`, growing to a minute",
    "for ever: no fault of the message, and uses up no attempt",
    counted=False,
)
OUTSIDE = Kind(
    "outside",
    "a site that is down, slow, or says 429 or 503; a page that comes broken or empty; a blob "
    "that is not there",
    "as long as the site asks for (`Retry-After`, capped at six hours), else growing",
    "`STEPPEWIRE_OUTAGE` seconds at least, and `STEPPEWIRE_MAX_ATTEMPTS` attempts at least",
    passes=True,
)
MISTAKE = Kind(
    "mistake",
    "`TypeError`, `ValueError`, `KeyError` and the like: our code cannot cope with this message",
    "growing",
    "twice, when it says the same both times; else `STEPPEWIRE_MAX_ATTEMPTS` attempts",
    repeats=True,
)
FAULT = Kind(
    "fault",
    "anything else: the time limit, a child process that died, an error of a library",
    "growing",
    "`STEPPEWIRE_MAX_ATTEMPTS` attempts",
)
KINDS = (WAIT, HOUSE, OUTSIDE, MISTAKE, FAULT)

_DISK = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.ESTALE),
        *(errno.EMFILE, errno.ENFILE),
    }
)
"""What the operating system says of a disk that is full, read-only, broken or not ours, or when
there are no more handles."""
_BROKER = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)
_BROKER_SAYS = ("MISCONF", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "NOREPLICAS", "BUSY")
_MISTAKES = (TypeError, ValueError, LookupError, AttributeError, NameError, ArithmeticError)


def kind_of(error: BaseException) -> Kind:
    """Return what kind of trouble an error is."""
    match error:
        case Retry(counted=False):
            return WAIT
        case ArchiveUnreachable():
            return HOUSE
        case _ if _is_brokers(error):
            return HOUSE
        case OSError(errno=number) if number in _DISK:
            return HOUSE
        case Retry() | BlobMissing() | ConnectionError():
            return OUTSIDE
        case _ if isinstance(error, _MISTAKES):
            return MISTAKE
        case _:
            return FAULT


def reason_of(error: BaseException) -> str:
    """Return the slug under which an error is counted."""
    match error:
        case Retry():
            return error.reason
        case BlobMissing():
            return "blob-missing"
        case TimeoutError():
            return "time-limit"
        case ArchiveUnreachable():
            return "database-away"
        case _ if _is_brokers(error):
            return "broker-trouble"
        case _ if kind_of(error) is HOUSE:
            return "disk-trouble"
        case _:
            return f"fault-{type(error).__name__}"


def _is_brokers(error: BaseException) -> bool:
    """Tell trouble with the broker from a command that it takes for wrong, and always will."""
    if isinstance(error, _BROKER):
        return True
    return isinstance(error, ResponseError) and str(error).startswith(_BROKER_SAYS)


def told(error: BaseException) -> bytes:
    """Return in one line what an error says: the same line means the same error."""
    text = str(error) if isinstance(error, Verdict) else f"{reason_of(error)}: {error}"
    return text.encode("utf-8", "replace")[:500]
