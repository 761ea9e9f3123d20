"""The page of the API, from its own description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from redis.asyncio import Redis

from generating.markdown import page, table
from steppewire.keys import MEANINGS, SCOPES
from steppewire_api.gauges import Gauges
from steppewire_api.problems import MEANINGS as PROBLEMS
from steppewire_api.web import build


def openapi() -> dict[str, Any]:
    """Return the description of the API, as it gives it at /openapi.json."""
    nothing: Any = None  # what answers is not asked for how it is described
    app = build(nothing, Gauges(Redis()), nothing, nothing, nothing, broker="")
    return json.loads(json.dumps(app.openapi()))


def api_page() -> str:
    """Return the page of all operations of the API."""
    said = openapi()
    operations = [
        _operation(method.upper(), path, operation)
        for path, methods in said["paths"].items()
        for method, operation in methods.items()
    ]
    return page(
        "The API",
        "Every address of the API, with its parameters.\n"
        "A running API gives the same, and the shape of each answer, as OpenAPI 3.1 at "
        "`/openapi.json`, and for people at `/docs`.\n"
        "[Use the API](../how-to/use-the-api.md) tells what to do with it.\n"
        "Every `GET` also answers `HEAD`, takes `If-None-Match`, and is compressed as "
        "`Accept-Encoding` allows; a parameter in **bold** must be given.",
        *operations,
        "## Scopes",
        table(("scope", "what it allows"), [(f"`{s}`", MEANINGS[s]) for s in SCOPES]),
        "## Problems",
        "What cannot be answered is told as `application/problem+json` (RFC 9457): `status`, "
        "`type`, `title`, and a `detail` that says what to do.",
        table(("status", "when"), [(str(n), text) for n, text in PROBLEMS.items()]),
    )


def _operation(method: str, path: str, said: dict[str, Any]) -> str:
    scope = said.get("x-scope")
    need = f"Scope `{scope}`." if scope else "Needs no key."
    parameters = [*said.get("parameters", ()), *_body_fields(said)]
    rows = [_parameter(one) for one in parameters]
    rest = [table(("parameter", "type", "meaning"), rows)] if rows else []
    head = f"## `{method} {path}`\n\n{said['summary']}. {need}"
    return "\n\n".join((head, said["description"].strip(), *rest))


def _body_fields(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = said.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    for name, field in schema.get("properties", {}).items():
        yield {"name": name, "schema": field, "description": field.get("description", "")}


def _parameter(one: dict[str, Any]) -> tuple[str, str, str]:
    name = f"**`{one['name']}`**" if one.get("required") else f"`{one['name']}`"
    schema = one["schema"]
    meaning = " ".join(str(one.get("description") or schema.get("description", "")).split())
    default = schema.get("default")
    told = f" Default: `{json.dumps(default)}`." if default not in (None, [], "") else ""
    return name, _kind(schema), f"{meaning}{told}"


def _kind(schema: dict[str, Any]) -> str:
    """Return a schema's type in words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    bounds = [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
    kind = str(schema.get("format") or schema.get("type", "any"))
    return f"{kind}, {' to '.join(bounds)}" if bounds else kind
