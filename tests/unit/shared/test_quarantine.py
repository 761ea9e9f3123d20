"""Dead letters as values: which are meant, how they are grouped, what a terminal may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from steppewire.commands import when
from steppewire.commands.letters_view import letter_page, moment, page_json
from steppewire.delivery.policy import Entry, Limits, decide
from steppewire.errors import NotFound, Reject, Retry
from steppewire.quarantine import Address, Letter, Selection, group_named, heaps, payload, select
from steppewire.streams import ENRICH, PARSE, STAGES
from steppewire.terminal import clean
from steppewire.testing.samples import NOON, enriched
from steppewire.wire import encode

FIELDS = dict(encode(enriched(), "00-" + "1" * 32 + "-" + "2" * 16 + "-01"))


def letter_fields(error: Exception, fields=FIELDS) -> dict[bytes, bytes]:
    """What the policy writes for a message that ended so."""
    entry = Entry(b"5-0", {**fields, b"attempt": b"4"})
    buried = decide(entry, error, origin="el.kz", now=NOON, limits=Limits(outage=0.0), jitter=0.0)
    assert buried.action == "dead"
    return dict(buried.entries[0])


def letter(number: int = 1, stage=PARSE, error: Exception | None = None) -> Letter:
    fields = letter_fields(error or Reject("no-article", "an empty page"))
    return Letter.read(Address(stage, 0, f"{number}-0"), fields)


@given(st.sampled_from(STAGES), st.integers(0, 1023), st.integers(0, 2**64 - 1))
def test_an_address_reads_back_from_its_text(stage, partition, number):
    address = Address(stage, partition, f"{number}-7")

    assert Address.parse(str(address)) == address


@pytest.mark.parametrize("text", ["", "7-0", "parser/0/x", "parser/-1/1-0", f"parser/0/{2**64}-0"])
def test_what_is_no_id_is_refused_and_says_what_one_looks_like(text):
    with pytest.raises(NotFound, match=r"such as parser/0/\d+-0"):
        Address.parse(text)


def test_a_stage_goes_by_its_own_name_and_by_its_groups():
    assert select(stage="parse") == select(stage="parser") == select(group="parser")
    assert select(stage="parse").stages == (PARSE,)
    assert select(stage="parse", group="store").stages == ()


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22 04:06:30", datetime(2026, 11, 22, 4, 6, 30, tzinfo=UTC)),
        ("2026-11-22T09:06+05:00", datetime(2026, 11, 22, 4, 6, tzinfo=UTC)),
        ("90m", NOW - timedelta(minutes=90)),
        ("7 d", NOW - timedelta(days=7)),
        (" 2H ", NOW - timedelta(hours=2)),
    ],
)
def test_a_moment_is_a_date_a_time_or_how_long_ago(text, expected):
    assert when.moment(text, NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "-2h", "9999999w", "2h ago", "0001"]
)
def test_what_is_no_moment_is_refused_and_says_what_one_looks_like(text):
    with pytest.raises(NotFound, match="give 2026-11-22"):
        when.moment(text, NOW)


def test_a_span_that_ends_before_it_begins_is_refused():
    assert when.span(None, None, NOW) == (None, None)
    with pytest.raises(NotFound, match="no time between 1h and 2h"):
        when.span("1h", "2h", NOW)


@pytest.mark.parametrize(
    ("since", "until", "meant"),
    [(None, None, True), (0, None, True), (0, 1, True), (1, None, False), (None, 0, False)],
)
def test_a_span_takes_those_that_died_in_it_its_beginning_included(since, until, meant):
    def at(hours):
        return None if hours is None else NOON + timedelta(hours=hours)

    assert select(since=at(since), until=at(until)).admits(letter()) is meant
    assert not select(since=NOON).admits(replace(letter(), last="some day"))


def test_an_unknown_stage_or_group_is_refused_with_a_hint():
    with pytest.raises(NotFound, match=r"did you mean parse\?"):
        select(stage="prase")
    with pytest.raises(NotFound, match="known: fetcher, parser, enricher, store"):
        group_named("zzz")


def test_a_selection_admits_what_fits_all_of_it():
    one = letter()

    assert Selection().admits(one)
    assert select(stage="parse", source="el.kz", reason="no-article").admits(one)
    assert not select(source="zakon.kz").admits(one)
    assert not select(reason="gone").admits(one)
    assert not select(stage="enrich").admits(one)


def test_letters_are_grouped_by_stage_source_and_reason_and_the_largest_comes_first():
    later = replace(letter(2), last="2026-11-22T23:00:00+00:00")
    other = letter(3, ENRICH, Retry("full"))

    first, second = heaps([other, letter(1), later])

    assert (first.stage, first.reason, first.count) == (PARSE, "no-article", 2)
    assert (first.first, first.last, first.newest) == (letter().first, later.last, later.address)
    assert (second.stage, second.outcome, second.reason) == (ENRICH, "dead", "full")


def test_a_letter_tells_its_cause_attempts_times_payload_and_traceback():
    fields = letter_fields(ValueError("no title in sight"))
    page = page_json(Letter.read(Address(PARSE, 0, "1-0"), fields), fields)

    assert page["reason"] == "fault-ValueError"
    assert page["detail"] == "no title in sight"
    assert (page["attempts"], page["deliveries"]) == (5, 1)
    assert page["last"] == NOON.isoformat()
    assert page["payload"]["article"]["title"] == enriched().article.title
    assert "ValueError: no title in sight" in page["traceback"]


def test_a_payload_that_is_no_json_is_shown_as_text():
    assert payload({b"data": b"\xff not json"}) == "\N{REPLACEMENT CHARACTER} not json"
    assert payload({b"data": b"[" * 5000}) == "[" * 5000
    assert payload({}) == ""


@pytest.mark.parametrize("depth", [100, 985])
def test_many_brackets_do_not_stop_the_view(depth):
    fields = {b"data": b"[" * depth + b"]" * depth}
    console = Console(width=100)

    with console.capture() as shown:
        console.print(letter_page(letter(), fields, full=False))

    assert "[" in shown.get()


def test_what_a_site_wrote_is_neither_markup_nor_a_command_to_the_terminal():
    wicked = {b"data": '"\x1b[2J[bold]x[/bold] \u202e \\ud83d"'.encode(), b"type": b"\x1b]0;x\x07"}
    console = Console(width=100, force_terminal=False)

    with console.capture() as shown:
        console.print(letter_page(Letter.read(letter().address, wicked), wicked, full=False))

    assert "[bold]x[/bold]" in shown.get()
    assert "\x1b" not in shown.get()
    assert "\x07" not in shown.get()


@given(st.text())
def test_cleaning_keeps_the_length_and_leaves_nothing_that_acts(text):
    cleaned = clean(text)

    assert len(cleaned) == len(text)
    assert not {c for c in cleaned if ord(c) < 32} - {"\n", "\t"}
    assert clean(cleaned) == cleaned


def test_times_are_shown_in_utc_and_what_is_none_as_it_came():
    assert moment("2026-11-22T12:00:00+05:00") == "2026-11-22 07:00:00"
    assert moment("yesterday") == "yesterday"
    assert moment("0001-01-01T00:00:00+23:00") == "0001-01-01T00:00:00+23:00"
