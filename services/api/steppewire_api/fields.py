"""Answers of which only some fields are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from steppewire_api.views import Card, FullArticle, Page, View

ALWAYS = "id"


def wanted(asked: Sequence[str]) -> set[str]:
    """Return the fields that are wanted; none: all."""
    return {*asked, ALWAYS} if asked else set()


def written(view: View, only: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """Write an answer down, with what is wanted of it, in pydantic's way to say so."""
    body = view.model_dump_json(include=only or None)
    return Response(body, media_type="application/json", headers=headers)


def chosen(model: type[View], name: str) -> type[BaseModel]:
    """Return the model of an answer of which some fields were chosen, for the reference."""
    parts: dict[str, Any] = {
        field: (_optional(info.annotation, field), _maybe(info, field))
        for field, info in model.model_fields.items()
    }
    told = "The fields that were asked for, and the `id`."
    return create_model(name, __base__=View, __doc__=told, **parts)


def _optional(annotation: Any, field: str) -> Any:
    return annotation if field == ALWAYS else annotation | None


def _maybe(info: Any, field: str) -> Any:
    told = {"description": info.description, "examples": info.examples}
    return Field(**told) if field == ALWAYS else Field(default=None, **told)


ChosenCard = chosen(Card, "ChosenCard")
ChosenArticle = chosen(FullArticle, "ChosenArticle")
ChosenPage: type[BaseModel] = create_model(
    "ChosenPage",
    __base__=Page,
    __doc__="One page, with the fields of each article that were asked for.",
    items=(tuple[ChosenCard, ...], ...),  # type: ignore[valid-type]
)
