"""What holds everywhere: which media types an address serves; that nothing is said twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_origin

from fastapi import Request

from steppewire_api.problems import Problem

ALSO = {
    "application/rss+xml": ("application/xml", "text/xml"),
    "application/atom+xml": ("application/xml", "text/xml"),
    "application/feed+json": ("application/json",),
}
"""Names under which a type is asked for, too."""


async def negotiated(request: Request) -> None:
    """Raise Problem when a client takes nothing that is served here."""
    offered = served(request.scope.get("route"))
    accept = ",".join(request.headers.getlist("accept"))
    if offered and not taken(accept, offered):
        raise Problem(
            406,
            "not-acceptable",
            f"This address serves {' or '.join(offered)}: ask for it in `Accept`, or leave "
            "`Accept` out.",
        )


async def unrepeated(request: Request) -> None:
    """Raise Problem when a parameter that has one value is given twice: which one was meant?"""
    query = request.query_params
    for name in single(request.scope.get("route")):
        if len(query.getlist(name)) > 1:
            raise Problem(
                422,
                "bad-parameter",
                f"{name}: was given {len(query.getlist(name))} times, and has one value: send it "
                "once. The parameters are described at /docs.",
            )


def single(route: Any) -> list[str]:
    """Return the parameters of a route that have one value."""
    models = [field.field_info.annotation for field in _query_params(route)]
    return [
        name
        for model in models
        for name, info in getattr(model, "model_fields", {}).items()
        if get_origin(info.annotation) is not tuple
    ]


def _query_params(route: Any) -> Sequence[Any]:
    return getattr(getattr(route, "dependant", None), "query_params", ())


def served(route: Any) -> tuple[str, ...]:
    """Return what a route of the reference serves; nothing of others, which know themselves."""
    if route is None or not getattr(route, "include_in_schema", False):
        return ()
    said = (getattr(route, "responses", None) or {}).get(200, {}).get("content")
    if said:
        return tuple(said)
    kind = getattr(getattr(route, "response_class", None), "media_type", None)
    return (kind or "application/json",)


def taken(accept: str, offered: tuple[str, ...]) -> bool:
    """Tell whether the header `Accept` admits one of the types (RFC 9110, section 12.5.1)."""
    ranges = [found for part in accept.split(",") if (found := _range(part)) is not None]
    names = [name for kind in offered for name in (kind, *ALSO.get(kind, ()))]
    return not ranges or any(_admits(ranges, name) for name in names)


def _range(part: str) -> tuple[str, float] | None:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    if kind.count("/") != 1:
        return None  # what is no media range says nothing
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return kind, float(quality)
    except ValueError:
        return kind, 1.0


def _admits(ranges: list[tuple[str, float]], name: str) -> bool:
    """Let the most specific range that fits decide."""
    for wanted in (name, f"{name.partition('/')[0]}/*", "*/*"):
        said = [quality for kind, quality in ranges if kind == wanted]
        if said:
            return max(said) > 0
    return False
