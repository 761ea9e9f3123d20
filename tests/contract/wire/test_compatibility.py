"""Old consumers read new events, new consumers old ones: the wire keeps its word.

`tests/data/wire/v1` is what somebody built on: models, schemas and entries, frozen.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from steppewire import schemas
from steppewire.events import EVENTS, Event
from steppewire.wire import decode, encode, new_trace

from .test_roundtrip import any_event

FROZEN = Path(__file__).parents[2] / "data/wire/v1"
ENTRIES = [json.loads(line) for line in (FROZEN / "entries.jsonl").read_text("utf-8").splitlines()]
BY_TYPE = {event.type: event for event in EVENTS}
few = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def _frozen(name: str) -> ModuleType:
    """Load a frozen module under a name of its own."""
    full = "steppewire_wire_v1" if name == "__init__" else f"steppewire_wire_v1.{name}"
    spec = importlib.util.spec_from_file_location(full, FROZEN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


_frozen("__init__")
_frozen("rules")
OLD_MODELS = {event.type: event for event in _frozen("events").EVENTS}
OLD_SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
    for path in (FROZEN / "schemas").glob("*.schema.json")
}


@few
@given(any_event)
def test_an_old_consumer_reads_whatever_we_write_today(event: Event) -> None:
    fields = encode(event, new_trace())
    old = OLD_MODELS[event.type]

    # as the `decode` of that day did: unknown fields are ignored at every depth
    read = old.__pydantic_validator__.validate_json(fields[b"data"], extra="ignore")

    assert int(fields[b"v"]) <= old.schema_version
    assert read.key == event.key


@few
@given(any_event)
def test_what_we_write_today_fits_the_schema_that_others_have(event: Event) -> None:
    fields = {k.decode(): v.decode() for k, v in encode(event, new_trace()).items()}

    Draft202012Validator(OLD_SCHEMAS["envelope"]).validate(fields)
    Draft202012Validator(OLD_SCHEMAS[event.type]).validate(json.loads(fields["data"]))


@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_we_read_what_was_written_then(number: int) -> None:
    entry = ENTRIES[number]
    event = decode({k.encode(): v.encode() for k, v in entry.items()}, BY_TYPE[entry["type"]])

    assert event.key == entry["key"]
    assert _missing(json.loads(entry["data"]), json.loads(event.model_dump_json())) == []


def _missing(old: Any, new: Any, where: str = "") -> list[str]:
    """Return what an old record said and a new reader no longer has."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            path
            for name, value in old.items()
            for path in (
                _missing(value, new[name], f"{where}.{name}")
                if name in new
                else [f"{where}.{name}"]
            )
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            path
            for place, (a, b) in enumerate(zip(old, new, strict=True))
            for path in _missing(a, b, f"{where}[{place}]")
        ]
    return [] if old == new else [where]


@pytest.mark.parametrize("name", sorted(OLD_MODELS))
def test_no_field_has_gone_narrowed_or_become_required(name: str) -> None:
    old, new = OLD_SCHEMAS[name], schemas.schema(BY_TYPE[name])

    assert list(broken(old, new)) == []


def broken(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what a change of a schema would break for somebody who reads or writes."""
    for place, was in _objects(old):
        now = dict(_objects(new)).get(place)
        if now is None:
            yield f"{place} is gone"
            continue
        for field, told in was["properties"].items():
            if field not in now["properties"]:
                yield f"{place}.{field} is gone"
            elif not _kinds(now["properties"][field]) <= _kinds(told):
                yield f"{place}.{field} may be what no old reader knows"
        for field in set(now.get("required", ())) - set(was.get("required", ())):
            yield f"{place}.{field} has become required: old writers do not send it"
        for field in set(was.get("required", ())) - set(now.get("required", ())):
            yield f"{place}.{field} is no longer always there: old readers count on it"


def _objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "event", schema
    for name, part in schema.get("$defs", {}).items():
        if "properties" in part:
            yield name, part


def _kinds(told: dict[str, Any]) -> set[str]:
    """Return what a field may be: types, references, and the values of a closed list."""
    found = {told[key] for key in ("type", "$ref") if key in told}
    found |= {f"value {value}" for value in told.get("enum", ())}
    for part in (*told.get("anyOf", ()), *([told["items"]] if "items" in told else ())):
        found |= _kinds(part)
    return found


OLD = {
    "properties": {"a": {"type": "string"}, "b": {"enum": ["x"], "type": "string"}},
    "required": ["a"],
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"properties": {**OLD["properties"], "c": {"type": "integer"}}}, []),  # type: ignore[dict-item]
        ({"properties": {"a": {"type": "string"}}}, ["event.b is gone"]),
        (
            {"properties": {**OLD["properties"], "b": {"enum": ["x", "y"], "type": "string"}}},  # type: ignore[dict-item]
            ["event.b may be what no old reader knows"],
        ),
        (
            {
                "properties": {
                    **OLD["properties"],
                    "a": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                }
            },  # type: ignore[dict-item]
            ["event.a may be what no old reader knows"],
        ),
        (
            {"required": ["a", "b"]},
            ["event.b has become required: old writers do not send it"],
        ),
        ({"required": []}, ["event.a is no longer always there: old readers count on it"]),
    ],
)
def test_what_would_break_somebody_is_found(change: dict[str, Any], found: list[str]) -> None:
    assert list(broken(OLD, {**OLD, **change})) == found


@given(st.sampled_from(sorted(OLD_MODELS)))
@few
def test_the_frozen_models_are_not_ours(name: str) -> None:
    assert OLD_MODELS[name] is not BY_TYPE[name]
