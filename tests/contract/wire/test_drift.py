"""The documents in docs/reference are what the code says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steppewire import schemas
from steppewire.events import EVENTS, Event

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def test_the_checked_in_documents_match_the_code() -> None:
    stale = schemas.drift(REFERENCE)

    assert not stale, f"out of date: {', '.join(stale)}; run: {schemas.COMMAND}"


def test_writing_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    assert sorted(schemas.documents()) == schemas.write(tmp_path)
    assert schemas.write(tmp_path) == []


def test_a_changed_a_missing_and_an_orphaned_document_are_all_drift(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "schemas/article.parsed.schema.json").unlink()
    (tmp_path / "schemas/article.gone.schema.json").write_text("{}")

    assert schemas.drift(tmp_path) == [
        "asyncapi.json",
        "schemas/article.gone.schema.json",
        "schemas/article.parsed.schema.json",
    ]
    schemas.write(tmp_path)
    assert schemas.drift(tmp_path) == []


def test_check_fails_with_the_command_that_repairs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert schemas.main(["check", str(tmp_path)]) == 1
    assert schemas.COMMAND in capsys.readouterr().err


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_field_of_an_event_is_in_its_schema(event: type[Event]) -> None:
    document = schemas.schema(event)

    assert set(document["properties"]) == set(event.model_fields)
    assert document["$id"] == f"urn:steppewire:event:{event.type}:{event.schema_version}"
    assert document["description"]


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in _objects(item)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for item in node.values() for found in _objects(item))]


@pytest.mark.parametrize("name", schemas.documents())
def test_no_schema_forbids_fields_that_it_does_not_know(name: str) -> None:
    nodes = _objects(json.loads(schemas.documents()[name]))

    assert not [node for node in nodes if node.get("additionalProperties") is False]


def test_the_words_below_a_field_reach_its_readers() -> None:
    blob = schemas.schema(EVENTS[1])["$defs"]["Fetch"]["properties"]["blob"]

    assert blob["description"].startswith("Address of the bytes")
