"""The pages from first to last, once in each language, and the doors that lead to them.

1. the front door: which language, and where old addresses have gone
2. what a reader chooses: language, colours, keys
3. in each language: wire, article, changes, names, sources, pipeline, search
4. whatever else begins with a language: not found, in that language
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator
from starlette.responses import RedirectResponse, Response

from steppewire_api.access import who
from steppewire_api.filters import printable
from steppewire_api.pages import article, changes, entity, front, now, pipeline, search, sources
from steppewire_api.pages.addresses import Addresses
from steppewire_api.pages.asked import Asked
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.doors import route_class
from steppewire_api.pages.paper import Reader
from steppewire_api.pages.words import LANGUAGES, Words
from steppewire_api.problems import Problem


def _printable(text: str | None) -> str | None:
    return text if text is None else printable(text)


_LARGEST = 2**31 - 1
Number = Annotated[int | None, Query(ge=1, le=_LARGEST)]
Count = Annotated[int | None, Query(ge=0, le=_LARGEST)]
Name = Annotated[str | None, Query(max_length=500), AfterValidator(_printable)]


def routes(desk: Desk) -> APIRouter:
    """Return all pages."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/", front.door, methods=["GET", "HEAD"])
    router.add_api_route("/choose", front.choose, methods=["POST"])
    for language in LANGUAGES:
        words = Words(language, desk.zone)
        router.include_router(_pages(desk, words), prefix=f"/{language}")
    return router


def _pages(desk: Desk, words: Words) -> APIRouter:
    router = APIRouter(route_class=route_class(words), include_in_schema=False)

    @router.get("/")
    async def the_wire(request: Request, asked: Annotated[Asked, Query()]) -> Response:
        return await now.show(desk, Reader.of(request, words), asked)

    @router.get("/articles/{id_}")
    async def an_article(request: Request, id_: str, version: Number = None) -> Response:
        return await article.show(desk, Reader.of(request, words), id_, version)

    @router.get("/articles/{id_}/changes")
    async def the_changes(
        request: Request,
        id_: str,
        before: Annotated[int | None, Query(alias="from", ge=1, le=_LARGEST)] = None,
        after: Annotated[int | None, Query(alias="to", ge=1, le=_LARGEST)] = None,
    ) -> Response:
        return await changes.show(desk, Reader.of(request, words), id_, before, after)

    @router.get("/entities")
    async def all_entities(request: Request, name: Name = None) -> Response:
        return await entity.show_all(desk, Reader.of(request, words), name)

    @router.get("/entity")
    async def an_entity(request: Request, id: Name = None, cursor: Name = None) -> Response:
        return await entity.show(desk, Reader.of(request, words), id or "", cursor)

    @router.get("/search")
    async def a_search(request: Request, asked: Annotated[Asked, Query()]) -> Response:
        return await search.show(desk, Reader.of(request, words), asked)

    @router.get("/sources")
    async def all_sources(request: Request) -> Response:
        return await sources.show(desk, Reader.of(request, words))

    @router.get("/sources/{name:path}")
    async def a_source(request: Request, name: str) -> Response:
        return await sources.show_one(desk, Reader.of(request, words), name)

    @router.post("/sources/{name:path}")
    async def a_pause(request: Request, name: str) -> Response:
        await sources.act(desk, name, await front.fields(request), who(request))
        return RedirectResponse(Addresses(words.language).source(name), 303)

    @router.get("/pipeline")
    async def the_pipeline(request: Request, retried: Count = None) -> Response:
        return await pipeline.show(desk, Reader.of(request, words), retried=retried)

    @router.post("/pipeline")
    async def a_retry(request: Request) -> Response:
        count = await pipeline.retry(desk, await front.fields(request))
        there = Addresses(words.language).pipeline(retried=count)
        return RedirectResponse(there, 303)

    @router.get("/{rest:path}")
    async def nothing(rest: str) -> Response:
        raise Problem(404, "no-such-page", "")

    return router
