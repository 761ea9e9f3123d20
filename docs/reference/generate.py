"""Writes the reference pages that the code itself knows best, from events to metrics.

    python docs/reference/generate.py write
    python docs/reference/generate.py check

It imports every service, so it runs in the development environment (`make setup`).
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from redis.asyncio import Redis

import steppewire_fetcher.sources
from steppewire import errors, schemas
from steppewire.delivery import metrics as worker_metrics
from steppewire.delivery.patience import KINDS
from steppewire.events import EVENTS
from steppewire.keys import MEANINGS, SCOPES
from steppewire.metrics import ALIVE, READY, Measure
from steppewire.plugins import Source
from steppewire.settings import PREFIX, Settings
from steppewire.streams import STAGES, STREAMS
from steppewire_api import metrics as api_metrics
from steppewire_api.gauges import Gauges
from steppewire_api.metrics import ENDINGS, MOST_STRANGERS, OTHER, RETURNS
from steppewire_api.problems import MEANINGS as PROBLEMS
from steppewire_api.web import build
from steppewire_fetcher.catalogue import members
from steppewire_fetcher.drafting.files import HEAD, row

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NEWSROOM = ROOT / "newsroom" / "steppewire_newsroom"
COMMAND = "python docs/reference/generate.py write"
NOTE = f"<!-- Written by `{COMMAND}`; change the code, not this page. -->"


def pages() -> dict[str, str]:
    """Return file name -> text, for each page."""
    return {
        "events.md": events_page(),
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "sources.md": sources_page(),
        "metrics.md": metrics_page(),
        "api.md": api_page(),
    }


# Events


def events_page() -> str:
    """Return the page of all events, field by field."""
    sections = [_event_section(schemas.schema(event)) for event in EVENTS]
    parts: dict[str, Any] = {}
    for event in EVENTS:
        parts |= schemas.schema(event).get("$defs", {})
    return _page(
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
    return _table(("field", "type", "meaning"), rows)


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


# Settings


def settings_page() -> str:
    """Return the page of all settings, shared ones first."""
    return _page(
        "Settings",
        f"Every setting is an environment variable that begins with `{PREFIX}`.\n"
        "An empty variable counts as unset.\n"
        "A wrong one ends the service with one line that names it, and exit status 78.\n"
        "`python -m steppewire_NAME --help` prints the table of a service.",
        "## All services",
        _settings_table(Settings, set()),
        *(
            f"## {title}\n\n{_settings_table(model, set(Settings.model_fields))}"
            for title, model in sorted(found_settings(), key=lambda pair: pair[0])
        ),
    )


def found_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    """Yield (name of the service, settings class) for everything that has settings of its own."""
    for module in _modules_with_settings():
        name = module.partition(".")[0].removeprefix("steppewire_")
        for value in vars(importlib.import_module(module)).values():
            if _is_settings(value, module):
                yield name, value


def _modules_with_settings() -> Iterator[str]:
    services = [*ROOT.glob("services/*/steppewire_*"), *ROOT.glob("newsroom/steppewire_*")]
    for package in sorted(services):
        for file in ("settings.py", "app.py"):
            if (package / file).is_file():
                yield f"{package.name}.{file.removesuffix('.py')}"
    for source in sorted((ROOT / "shared/steppewire").rglob("*.py")):
        if "(Settings)" in source.read_text("utf-8"):
            yield ".".join(source.relative_to(ROOT / "shared").with_suffix("").parts)


def _is_settings(value: object, module: str) -> bool:
    return (
        isinstance(value, type)
        and issubclass(value, BaseSettings)
        and value.__module__ == module
        and value is not Settings
    )


def _settings_table(model: type[BaseSettings], known: set[str]) -> str:
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(field), _meaning(field))
        for name, field in model.model_fields.items()
        if name not in known
    ]
    return _table(("variable", "default", "meaning"), rows) if rows else "None of its own."


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "**required**"
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    return "" if value in (None, "", (), {}) else f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    words = " ".join((field.description or "").split())
    limits = [
        f"{word} {getattr(rule, name)}"
        for rule in field.metadata
        for name, word in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if hasattr(rule, name)
    ]
    return f"{words} ({', '.join(limits)})" if limits else words


# Errors


def errors_page() -> str:
    """Return the page of the tree of errors."""
    tree = inspect.cleandoc(errors.__doc__ or "").partition("::")[2].rpartition("Anything else")
    return _page(
        "Errors",
        "Every error that steppewire raises on purpose, and the ways in which a message can end.",
        f"```\n{inspect.cleandoc(tree[0]).strip()}\n```",
        f"{tree[1]}{tree[2]}".replace("\n", " ").strip(),
        _table(
            ("error", "a kind of", "exit status", "meaning"),
            [_error_row(error) for error in _tree(errors.SteppewireError)],
        ),
        "## How patiently a message is tried again",
        _table(
            ("kind", "what it is", "tried again after", "until it is a dead letter"),
            [(f"`{k.name}`", k.examples, k.delay, k.until) for k in KINDS],
        ),
        "A growing delay starts at `STEPPEWIRE_RETRY_BASE` seconds and doubles with each attempt, "
        "up to 15 minutes;\nbetween half and all of it is waited, at random, so that what failed "
        "together does not come back together.\nDeaths of a worker are counted apart: after "
        "`STEPPEWIRE_MAX_DELIVERIES` of them a message is a dead letter, `crashed`.",
        "The exit status is that of a service or command that the error ends.\n"
        "How often each reason occurred is in the [tallies](wire.md#how-every-message-ended).",
    )


def _tree(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child)


def _error_row(error: type[Exception]) -> tuple[str, str, str, str]:
    base = error.__bases__[0].__name__
    words = " ".join(inspect.cleandoc(error.__doc__ or "").split())
    ends = not issubclass(error, errors.Verdict)  # a verdict ends a message, never a process
    status = str(getattr(error, "exit_code", "")) if ends else ""
    return f"`{error.__name__}`", f"`{base}`", status, words


# Sources


def sources_page() -> str:
    """Return the table of the sources that ship, and of those that the demo plays."""
    played = [_source_of(path) for path in sorted((NEWSROOM / "sources").glob("*.toml"))]
    return _page(
        "Sources",
        "News sites that steppewire knows, and how sure we are of what it knows:\n"
        "**H** two or more recent accounts agree, **M** one recent account, **L** old or "
        "contradictory.\n"
        "The facts come from public scrapers, feed lists and stored pages; none was checked "
        "against the live site.\n"
        "Each source has golden pages and lists, written by us in its site's markup, and one suite "
        "reads them all.\n"
        "`steppewire source check NAME --live` tells whether the facts still hold, and "
        "[adding a source](../how-to/add-a-source.md) how to write one.",
        "## Shipped",
        f"{len(shipped())} sources.",
        _sources_table(shipped()),
        "## Where each looks for news",
        "In order of preference; every point is looked at.",
        _points_table(shipped()),
        "## Played by the demo's newsroom",
        "Written after the real sites, as TOML files in `newsroom/steppewire_newsroom/sources/`; "
        "`trouble.example` plays everything that can go wrong.",
        _sources_table(played),
    )


def shipped() -> list[Source]:
    """Return the sources of our own pack, by country and name."""
    found = [one for _, one in members(steppewire_fetcher.sources, "our pack")]
    faults = [one for one in found if not isinstance(one, Source)]
    if faults:
        raise faults[0]
    sources = [one for one in found if isinstance(one, Source)]
    return sorted(sources, key=lambda source: (source.country or "", source.name))


def _source_of(path: Path) -> Source:
    return Source.model_validate(tomllib.loads(path.read_text("utf-8")))


def _sources_table(sources: Sequence[Source]) -> str:
    return _table(HEAD, [row(source) for source in sources])


# Metrics


def metrics_page() -> str:
    """Return the tables of all metrics."""
    return _page(
        "Metrics",
        "What `/metrics` tells Prometheus, in its text format and in OpenMetrics.\n"
        "[Watch it](../how-to/watch-it.md) tells what to do with it.",
        "## The newswire as a whole",
        "Told by the API, from the broker: every replica tells the same, so take the `max` over "
        "replicas and never the sum.\n"
        "Counts are those of the commit gate: each message is in them once, whoever dies.",
        _metrics_table(api_metrics.MEASURES, {READY, ALIVE}),
        "## Each worker",
        "Told by every process of fetcher, parser, enricher and store of itself, from its start: "
        "add them up.",
        _metrics_table(worker_metrics.MEASURES, {READY, ALIVE}),
        "## Every process",
        "Fetcher, parser, enricher, store and api.",
        _metrics_table((READY, ALIVE), set()),
        "## Labels",
        _table(
            ("label", "values"),
            [
                ("`stage`", ", ".join(f"`{stage.group}`" for stage in STAGES)),
                (
                    "`outcome`",
                    f"endings: {_ticked(ENDINGS)}; of `steppewire_retries_total`: "
                    f"{_ticked(RETURNS)}",
                ),
                ("`source`", "names of sources; `?` where the message could not be read"),
                (
                    "`reason`",
                    "a short slug, as in the [tallies](wire.md#how-every-message-ended); "
                    "empty for `done`",
                ),
                ("`service`", "`fetcher`, `parser`, `enricher`, `store`, `api`"),
            ],
        ),
        f"Sources that no fetcher has claimed, and reasons: the first {MOST_STRANGERS} of each "
        f"that are single words of at most 80 letters are told; the rest is counted as "
        f"`{OTHER}`, so a hostile writer cannot fill Prometheus.",
    )


def _ticked(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _metrics_table(measures: Sequence[Measure], without: set[Measure]) -> str:
    rows = [
        (f"`{one.name}`", one.kind, _ticked(one.by), _explained(one))
        for one in measures
        if one not in without
    ]
    return _table(("metric", "type", "labels", "meaning"), rows)


def _explained(measure: Measure) -> str:
    if not measure.bounds:
        return measure.help
    bounds = ", ".join(f"{bound:g}" for bound in measure.bounds)
    return f"{measure.help} Bounds: {bounds}."


def _points_table(sources: Sequence[Source]) -> str:
    rows = [
        (f"`{source.name}`" if not number else "", point.kind, f"`{point.url}`")
        for source in sources
        for number, point in enumerate(source.discover)
    ]
    return _table(("source", "kind", "address"), rows)


# The API


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
    return _page(
        "The API",
        "Every address of the API, with its parameters.\n"
        "A running API gives the same, and the shape of each answer, as OpenAPI 3.1 at "
        "`/openapi.json`, and for people at `/docs`.\n"
        "[Use the API](../how-to/use-the-api.md) tells what to do with it.\n"
        "Every `GET` also answers `HEAD`, takes `If-None-Match`, and is compressed as "
        "`Accept-Encoding` allows; a parameter in **bold** must be given.",
        *operations,
        "## Scopes",
        _table(("scope", "what it allows"), [(f"`{s}`", MEANINGS[s]) for s in SCOPES]),
        "## Problems",
        "What cannot be answered is told as `application/problem+json` (RFC 9457): `status`, "
        "`type`, `title`, and a `detail` that says what to do.",
        _table(("status", "when"), [(str(n), text) for n, text in PROBLEMS.items()]),
    )


def _operation(method: str, path: str, said: dict[str, Any]) -> str:
    scope = said.get("x-scope")
    need = f"Scope `{scope}`." if scope else "Needs no key."
    parameters = [*said.get("parameters", ()), *_body_fields(said)]
    rows = [_parameter(one) for one in parameters]
    table = [_table(("parameter", "type", "meaning"), rows)] if rows else []
    head = f"## `{method} {path}`\n\n{said['summary']}. {need}"
    return "\n\n".join((head, said["description"].strip(), *table))


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


# Files


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((f"# {title}", NOTE, *blocks)) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def drift() -> list[str]:
    """Return the pages that differ from the code."""
    return [
        name
        for name, text in pages().items()
        if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write or check all generated pages and schemas; return the exit status."""
    if arguments == ["write"]:
        changed = [*schemas.write(HERE), *drift()]
        for name in drift():
            (HERE / name).write_text(pages()[name], encoding="utf-8", newline="\n")
        print("\n".join(f"wrote {name}" for name in changed) or "nothing has changed")
        return 0
    if arguments == ["check"]:
        stale = [*schemas.drift(HERE), *drift()]
        if stale:
            print(f"out of date: {', '.join(stale)}; run: {COMMAND}", file=sys.stderr)
        return 1 if stale else 0
    print(f"usage: {COMMAND.removesuffix('write')}write|check", file=sys.stderr)
    return 64


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
