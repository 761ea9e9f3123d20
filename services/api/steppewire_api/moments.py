"""What a listener of the live stream is told: an article, a gap, a sign of life, a trouble."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from steppewire_api.sse import written


@dataclass(frozen=True)
class Arrival:
    """An article was stored; `position` is where a listener resumes after it."""

    position: int
    data: str

    @cached_property
    def frame(self) -> bytes:
        """The event as it is sent: the same bytes to everybody."""
        return written("article", self.data, at=self.position)


@dataclass(frozen=True)
class Gap:
    """Something after `requested` is gone from the archive; it goes on at `resumes`."""

    position: int
    requested: str
    resumes: int


@dataclass(frozen=True)
class Beat:
    """Nothing happened for a while; the position may have moved past unwanted articles."""

    position: int | None


@dataclass(frozen=True)
class State:
    """Whether everything is there that brings news, and if not, what is missing."""

    connected: bool
    reason: str = ""


Moment = Arrival | Gap | Beat | State


def missing(position: int, first: int, last: int) -> Gap | None:
    """Tell what is gone after a position: deleted by age, or the whole log is another one."""
    if 0 < last < position:
        return Gap(0, str(position), first)
    if 0 < position < first - 1:
        return Gap(first - 1, str(position), first)
    return None
