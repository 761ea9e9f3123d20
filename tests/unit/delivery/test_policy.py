"""What happens to a message, as a table of values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.delivery.policy import Entry, Limits, backoff, bury_crashed, decide
from steppewire.errors import BlobMissing, Reject, Retry, Skip, UnknownVersion, WireError
from steppewire.testing.service import discovered, fetched

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
LIMITS = Limits(max_attempts=3, backoff_base=1.0)


def settle(outcome, attempt: int = 0, **fields: bytes):
    raw = {b"attempt": str(attempt).encode(), b"data": b"{}"} | {
        name.encode(): value for name, value in fields.items()
    }
    entry = Entry(b"1-0", raw)
    return decide(entry, outcome, origin="site", now=NOW, limits=LIMITS, jitter=0.5)


@pytest.mark.parametrize(
    ("outcome", "attempt", "action", "tally"),
    [
        ((), 0, "done", "site|done|"),
        (Skip("gone"), 0, "done", "site|skip|gone"),
        (Reject("too-large"), 0, "dead", "site|reject|too-large"),
        (WireError("no"), 0, "dead", "site|reject|not-an-event"),
        (UnknownVersion("new"), 0, "dead", "site|reject|unknown-version"),
        (Retry("later"), 0, "retry", "site|retry|later"),
        (Retry("later"), 2, "dead", "site|dead|later"),
        (Retry("pace", counted=False, after=9), 2, "retry", "site|wait|pace"),
        (BlobMissing("none"), 0, "retry", "site|retry|blob-missing"),
        (TimeoutError(), 2, "dead", "site|dead|time-limit"),
        (ValueError("x"), 1, "retry", "site|retry|fault-ValueError"),
        (ValueError("x"), 2, "dead", "site|dead|fault-ValueError"),
    ],
)
def test_each_outcome_ends_in_its_way(outcome, attempt, action, tally):
    settlement = settle(outcome, attempt)

    assert (settlement.action, settlement.tally) == (action, tally)


def test_events_go_out_in_the_same_trace():
    trace = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"
    event = fetched(discovered(1))

    (fields,) = settle([event], traceparent=trace).entries

    assert fields[b"traceparent"].startswith(b"00-" + b"a" * 32)
    assert fields[b"traceparent"] != trace
    assert fields[b"key"] == event.key.encode()


def test_what_a_site_asks_for_wins_over_our_own_backoff_up_to_a_day():
    assert settle(Retry("rate-limited", after=42)).delay == 42
    assert settle(Retry("rate-limited", after=10**9)).delay == 86_400


def test_a_retry_remembers_when_it_first_failed():
    (first,) = settle(ValueError("x")).entries
    (second,) = settle(ValueError("y"), 1, first=b"2026-10-01").entries

    assert first[b"first"] == NOW.isoformat().encode()
    assert second[b"first"] == b"2026-10-01"
    assert second[b"attempt"] == b"2"


def test_a_dead_letter_tells_who_when_what_and_where():
    (letter,) = settle(ValueError("the cause"), 2).entries

    assert letter[b"dead.reason"] == b"fault-ValueError"
    assert letter[b"dead.id"] == b"1-0"
    assert letter[b"dead.attempts"] == b"3"
    assert letter[b"data"] == b"{}"
    assert b"the cause" in letter[b"dead.traceback"]


def test_a_message_that_killed_its_workers_is_buried_unheard():
    settlement = bury_crashed(Entry(b"1-0", {}, deliveries=7), now=NOW)

    assert settlement.tally == "?|dead|crashed"
    assert b"6 times" in settlement.entries[0][b"dead.detail"]


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_backoff_grows_and_stays_within_its_bounds(attempt, jitter):
    delay = backoff(attempt, LIMITS, jitter)

    assert 0.5 <= delay <= LIMITS.backoff_cap
    assert backoff(attempt + 1, LIMITS, jitter) >= delay


@given(st.binary(max_size=40))
def test_a_hostile_attempt_field_is_no_number_of_attempts(raw):
    assert 0 <= Entry(b"1-0", {b"attempt": raw}).attempt < 10**9


@given(st.text(max_size=60))
def test_a_hostile_reason_cannot_break_the_tally(reason):
    settlement = settle(Skip(reason))

    assert settlement.tally.count("|") == 2


@pytest.mark.parametrize("outcome", [Retry("later"), Reject("never")])
def test_of_a_monstrous_entry_the_event_is_carried_on_and_not_all_the_rest(outcome):
    crowd = {b"f%d" % number: b"x" for number in range(5000)}
    monster = Entry(b"1-0", {**crowd, b"data": b"{}", b"attempt": b"1"})

    settled = decide(monster, outcome, origin="a", now=NOW, limits=LIMITS, jitter=0.5)

    (fields,) = settled.entries
    assert fields[b"data"] == b"{}"
    assert len(fields) < 1100
