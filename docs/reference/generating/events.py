"""The page of events, from the JSON schemas of their models."""

from __future__ import annotations

from typing import Any

from generating.markdown import page, table
from steppewire import schemas
from steppewire.events import EVENTS
from steppewire.streams import STREAMS


def events_page() -> str:
    """Return the page of all events, field by field."""
    sections = [_event_section(schemas.schema(event)) for event in EVENTS]
    parts: dict[str, Any] = {}
    for event in EVENTS:
        parts |= schemas.schema(event).get("$defs", {})
    return page(
        "Events",
        "What `data` holds in each stream.\n[The wire](wire.md) tells how it travels, and "
        "[`schemas/`](schemas) holds the same as JSON Schema.\n"
        "Fields in **bold** are always there.",
        *sections,
        "## Parts",
        *(_part_section(name, parts[name]) for name in sorted(parts) if name != "JsonValue"),
    )


def _event_section(schema: dict[str, Any]) -> str:
    name = schema["$id"].split(":")[3]
    stream = next(stream.name for stream in STREAMS if stream.event.type == name)
    head = f"## `{name}`\n\n{schema['description']}\nStream `{stream}`, model `{schema['title']}`."
    return f"{head}\n\n{_field_table(schema)}"


def _part_section(name: str, schema: dict[str, Any]) -> str:
    return f"### {name}\n\n{schema.get('description', '')}\n\n{_field_table(schema)}"


def _field_table(schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"**`{name}`**" if name in required else f"`{name}`",
            _type_of(field),
            field.get("description", ""),
        )
        for name, field in schema["properties"].items()
    ]
    return table(("field", "type", "meaning"), rows)


def _type_of(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        if name == "JsonValue":
            return "any JSON"
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_type_of(one) for one in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type_of(field['items'])}"
    if field.get("type") == "object":
        inner = field["additionalProperties"]
        return "object" if inner is True else f"object of {_type_of(inner)}"
    return str(field.get("format") or field["type"])
