"""The public contract as documents: JSON Schema for each event, AsyncAPI for the whole wire.

Both are generated from `events`, `streams` and `wire`, and checked in:

    python -m steppewire.schemas write docs/reference
    python -m steppewire.schemas check docs/reference
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from steppewire import events, rules, streams, wire
from steppewire.docstrings import attribute_docs
from steppewire.events import EVENTS, Event
from steppewire.streams import STAGES, STREAMS, Stage, Stream

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMAND = "python -m steppewire.schemas write docs/reference"

Json = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """No titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def identifier(event: type[Event]) -> str:
    """Return the `$id` of an event's schema: `urn:steppewire:event:article.parsed:1`."""
    return f"urn:steppewire:event:{event.type}:{event.schema_version}"


def schema(event: type[Event]) -> Json:
    """Return the JSON Schema (2020-12) of an event's `data`.

    It says what a writer must send. A field that was added later has a default and is not
    required, so that it also fits what older writers left in the stream.
    """
    body = event.model_json_schema(mode="validation", schema_generator=_Generator)
    body = _opened(_described(body, _models()))
    description = body.pop("description", "")
    return {
        "$schema": DIALECT,
        "$id": identifier(event),
        "title": event.__name__,
        "description": description,
        **{key: body[key] for key in ("type", "properties", "required") if key in body},
        **({"$defs": body["$defs"]} if "$defs" in body else {}),
    }


def envelope() -> Json:
    """Return the JSON Schema (2020-12) of an entry's flat fields, each value read as text."""
    return {
        "$schema": DIALECT,
        "$id": "urn:steppewire:envelope:1",
        "title": "Envelope",
        "description": "The flat fields of a stream entry. Readers ignore fields they do not know.",
        **_headers(),
    }


def asyncapi() -> Json:
    """Return the AsyncAPI 3.0 document of the newswire."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "steppewire",
            "version": "1.0.0",
            "description": (
                "A newswire on Redis streams. Each entry has flat fields; `data` is the event as "
                "UTF-8 JSON. See wire.md for delivery, retention and evolution."
            ),
            "license": {"name": "MIT"},
        },
        "defaultContentType": wire.JSON.decode(),
        "servers": {
            "broker": {
                "host": "{host}:{port}",
                "protocol": "redis",
                "description": "A Redis-compatible server with streams and Lua: Redis 7+, Valkey.",
                "variables": {
                    "host": {"default": "127.0.0.1", "description": "The server's name."},
                    "port": {"default": "6379", "description": "The server's port."},
                },
            }
        },
        "channels": {stream.name: _channel(stream) for stream in STREAMS},
        "operations": {
            name: operation for stage in STAGES for name, operation in _operations(stage)
        }
        | _beside_the_stages(),
        "components": {
            "messages": {event.type: _message(event) for event in EVENTS},
            "schemas": {"Envelope": _headers(), **_component_schemas()},
        },
    }


def _channel(stream: Stream) -> Json:
    kept = "kept for readers who join late" if stream.public else "trimmed once every group is done"
    return {
        "address": f"{streams.NAMESPACE}:{{hashTag}}:{stream.name}",
        "title": stream.name,
        "description": f"Stream of `{stream.event.type}`; {kept}.",
        "servers": [{"$ref": "#/servers/broker"}],
        "messages": {stream.event.type: {"$ref": f"#/components/messages/{stream.event.type}"}},
        "parameters": {
            "hashTag": {
                "description": (
                    "The partition's number in literal braces, which Redis Cluster hashes alone: "
                    f"`{streams.key(stream.name)}` is partition 0."
                ),
                "default": "{0}",
                "examples": ["{0}", "{1}"],
            }
        },
    }


def _operations(stage: Stage) -> Iterable[tuple[str, Json]]:
    yield f"{stage.group}.reads", _operation("receive", stage.reads, stage.group)
    yield f"{stage.group}.writes", _operation("send", stage.writes, stage.group)


def _beside_the_stages() -> dict[str, Json]:
    return {
        "discovery.writes": _operation("send", streams.DISCOVERED, None),
        "health.writes": _operation("send", streams.HEALTH, None, "The watcher of sources"),
    }


def _operation(action: str, stream: Stream, group: str | None, writer: str = "Discovery") -> Json:
    reads = action == "receive"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{stream.name}"},
        "summary": (
            f"The {group} reads `{stream.name}` as group `{group}`."
            if reads
            else f"{f'The {group}' if group else writer} writes `{stream.name}`."
        ),
        "messages": [{"$ref": f"#/channels/{stream.name}/messages/{stream.event.type}"}],
        # The Redis bindings of AsyncAPI (0.1.0) have no properties of their own.
        **({"x-redis-group": group} if reads else {}),
    }


def _message(event: type[Event]) -> Json:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").split("\n\n")[0],
        "contentType": wire.JSON.decode(),
        "headers": _headers(event),
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "x-schema-id": identifier(event),
    }


def _headers(event: type[Event] | None = None) -> Json:
    """The fields beside `data`. Redis knows only strings, so a number is a string of digits."""
    version: Json = {"type": "string", "pattern": wire.VERSION_PATTERN}
    kind: Json = {"type": "string", "enum": [known.type for known in EVENTS]}
    if event is not None:
        version, kind = {**version, "const": str(event.schema_version)}, {"const": event.type}
    fields = {
        "v": {**version, "description": "Schema version of the event."},
        "type": {**kind, "description": "Type of the event."},
        "key": {
            "type": "string",
            "description": "What it is about: link id, article id or source.",
        },
        "traceparent": {
            "type": "string",
            "pattern": wire.TRACEPARENT_PATTERN,
            "description": "W3C Trace Context.",
        },
        "ct": {"const": wire.JSON.decode(), "description": "Content type of `data`."},
    }
    if event is None:
        fields["data"] = {"type": "string", "description": "The event as UTF-8 JSON."}
    required = [name for name in fields if name in wire.REQUIRED]
    return {"type": "object", "properties": fields, "required": required}


def _component_schemas() -> Json:
    _, found = models_json_schema(
        [(event, "validation") for event in EVENTS],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Generator,
    )
    schemas: Json = _opened(_described(found, _models()))["$defs"]
    return dict(sorted(schemas.items()))


def _models() -> dict[str, type[BaseModel]]:
    """Name -> model, for every model that an event may contain."""
    return {
        name: value
        for module in (events, rules)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }


def _described(body: JsonSchemaValue, models: dict[str, type[BaseModel]]) -> JsonSchemaValue:
    """Give each property the words that stand below it in the code."""
    for node in (body, *body.get("$defs", {}).values()):
        model = models.get(node.get("title", ""))
        words = attribute_docs(model) if model else {}
        for name, prop in node.get("properties", {}).items():
            if name in words:
                prop["description"] = " ".join(words[name].split())
    return body


def _opened(node: Any) -> Any:
    """Drop `additionalProperties: false`: readers accept fields that they do not know."""
    if isinstance(node, dict):
        return {
            key: _opened(value)
            for key, value in node.items()
            if not (key == "additionalProperties" and value is False)
        }
    return [_opened(item) for item in node] if isinstance(node, list) else node


def documents() -> dict[str, str]:
    """Return path below the reference folder -> text, for every generated document."""
    return {
        "asyncapi.json": _text(asyncapi()),
        "schemas/envelope.schema.json": _text(envelope()),
        **{f"schemas/{event.type}.schema.json": _text(schema(event)) for event in EVENTS},
    }


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> list[str]:
    """Write every document; remove schemas of events that are gone. Returns what changed."""
    changed = drift(folder)
    for name in changed:
        path = folder / name
        text = documents().get(name)
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return changed


def drift(folder: Path) -> list[str]:
    """Return the documents that differ from the code, are missing, or have no event any more."""
    wanted = documents()
    stale = [
        name
        for name, text in wanted.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    present = (f"schemas/{path.name}" for path in (folder / "schemas").glob("*.schema.json"))
    return sorted({*stale, *(name for name in present if name not in wanted)})


def main(arguments: Sequence[str]) -> int:
    """Write or check the documents; return the exit status."""
    actions: dict[str, Callable[[Path], list[str]]] = {"write": write, "check": drift}
    if len(arguments) != 2 or arguments[0] not in actions:
        print("usage: python -m steppewire.schemas write|check FOLDER", file=sys.stderr)
        return 64
    changed = actions[arguments[0]](Path(arguments[1]))
    if arguments[0] == "check" and changed:
        print(f"out of date: {', '.join(changed)}; run: {COMMAND}", file=sys.stderr)
        return 1
    for name in changed:
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
