"""The generated documents are valid by their own standards, and say the truth about our events."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from steppewire import schemas
from steppewire.events import EVENTS, ArticleStored, Event, SourceHealth
from steppewire.streams import STAGES, STREAMS, key
from steppewire.testing.samples import NOON, enriched, parsed
from steppewire.testing.service import discovered, fetched
from steppewire.wire import encode, new_trace

DOCUMENT = Path(__file__).parents[3] / "docs/reference/asyncapi.json"
SAMPLES: dict[str, Event] = {
    event.type: event
    for event in (
        discovered(1),
        fetched(discovered(1)),
        parsed(),
        enriched(),
        ArticleStored(
            article_id="a",
            version_id="v",
            version=1,
            change="created",
            source="news.test",
            url="https://news.test/1",
            title="Ауа райы",
            language="kk-Cyrl",
            stored_at=NOON,
        ),
        SourceHealth(
            source="news.test", kind="silent", at=NOON, since=NOON, text="No article for 2 d."
        ),
    )
}


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_what_we_write_fits_the_published_schema(event: type[Event]) -> None:
    schema = schemas.schema(event)
    Draft202012Validator.check_schema(schema)

    assert errors(schema, json.loads(encode(SAMPLES[event.type], new_trace())[b"data"])) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_a_required_field_that_is_missing_breaks_the_schema(event: type[Event]) -> None:
    schema = schemas.schema(event)
    value = json.loads(SAMPLES[event.type].model_dump_json())
    del value[schema["required"][0]]

    assert errors(schema, value)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_the_flat_fields_fit_the_envelope(event: type[Event]) -> None:
    fields = encode(SAMPLES[event.type], new_trace())

    text = {name.decode(): value.decode() for name, value in fields.items()}
    assert errors(schemas.envelope(), text) == []
    assert errors(schemas.envelope(), text | {"v": "one"})


def test_every_stream_stage_and_event_is_in_the_asyncapi_document() -> None:
    document = schemas.asyncapi()

    assert list(document["channels"]) == [stream.name for stream in STREAMS]
    assert {event.type for event in EVENTS} == set(document["components"]["messages"])
    for stage in STAGES:
        reads = document["operations"][f"{stage.group}.reads"]
        assert reads["channel"]["$ref"] == f"#/channels/{stage.reads.name}"
        assert reads["x-redis-group"] == stage.group


def test_an_address_with_its_parameter_filled_in_is_the_redis_key() -> None:
    for name, channel in schemas.asyncapi()["channels"].items():
        tag = channel["parameters"]["hashTag"]["default"]

        assert channel["address"].replace("{hashTag}", tag) == key(name)


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = schemas.asyncapi()
    for pointer in _references(document):
        node: Any = document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for item in node.values() for found in _references(item)]


def test_the_official_parser_accepts_the_asyncapi_document(asyncapi_parser: Path) -> None:
    command = ["node", "validate.mjs", str(DOCUMENT)]
    done = subprocess.run(command, cwd=asyncapi_parser, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == [stream.name for stream in STREAMS]
