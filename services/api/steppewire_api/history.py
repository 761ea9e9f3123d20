"""`/history`: what the live stream told, in pages of whole articles, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from steppewire.archive.matching import Content, Wish, widen
from steppewire.archive.promise import Archive, Logged
from steppewire.events import ArticleEnriched
from steppewire_api.articles import UNREADABLE
from steppewire_api.filters import Timed
from steppewire_api.views import Links, View

LARGEST_PLACE = 10**18 - 1


class Past(Timed):
    """The parameters of `GET /history`."""

    after: int = Field(
        0,
        ge=0,
        le=LARGEST_PLACE,
        description="The `next` of the page before, or the id of an event of `/events`.",
        examples=[48213],
    )
    limit: int = Field(100, ge=1, le=500, description="Versions that are looked at in one page.")

    def path_of_next(self, after: int) -> str:
        """Return the path of the page after this one."""
        asked = self.model_dump(mode="json", exclude_defaults=True) | {"after": after}
        return f"/history?{urlencode(asked, doseq=True)}"


class Told(View):
    """A version of an article, at its place."""

    id: int = Field(description="Its place: the `id` of its event in `/events`.", examples=[48213])
    version: int
    change: Literal["created", "updated"]
    stored_at: AwareDatetime
    record: ArticleEnriched = Field(description="The event `article.enriched`, whole.")


class PastPage(View):
    """A page of history."""

    items: tuple[Told, ...] = Field(description="May be empty while there is more: read on.")
    next: int = Field(description="`after` of the next page, and the place to go live from.")
    more: bool = Field(description="Whether there was more when this was read.")
    links: Links


def routes(archive: Archive) -> APIRouter:
    """Return the route of the past."""
    router = APIRouter(tags=["live"])

    @router.get(
        "/history",
        summary="Read what was told before",
        response_model=PastPage,
        responses=UNREADABLE,
    )
    async def past(asked: Annotated[Past, Query()]) -> Response:
        """Return versions in the order in which the live stream told them, whole, oldest first.

        Read until `more` is false, then follow `GET /events` with `Last-Event-ID: {next}`: what
        was stored meanwhile comes there, and nothing twice. Or ask here again, now and then.
        """
        after = await begin(asked, archive)
        found = [(entry, Content(entry.record)) for entry in await archive.log(after, asked.limit)]
        wish = asked.wish(datetime.now(UTC))
        if wish.asks_for_name:
            await widen(archive, [content for _, content in found])
        page = page_of(asked, wish, after, found)
        # written by pydantic: FastAPI would look through every record a second time
        return Response(page.model_dump_json(), media_type="application/json")

    return router


async def begin(asked: Past, archive: Archive) -> int:
    """Return where to read from: what is older than `since` is passed over."""
    since = asked.beginning(datetime.now(UTC))
    return asked.after if asked.after or since is None else await archive.place_before(since)


def page_of(
    asked: Past, wish: Wish, after: int, found: Sequence[tuple[Logged, Content]]
) -> PastPage:
    """Return the page of what was found in the log."""
    following = found[-1][0].seq if found else after
    more = len(found) == asked.limit
    return PastPage(
        items=tuple(_told(entry) for entry, content in found if wish.met_by(content)),
        next=following,
        more=more,
        links=Links(next=asked.path_of_next(following) if more else None),
    )


def _told(entry: Logged) -> Told:
    record = entry.record
    return Told(
        id=entry.seq,
        version=record.version,
        change="created" if record.version == 1 else "updated",
        stored_at=record.stored_at,
        record=ArticleEnriched(
            article=record.article,
            enrichment=record.enrichment,
            fetch=record.fetch,
            extraction=record.extraction,
        ),
    )
