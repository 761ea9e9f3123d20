"""What an answer means for a webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from steppewire.webhooks import State
from steppewire_notifier.send import retry_after
from steppewire_notifier.verdicts import Answer, after_failure, after_success, waits

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = 86_400.0


def failed(times: int, *, status: int = 500, patience: float = DAY) -> State:
    state = State()
    for n in range(times):
        state = after_failure(state, Answer(status), NOON + timedelta(seconds=n), patience)
    return state


@pytest.mark.parametrize(("times", "pause"), [(1, 5), (2, 10), (3, 20), (10, 2560), (40, 3600)])
def test_a_webhook_that_fails_is_left_alone_ever_longer(times: int, pause: float) -> None:
    last = NOON + timedelta(seconds=times - 1)

    assert waits(failed(times), last) == pause


def test_who_asks_for_a_pause_gets_it() -> None:
    state = after_failure(State(), Answer(429, retry_after=30), NOON, DAY)

    assert waits(state, NOON) == 30


def test_a_pause_of_a_year_is_not_believed() -> None:
    state = after_failure(State(), Answer(503, retry_after=3e7), NOON, DAY)

    assert waits(state, NOON) == DAY


def test_one_message_taken_and_it_is_well() -> None:
    state = after_success(failed(3), NOON)

    assert (state.failures, state.failing_since, state.last_delivered_at) == (0, None, NOON)
    assert state.last_failure == "answered 500", "what was wrong is still told"
    assert waits(state, NOON) == 0


def test_after_long_failure_it_is_disabled_and_says_why() -> None:
    state = after_failure(failed(5), Answer(0, "no answer in 15 s"), NOON + timedelta(days=2), DAY)

    assert state.disabled_at == NOON + timedelta(days=2)
    assert state.disabled_why == "it failed for 48 hours, 6 times; at last: no answer in 15 s"


def test_410_disables_at_once() -> None:
    assert "wants no more" in failed(1, status=410).disabled_why


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("120", 120),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2020 12:01:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 9_999_999_999),
    ],
)
def test_retry_after_is_read_in_both_spellings(text: str | None, seconds: float | None) -> None:
    assert seconds == retry_after(text, NOON)
