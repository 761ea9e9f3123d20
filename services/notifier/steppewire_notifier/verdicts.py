"""What an answer of a webhook means, and how long it is left alone after a failure: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from steppewire.webhooks import State

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
"""Seconds; doubles with each failure in a row."""
TRY = 10.0
"""Seconds that the others wait while one message tries a failing webhook, or until that one has
an answer; if its notifier dies, the next one tries."""
LONGEST_ASKED = 86_400.0
"""Seconds of Retry-After that are believed."""


@dataclass(frozen=True)
class Answer:
    """How a webhook answered; status 0: it did not, `why` says in which way."""

    status: int
    why: str = ""
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the message was taken."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether it wants nothing any more: Standard Webhooks ask to stop after 410."""
        return self.status == 410

    def __str__(self) -> str:
        return self.why or f"answered {self.status}"


def after_success(state: State, now: datetime) -> State:
    """Return how a webhook fares that took a message: well, whatever was."""
    return State(
        last_delivered_at=now,
        last_failure=state.last_failure,
        last_failed_at=state.last_failed_at,
    )


def after_failure(state: State, answer: Answer, now: datetime, patience: float) -> State:
    """Return how a webhook fares that did not: left alone for a while, and in the end for good."""
    since, failures = state.failing_since or now, state.failures + 1
    pause = answer.retry_after if answer.retry_after is not None else _pause(failures)
    state = state.model_copy(
        update={
            "failures": failures,
            "failing_since": since,
            "last_failure": str(answer)[:300],
            "last_failed_at": now,
            "next_at": now + timedelta(seconds=min(pause, LONGEST_ASKED)),
        }
    )
    if answer.gone:
        return disabled(state, now, "it answered 410: it wants no more messages")
    failing = (now - since).total_seconds()
    if failing >= patience:
        hours = f"{failing / 3600:.0f} hours"
        return disabled(state, now, f"it failed for {hours}, {failures} times; at last: {answer}")
    return state


def tried(state: State, now: datetime) -> State:
    """Return how a failing webhook fares while one message tries it."""
    return state.model_copy(update={"next_at": now + timedelta(seconds=TRY)})


def disabled(state: State, now: datetime, why: str) -> State:
    """Return how a webhook fares that we gave up on."""
    return state.model_copy(update={"disabled_at": now, "disabled_why": why[:500]})


def _pause(failures: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 30))


def waits(state: State, now: datetime) -> float:
    """Return the seconds until a failing webhook may be asked again; 0: now."""
    return max(0.0, (state.next_at - now).total_seconds()) if state.next_at else 0.0
