"""Whatever an event holds survives the wire; whatever is no event ends as a WireError."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, JsonValue

from steppewire import events, rules
from steppewire.errors import UnknownVersion, WireError
from steppewire.events import EVENTS, ArticleDiscovered, Event
from steppewire.wire import child_trace, decode, encode, new_trace

# RFC 3339 writes offsets in whole minutes.
offsets = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=offsets)
st.register_type_strategy(AwareDatetime, moments)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(JsonValue, any_json)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def _filled(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    return st.builds(model, **dict.fromkeys(model.model_fields, ...))


for _module in (rules, events):
    for _value in vars(_module).values():
        if isinstance(_value, type) and issubclass(_value, BaseModel):
            st.register_type_strategy(_value, _filled)

any_event = st.sampled_from(EVENTS).flatmap(st.from_type)
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(any_event)
def test_every_event_comes_back_as_it_went(event: Event) -> None:
    assert event == decode(encode(event, new_trace()), type(event))


@few
@given(any_event)
def test_the_fields_are_flat_and_data_is_json_in_utf_8(event: Event) -> None:
    fields = encode(event, new_trace())

    assert list(fields) == [b"v", b"type", b"key", b"traceparent", b"ct", b"data"]
    assert isinstance(json.loads(fields[b"data"].decode("utf-8")), dict)


def _with_strangers(value: Any) -> Any:
    """Add a field that nobody knows to every object that is a part of an event."""
    if isinstance(value, list):
        return [_with_strangers(item) for item in value]
    if not isinstance(value, dict):
        return value
    grown = {
        # what enrichers of others add is theirs, whatever it is
        name: item if name == "extras" else _with_strangers(item)
        for name, item in value.items()
    }
    free_form = all(isinstance(item, str | float) for item in value.values())
    return grown if free_form else grown | {"from_the_future": {"deep": [1]}}


@few
@given(any_event)
def test_fields_that_a_newer_writer_added_are_ignored_at_every_depth(event: Event) -> None:
    fields = encode(event, new_trace())
    grown = json.dumps(_with_strangers(json.loads(fields[b"data"]))).encode()

    assert event == decode(fields | {b"data": grown, b"novelty": b"\xff"}, type(event))


@given(any_event, st.integers(2, 999_999_999))
@few
def test_a_newer_schema_version_is_refused_by_name(event: Event, version: int) -> None:
    fields = encode(event, new_trace()) | {b"v": str(version).encode()}

    with pytest.raises(UnknownVersion, match=f"schema version {version}"):
        decode(fields, type(event))


@few
@given(st.dictionaries(st.sampled_from([b"v", b"type", b"key", b"ct", b"data"]), st.binary()))
def test_random_fields_end_as_a_wire_error(fields: dict[bytes, bytes]) -> None:
    with pytest.raises(WireError):
        decode(fields, ArticleDiscovered)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
)


@few
@given(any_event, st.data())
def test_a_field_of_another_type_is_an_event_or_a_wire_error(event: Event, data: Any) -> None:
    body = json.loads(encode(event, new_trace())[b"data"])
    body[data.draw(st.sampled_from(sorted(body)))] = data.draw(json_values)
    fields = encode(event, new_trace()) | {b"data": json.dumps(body).encode()}

    with suppress(WireError):
        assert isinstance(decode(fields, type(event)), type(event))


GARBAGE = {
    "empty": b"",
    "not-json": b"<html>",
    "invalid-utf-8": b'{"url": "\xff\xfe"}',
    "half-a-letter": b'{"url": "\\ud800"}',
    "nul": b"\x00",
    "nul-inside": b'{"url": "a\x00b"}',
    "array": b"[]",
    "null": b"null",
    "huge-number": b'{"size": ' + b"9" * 10_000 + b"}",
    "deep-arrays": b"[" * 100_000,
    "deep-objects": b'{"a":' * 100_000,
    "deep-and-closed": b"[" * 100_000 + b"]" * 100_000,
    "truncated": b'{"link_id": "x", "url',
    "twice": b"{}{}",
    "bom": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_garbage_as_data_is_a_wire_error(event: type[Event], data: bytes) -> None:
    with pytest.raises(WireError):
        decode({b"v": b"1", b"type": event.type.encode(), b"data": data}, event)


BAD_FIELDS = {
    b"v": [b"", b"0", b"-1", b"1.0", b" 1", b"1\n", b"\xff", b"9" * 5000, "١".encode()],
    b"type": [b"", b"article.parsed", b"\x00", b"\xff" * 1000],
    b"ct": [b"", b"text/html", b"application/msgpack", b"\xff"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, bad in BAD_FIELDS.items() for value in bad]
)
def test_a_bad_flat_field_is_a_wire_error(name: bytes, value: bytes) -> None:
    with pytest.raises(WireError):
        decode(encode(_discovered(), new_trace()) | {name: value}, ArticleDiscovered)


@pytest.mark.parametrize("name", [b"v", b"type", b"data"])
def test_a_missing_field_is_named(name: bytes) -> None:
    fields = encode(_discovered(), new_trace())
    del fields[name]

    with pytest.raises(WireError, match=f"no field {name.decode()};"):
        decode(fields, ArticleDiscovered)


def test_key_trace_and_content_type_may_be_left_out_by_a_writer() -> None:
    fields = encode(_discovered(), new_trace())
    bare = {name: fields[name] for name in (b"v", b"type", b"data")}

    assert _discovered() == decode(bare, ArticleDiscovered)


def test_a_charset_after_the_content_type_is_fine() -> None:
    fields = encode(_discovered(), new_trace()) | {b"ct": b"application/json; charset=utf-8"}

    assert _discovered() == decode(fields, ArticleDiscovered)


def test_half_an_emoji_in_a_title_costs_one_letter_and_no_article() -> None:
    event = _discovered().model_copy(update={"title_hint": "Алма\ud83dты", "link_id": "\udc00"})

    fields = encode(event, new_trace())

    assert decode(fields, ArticleDiscovered).title_hint == "Алма?ты"
    assert fields[b"key"] == b"?"


def test_no_number_on_the_wire_is_nan() -> None:
    with pytest.raises(ValueError, match="finite"):
        events.Languages(article=_und(), title=_und(), shares={"kk-Cyrl": float("nan")})


@given(st.text())
def test_a_child_trace_is_always_a_valid_trace(parent: str) -> None:
    assert child_trace(parent) != child_trace(child_trace(parent))


def test_a_child_keeps_the_trace_and_takes_a_new_span() -> None:
    parent = new_trace()

    assert parent.split("-")[1] == child_trace(parent).split("-")[1]
    assert parent.split("-")[2] != child_trace(parent).split("-")[2]


def _und() -> events.Language:
    return events.Language(tag="und", confidence=0)


def _discovered() -> ArticleDiscovered:
    return ArticleDiscovered(
        link_id="5f0c",
        url="https://news.test/1",
        source="news.test",
        via="feed",
        discovered_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
    )
