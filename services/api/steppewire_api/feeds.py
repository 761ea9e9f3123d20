"""`/feeds/rss`, `/feeds/atom`, `/feeds/json`: any query as a feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from steppewire.archive.promise import Archive, Record
from steppewire_api import syndication, views
from steppewire_api.filters import Conditions, Filters
from steppewire_api.syndication import Entry, Feed

FRESH = 60
"""Seconds for which a reader need not ask again."""
WRITERS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    "rss": ("application/rss+xml", syndication.rss),
    "atom": ("application/atom+xml", syndication.atom),
    "json": ("application/feed+json", syndication.json_feed),
}
"""Format -> media type, and what writes it."""
TITLES = {"rss": "RSS 2.0", "atom": "Atom", "json": "JSON Feed 1.1"}


class FeedQuery(Conditions):
    """The parameters of a feed."""

    limit: int = Field(30, ge=1, le=200, description="Articles in the feed, the newest.")
    content: Literal["summary", "full"] = Field(
        "summary", description="Whether the whole text is in the feed, too."
    )


def routes(archive: Archive) -> APIRouter:
    """Return the routes of the feeds."""
    router = APIRouter(prefix="/feeds", tags=["feeds"])
    for kind in WRITERS:
        _add(router, archive, kind)
    return router


def _add(router: APIRouter, archive: Archive, kind: str) -> None:
    media_type, write = WRITERS[kind]
    said: dict[int | str, dict[str, Any]] = {
        200: {
            "content": {media_type: {"schema": {"type": "string" if kind != "json" else "object"}}},
            "description": f"The feed, as {TITLES[kind]}.",
        }
    }

    @router.get(
        f"/{kind}",
        summary=f"Subscribe with {TITLES[kind]}",
        responses=said,
        response_class=Response,
        name=f"feed_{kind}",
        operation_id=f"feed_{kind}",
    )
    async def feed(asked: Annotated[FeedQuery, Query()], request: Request) -> Response:
        """Return the newest articles that match, for any feed reader.

        Ask as often as you like: `ETag` and `Last-Modified` make it cheap.
        """
        found = await archive.find(asked.query(limit=asked.limit))
        made = _feed(asked, request, found.items)
        body = await asyncio.to_thread(write, made)
        headers = {
            "Last-Modified": format_datetime(made.updated.astimezone(UTC), usegmt=True),
            "Cache-Control": f"max-age={FRESH}",
        }
        return Response(body, media_type=media_type, headers=headers)


def _feed(asked: FeedQuery, request: Request, records: tuple[Record, ...]) -> Feed:
    whole = asked.content == "full"
    return Feed(
        title=title(asked),
        home=str(request.base_url),
        address=str(request.url),
        entries=tuple(entry(record, whole=whole) for record in records),
    )


def title(asked: Filters) -> str:
    """Return what a reader shows above the articles."""
    words = (asked.q, asked.entity, ", ".join(asked.source), ", ".join(asked.language))
    told = " · ".join(word for word in words if word)
    return f"steppewire: {told}" if told else "steppewire"


def entry(record: Record, *, whole: bool) -> Entry:
    """Return an article as feeds tell it."""
    article = record.article
    lead = (article.lead,) if article.lead else ()
    return Entry(
        id=article.article_id,
        url=article.url,
        title=article.title,
        summary=views.lead(record) or "",
        paragraphs=(*lead, *(p.text for p in article.paragraphs)) if whole else (),
        source=article.source,
        language=record.enrichment.languages.article.tag,
        authors=article.authors,
        tags=article.tags,
        published=article.published_at,
        updated=record.stored_at,
    )
