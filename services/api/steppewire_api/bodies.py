"""What a request carries: JSON of a program, or the form of a page, read into one model."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from steppewire_api.problems import Problem, of_validation

M = TypeVar("M", bound=BaseModel)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_NOT_OURS = ("key", "back")
"""Fields of a form that are not for the model: read by `access` and `back`."""


def kind(request: Request) -> str:
    """Return the media type of a request's body."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read(request: Request, model: type[M]) -> M:
    """Return what a request carries. Raises Problem."""
    carried: Any
    match kind(request):
        case "application/json":
            carried = _json(await request.body())
        case "application/x-www-form-urlencoded":
            carried = _fields(model, _form(await request.body()))
        case other:
            raise Problem(
                415,
                "media-type",
                f"A body of the type {other[:60] or 'that nobody named'!r} is not read: send JSON, "
                f"with `Content-Type: {JSON}`.",
            )
    try:
        return model.model_validate(carried)
    except ValidationError as error:
        raise of_validation([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from None


async def back(request: Request) -> str | None:
    """Return the page that a form wants to go back to; a page of ours, or none."""
    if kind(request) != FORM:
        return None
    place = _form(await request.body()).get("back", [""])[0]
    ours = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
    return place if ours else None


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return how OpenAPI describes such a body."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(
            400, "bad-json", "The body is no JSON in UTF-8: compare it with /docs."
        ) from None


def _form(raw: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(raw.decode())
    except ValueError:
        raise Problem(400, "bad-text", "The form is not UTF-8: send it as such.") from None


def _fields(model: type[BaseModel], form: dict[str, list[str]]) -> dict[str, Any]:
    """Return a form as a model takes it: lists where it has lists, else one value."""
    lists = {name for name, field in model.model_fields.items() if "tuple" in str(field.annotation)}
    return {
        name: values if name in lists else values[-1]
        for name, values in form.items()
        if name not in _NOT_OURS
    }
