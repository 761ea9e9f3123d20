"""What happens to a message, as a table of values."""

from __future__ import annotations

import errno
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from steppewire.delivery.patience import told
from steppewire.delivery.policy import Entry, Limits, backoff, bury_crashed, decide
from steppewire.errors import (
    ArchiveUnreachable,
    BlobMissing,
    Reject,
    Retry,
    Skip,
    UnknownVersion,
    WireError,
)
from steppewire.testing.service import discovered, fetched

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
LIMITS = Limits(max_attempts=3, backoff_base=1.0, outage=0.0)


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


FULL = OSError(errno.ENOSPC, "No space left on device")
LATE = (NOW - timedelta(hours=2)).isoformat().encode()
SOON = (NOW - timedelta(minutes=2)).isoformat().encode()
SAME = told(ValueError("no title"))
PATIENT = Limits(max_attempts=3, outage=3600.0)


@pytest.mark.parametrize(
    ("outcome", "attempt", "first", "before", "action", "tally"),
    [
        # our own house: waits for ever, uses up no attempt
        (RedisConnectionError("gone"), 9, LATE, b"", "retry", "wait|broker-trouble"),
        (RedisTimeoutError("slow"), 9, LATE, b"", "retry", "wait|broker-trouble"),
        (OutOfMemoryError("used > maxmemory"), 9, LATE, b"", "retry", "wait|broker-trouble"),
        (ResponseError("MISCONF errors"), 9, LATE, b"", "retry", "wait|broker-trouble"),
        (ArchiveUnreachable("away"), 9, LATE, b"", "retry", "wait|database-away"),
        (FULL, 9, LATE, b"", "retry", "wait|disk-trouble"),
        # outside: until it has lasted for an hour, and for all the attempts
        (Retry("server-error"), 0, b"", b"", "retry", "retry|server-error"),
        (Retry("server-error"), 20, SOON, b"", "retry", "retry|server-error"),
        (Retry("server-error"), 20, LATE, b"", "dead", "dead|server-error"),
        (Retry("challenge", after=5000), 1, LATE, b"", "retry", "retry|challenge"),
        (Retry("challenge", after=5000), 2, LATE, b"", "dead", "dead|challenge"),
        (BlobMissing("none"), 20, SOON, b"", "retry", "retry|blob-missing"),
        (BlobMissing("none"), 20, LATE, b"", "dead", "dead|blob-missing"),
        (ConnectionError("no"), 20, SOON, b"", "retry", "retry|fault-ConnectionError"),
        (Retry("server-error"), 20, b"not a time", b"", "dead", "dead|server-error"),
        # mistakes: the same twice is the same for ever
        (ValueError("no title"), 0, b"", b"", "retry", "retry|fault-ValueError"),
        (ValueError("no title"), 1, SOON, SAME, "dead", "dead|fault-ValueError"),
        (ValueError("no date"), 1, SOON, SAME, "retry", "retry|fault-ValueError"),
        (ValueError("no date"), 2, SOON, SAME, "dead", "dead|fault-ValueError"),
        (KeyError("no title"), 1, SOON, SAME, "retry", "retry|fault-KeyError"),
        # faults: all their attempts, whatever they say
        (TimeoutError(), 1, SOON, told(TimeoutError()), "retry", "retry|time-limit"),
        (TimeoutError(), 2, SOON, told(TimeoutError()), "dead", "dead|time-limit"),
        (FileNotFoundError("a model"), 2, SOON, b"", "dead", "dead|fault-FileNotFoundError"),
        (ResponseError("WRONGTYPE"), 2, SOON, b"", "dead", "dead|fault-ResponseError"),
        (RuntimeError(), 1, SOON, told(RuntimeError()), "retry", "retry|fault-RuntimeError"),
    ],
)  # fmt: skip
def test_each_kind_of_error_is_tried_again_as_long_as_that_makes_sense(
    outcome, attempt, first, before, action, tally
):
    raw = {b"attempt": str(attempt).encode(), b"first": first, b"reason": before}
    entry = Entry(b"1-0", {name: value for name, value in raw.items() if value})

    ended = decide(entry, outcome, origin="site", now=NOW, limits=PATIENT, jitter=0.5)

    assert (ended.action, ended.tally) == (action, f"site|{tally}")


def test_waiting_for_our_own_house_grows_to_a_minute_and_uses_up_no_attempt():
    ago = [(NOW - timedelta(seconds=s)).isoformat().encode() for s in (0, 60, 3600)]
    waits = [settle(FULL, 4, first=first) for first in ago]

    assert [wait.delay for wait in waits] == [3.75, 22.5, 45.0]
    assert {wait.entries[0][b"attempt"] for wait in waits} == {b"4"}


def test_a_growing_delay_doubles_up_to_a_quarter_of_an_hour():
    delays = [backoff(attempt, Limits(), 0.0) for attempt in (1, 2, 3, 20)]

    assert delays == [0.5, 1.0, 2.0, 450.0]


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


def test_a_long_traceback_is_cut_at_a_line_and_its_end_is_kept():
    try:
        raise ValueError("the cause") from RuntimeError("x" * 3990 + "\nlast line")
    except ValueError as error:
        (letter,) = settle(error, 2).entries

    first, second, *_ = letter[b"dead.traceback"].decode().splitlines()
    assert (first, second) == ("…", "last line")
    assert b"ValueError: the cause" in letter[b"dead.traceback"]


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
