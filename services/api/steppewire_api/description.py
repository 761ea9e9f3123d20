"""The description of the API in OpenAPI 3.1: what routes say of themselves, and what all share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from steppewire.keys import Scope
from steppewire_api.access import needed
from steppewire_api.problems import ProblemBody, described

EVERYWHERE = (400, 406, 414, 422, 431)
"""Errors that any address may answer with."""
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key made by `steppewire keys new`; also as the password of HTTP Basic.",
}
_UNCHANGED = {"description": "Nothing has changed: the client's `If-None-Match` names this answer."}
_OPEN: tuple[Scope | None, ...] = (None, "read", "live")
_METHODS = ("get", "put", "post", "delete", "patch")


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return a function that describes `app`, once."""
    known: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not known:
            known.update(completed(_said(app)))
        return known

    return openapi


def _said(app: FastAPI) -> dict[str, Any]:
    return get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )


def completed(said: dict[str, Any]) -> dict[str, Any]:
    """Add what all operations share: keys, and the errors that come from before the routes."""
    schemas = said.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemBody"] = ProblemBody.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own; ours are problems
        schemas.pop(name, None)
    said["components"]["securitySchemes"] = {"key": _KEY}
    for path, operations in said["paths"].items():
        for method in set(operations) & set(_METHODS):
            _complete(operations[method], needed(method.upper(), path))
        if "get" in operations and path != "/events":
            operations["get"]["responses"]["304"] = _UNCHANGED
    return said


def _complete(operation: dict[str, Any], scope: Scope | None) -> None:
    keyed = scope is not None
    statuses = (*EVERYWHERE, *((401, 403, 429, 503) if keyed else ()))
    shared = {str(status): told for status, told in described(*statuses).items()}
    operation["responses"] = dict(sorted((shared | _ours(operation["responses"])).items()))
    if keyed:
        anybody: list[dict[str, list[str]]] = [{}] if scope in _OPEN else []
        operation["security"] = [*anybody, {"key": []}]
        operation["x-scope"] = scope


def _ours(responses: dict[str, Any]) -> dict[str, Any]:
    """Return a route's own responses; FastAPI adds a 422 of its own to those without one."""
    return {
        status: told
        for status, told in responses.items()
        if status != "422" or "application/problem+json" in told.get("content", {})
    }
