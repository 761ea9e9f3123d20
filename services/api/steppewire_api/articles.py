"""`/articles` and `/facets`: what the archive keeps, as HTTP."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from steppewire.archive.promise import Archive, Record
from steppewire_api import fields, views
from steppewire_api.changes import Changes, changes
from steppewire_api.filters import Conditions, FieldsOf, Search, Words
from steppewire_api.problems import Problem, ProblemBody
from steppewire_api.views import Facets, FacetValue, FullArticle, Links, Page, Versions

_ARTICLE_ID = re.compile(r"^[0-9a-f]{32}$")
_LARGEST_VERSION = 2**31 - 1

Id = Annotated[str, Path(description="The article's id.", examples=[views.ARTICLE_ID])]
Responses = dict[int | str, dict[str, Any]]


def problem(status: int, description: str) -> Responses:
    """Return how an error is described in OpenAPI."""
    schema = {"schema": ProblemBody.model_json_schema()}
    return {status: {"description": description, "content": {"application/problem+json": schema}}}


UNREADABLE = problem(422, "A parameter cannot be read.")
UNKNOWN = problem(404, "There is no such article.")


class Which(BaseModel):
    """The parameter of `GET /articles/{id}`."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(
        None, ge=1, le=_LARGEST_VERSION, description="An older version; the current one by default."
    )
    fields: Annotated[Words, FieldsOf(FullArticle)] = Field(
        (),
        description="Only these fields of the article, and its `id`.",
        examples=[["title", "paragraphs"]],
    )


class Pair(BaseModel):
    """The parameters of `GET /articles/{id}/diff`."""

    model_config = ConfigDict(extra="forbid")

    before: int | None = Field(
        None, ge=1, le=_LARGEST_VERSION, description="The older one; by default that before it."
    )
    after: int | None = Field(
        None, ge=1, le=_LARGEST_VERSION, description="The newer one; the current one by default."
    )


class HowMany(Conditions):
    """The parameters of `GET /facets/{by}`."""

    limit: int = Field(50, ge=1, le=500, description="Values to return.")


def routes(archive: Archive) -> APIRouter:
    """Return the routes that read the archive."""
    router = APIRouter(tags=["articles"])

    @router.get(
        "/articles",
        summary="Find articles",
        response_model=Page | fields.ChosenPage,
        responses=UNREADABLE | problem(400, "The cursor is not one of ours."),
    )
    async def find(search: Annotated[Search, Query()]) -> Response:
        """Return the current versions that match all given conditions, newest first or by `order`.

        Follow `links.next` (or the `Link` header) for more; a cursor never skips or repeats an
        article while new ones arrive.
        """
        wanted = fields.wanted(search.fields)
        page = await _find(archive, search)
        headers = {"Link": f'<{page.links.next}>; rel="next"'} if page.links.next else None
        return fields.written(page, wanted and _in_page(wanted), headers)

    @router.get(
        "/articles/{article_id}",
        summary="Read an article",
        response_model=FullArticle | fields.ChosenArticle,
        responses=UNREADABLE | UNKNOWN,
    )
    async def read(article_id: Id, which: Annotated[Which, Query()]) -> Response:
        """Return one version whole: text by paragraph with its language, entities marked in
        place, provenance. Offsets count Unicode code points, not UTF-16 units."""
        record = await _get(archive, article_id, which.version)
        return fields.written(views.full(record), fields.wanted(which.fields))

    @router.get(
        "/articles/{article_id}/versions",
        summary="An article's history",
        responses=UNREADABLE | UNKNOWN,
    )
    async def history(article_id: Id) -> Versions:
        """Return all versions, oldest first. No version is ever overwritten."""
        records = await archive.versions(article_id) if _ARTICLE_ID.match(article_id) else []
        if not records:
            raise _unknown(article_id)
        return views.versions(article_id, records)

    @router.get(
        "/articles/{article_id}/diff",
        summary="What has changed between two versions",
        responses=UNREADABLE | UNKNOWN,
    )
    async def diff(article_id: Id, pair: Annotated[Pair, Query()]) -> Changes:
        """Compare two versions word by word: by default, the current one with the one before."""
        new = await _get(archive, article_id, pair.after)
        number = new.version - 1 if pair.before is None else pair.before
        if number < 1:
            raise Problem(
                404,
                "no-such-version",
                "This is the first version and nothing is before it: give `before` and `after`, "
                "or come back when the article has changed.",
            )
        old = await _get(archive, article_id, number)
        # a long text takes a while, and others are listening
        return await asyncio.to_thread(changes, old, new)

    @router.get("/facets/{by}", summary="The most frequent values", responses=UNREADABLE)
    async def facets(
        by: Literal["source", "language", "entity"], how_many: Annotated[HowMany, Query()]
    ) -> Facets:
        """Return sources, languages or entities with the number of matching articles of each."""
        found = await archive.facets(by, limit=how_many.limit, query=how_many.narrow())
        values = tuple(FacetValue(value=f.value, count=f.count, id=f.id) for f in found)
        return Facets(by=by, values=values)

    return router


def _in_page(wanted: set[str]) -> dict[str, Any]:
    return {"items": {"__all__": wanted}, "next": True, "links": True}


async def _find(archive: Archive, search: Search) -> Page:
    try:
        found = await archive.find(search.search())
    except ValueError as error:
        raise Problem(
            400,
            "bad-cursor",
            f"This query cannot be answered ({_first_line(error)}): begin again without `cursor`, "
            "and keep the other parameters the same from page to page.",
        ) from None
    following = search.path_of_next(found.next) if found.next else None
    items = tuple(views.card(record) for record in found.items)
    return Page(items=items, next=found.next, links=Links(next=following))


async def _get(archive: Archive, article_id: str, version: int | None) -> Record:
    record = await archive.get(article_id, version) if _ARTICLE_ID.match(article_id) else None
    if record is None:
        raise _unknown(article_id, version)
    return record


def _unknown(article_id: str, version: int | None = None) -> Problem:
    what = "article" if version is None else f"version {version} of an article"
    return Problem(
        404,
        "no-such-article",
        f"There is no {what} with the id {article_id[:40]!r}; ids come from GET /articles.",
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["bad value"])[0][:120]
