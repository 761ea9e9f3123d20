"""`/entities`, `/companions`, `/timeline`: who is named, with whom, and when."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steppewire.archive.promise import Archive, Named, Period, Profile, Step
from steppewire.archive.rows import NAMED
from steppewire.events import EntityType
from steppewire_api.filters import Conditions, Moment, Text, split_words
from steppewire_api.problems import Problem, described
from steppewire_api.views import View

ENTITY_ID = "person/toqaev-qasym-jomart"
Id = Annotated[
    str,
    Path(max_length=300, description="The entity's id, as articles have it.", examples=[ENTITY_ID]),
]
By = Annotated[Step, Field(description="How long a period is; weeks begin on Monday.")]


class Roll(Conditions):
    """The parameters of `GET /entities`."""

    type: Annotated[tuple[EntityType, ...], split_words] = Field(
        (), max_length=30, description=f"Any of these: {', '.join(sorted(NAMED))}."
    )
    name: Text | None = Field(
        None,
        description="Only those that any article calls so, in any spelling.",
        examples=["Tokayev"],
    )
    limit: int = Field(50, ge=1, le=500, description="Entities to return.")


class HowMany(BaseModel):
    """The parameter of `GET /companions/{id}`."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(20, ge=1, le=200, description="Entities to return.")


class When(Conditions):
    """The parameters of `GET /timeline`."""

    by: By = "day"


class Lately(BaseModel):
    """The parameters of `GET /activity`."""

    model_config = ConfigDict(extra="forbid")

    since: Moment = Field(description="As for `GET /articles`.", examples=["2026-11-01"])
    until: Moment | None = Field(None, description="As for `GET /articles`.")
    by: By = "day"


class NamedView(View):
    """An entity, and how many articles name it."""

    id: str = Field(examples=[ENTITY_ID])
    type: EntityType
    name: str = Field(description="What most of these articles call it.")
    articles: int


class NamedList(View):
    """Entities, the most frequent first."""

    items: tuple[NamedView, ...]


class SeenView(View):
    """A name under which articles of one language know it."""

    language: str = Field(examples=["kk-Cyrl"])
    name: str = Field(examples=["Қасым-Жомарт Тоқаев"])
    articles: int


class EntityView(View):
    """What is known of an entity from the articles that name it."""

    id: str = Field(examples=[ENTITY_ID])
    ids: tuple[str, ...] = Field(description="All ids that were told to be one; `id` stays.")
    type: EntityType = Field(description="What most articles take it for.")
    types: dict[str, int] = Field(description="Type → articles.")
    names: dict[str, str] = Field(
        description="Language → name, as the enricher knows it.",
        examples=[{"kk": "Қасым-Жомарт Тоқаев", "uz-Latn": "Qosim-Jomart Toʻqayev"}],
    )
    seen: tuple[SeenView, ...] = Field(description="As articles write it, most frequent first.")
    articles: int
    mentions: int
    first_at: AwareDatetime
    last_at: AwareDatetime


class PeriodView(View):
    """A day, week or month."""

    start: str = Field(description="Its first day, in UTC.", examples=["2026-11-16"])
    count: int = Field(description="Articles.")


class Timeline(View):
    """Articles over time, periods without any included."""

    by: Literal["day", "week", "month"]
    items: tuple[PeriodView, ...]


class SourceTimeline(View):
    """A source over time."""

    source: str = Field(examples=["el.kz"])
    items: tuple[PeriodView, ...]


class Activity(View):
    """Every source that has published, over time."""

    by: Literal["day", "week", "month"]
    items: tuple[SourceTimeline, ...]


def routes(archive: Archive) -> APIRouter:
    """Return the routes that count over many articles."""
    router = APIRouter(tags=["entities"])

    @router.get("/entities", summary="Who is named most", responses=described(422))
    async def named(roll: Annotated[Roll, Query()]) -> NamedList:
        """Return people, places, organisations and the like that most matching articles name.

        Entities without an id, such as a name that nobody could place, are not among them.
        """
        found = await archive.entities(
            roll.limit, types=roll.type, name=roll.name or None, query=roll.narrow()
        )
        return NamedList(items=tuple(map(_named, found)))

    @router.get(
        "/entities/{entity_id:path}", summary="Read an entity", responses=described(404, 422)
    )
    async def read(entity_id: Id) -> EntityView:
        """Return its names in every language, and what the archive knows of it.

        Its articles: `GET /articles?entity=…`; over time: `GET /timeline?entity=…`; who it
        appears with: `GET /companions/…`; as a feed: `GET /feeds/atom?entity=…`.
        """
        found = await archive.entity(entity_id)
        if found is None:
            raise _unknown(entity_id)
        return _profile(found)

    @router.get(
        "/companions/{entity_id:path}",
        summary="Who it appears with",
        responses=described(404, 422),
    )
    async def companions(entity_id: Id, how_many: Annotated[HowMany, Query()]) -> NamedList:
        """Return who and what stands most often in the newest 5,000 articles that name it."""
        found = await archive.companions(entity_id, how_many.limit)
        if not found and await archive.entity(entity_id) is None:
            raise _unknown(entity_id)
        return NamedList(items=tuple(map(_named, found)))

    @router.get("/timeline", summary="Articles over time", responses=described(422))
    async def timeline(when: Annotated[When, Query()]) -> Timeline:
        """Return how many matching articles each period has, for a chart."""
        found = await archive.timeline(when.query(), when.by)
        return Timeline(by=when.by, items=_periods(found))

    @router.get("/activity", summary="Sources over time", responses=described(422))
    async def activity(lately: Annotated[Lately, Query()]) -> Activity:
        """Return for each source how many articles each period has."""
        found = await archive.activity(lately.since, lately.until, lately.by)
        items = (SourceTimeline(source=s, items=_periods(p)) for s, p in found.items())
        return Activity(by=lately.by, items=tuple(items))

    return router


def _unknown(entity_id: str) -> Problem:
    return Problem(
        404,
        "no-such-entity",
        f"No article names {entity_id[:60]!r}: ids come from the entities of an article, or from "
        "GET /entities?name=….",
    )


def _named(one: Named) -> NamedView:
    return NamedView(id=one.id, type=one.type, name=one.name, articles=one.articles)


def _profile(one: Profile) -> EntityView:
    return EntityView.model_validate(one.model_dump())


def _periods(found: list[Period]) -> tuple[PeriodView, ...]:
    return tuple(PeriodView(start=p.start.isoformat(), count=p.count) for p in found)
