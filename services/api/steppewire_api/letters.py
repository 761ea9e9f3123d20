"""`/dead-letters`: what the stages gave up; who has a key puts it back or throws it away."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from redis.exceptions import RedisError
from starlette.responses import RedirectResponse, Response

from steppewire import logs
from steppewire.errors import NotFound
from steppewire.quarantine import Address, Heap, Letter, Quarantine, heaps, name_of, select
from steppewire_api import bodies
from steppewire_api.access import who
from steppewire_api.filters import Moment, Text
from steppewire_api.problems import Problem, described
from steppewire_api.views import View

log = logs.get(__name__)
MOST_IDS = 1000
StageName = Literal["fetch", "parse", "enrich", "store"]
T = TypeVar("T")


class Which(BaseModel):
    """Which dead letters are meant; what is left out means any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: StageName | None = Field(None, description="Only of this stage.")
    source: Text | None = Field(None, description="Only of this source.", examples=["el.kz"])
    reason: Text | None = Field(None, description="Only with this reason.", examples=["no-article"])
    since: Moment | None = Field(None, description="Only what died then or later.")
    until: Moment | None = Field(None, description="Only what died before then.")


class Look(Which):
    """The parameters of `GET /dead-letters`."""

    limit: int = Field(50, ge=0, le=500, description="Single letters to show, the newest first.")


_DESCRIBES = ("stage", "source", "reason", "since", "until")
_NONE: JsonDict = {name: {"type": "null"} for name in _DESCRIBES}
_ONE_WAY: JsonDict = {
    "oneOf": [
        {
            "required": ["ids"],
            "properties": {"ids": {"minItems": 1}, "all": {"const": False}, **_NONE},
        },
        {
            "required": ["all"],
            "properties": {"all": {"const": True}, "ids": {"maxItems": 0}, **_NONE},
        },
        {
            "properties": {"all": {"const": False}, "ids": {"maxItems": 0}},
            "anyOf": [
                {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
                for name in _DESCRIBES
            ],
        },
    ]
}


class Meant(Which):
    """Ids, or a description, or all: one of the three."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_ONE_WAY)

    ids: tuple[str, ...] = Field(
        (),
        max_length=MOST_IDS,
        description="As `GET /dead-letters` shows them.",
        examples=[["parser/0/1763784000000-0"]],
    )
    all: bool = Field(False, description="All that there are.")

    @model_validator(mode="after")
    def _one_way(self) -> Meant:
        # an empty text describes nothing: it must not come to mean all
        described = any(self.model_dump(exclude={"ids", "all"}).values())
        if sum((bool(self.ids), described, self.all)) != 1:
            raise ValueError(
                "say which letters: `ids`, or some of `stage`, `source`, `reason`, `since`, "
                "`until`, or `all`: one of the three"
            )
        return self


class HeapView(View):
    """Letters that died of the same thing."""

    stage: str = Field(examples=["parse"])
    source: str
    outcome: str = Field(description="`reject` (can never succeed) or `dead` (failed too often).")
    reason: str
    count: int
    first: str = Field(description="When the oldest of them first failed.")
    last: str = Field(description="When the newest of them died.")
    newest: str = Field(description="Its id.")


class LetterView(View):
    """One dead letter, without its payload."""

    id: str = Field(examples=["parser/0/1763784000000-0"])
    stage: str
    source: str
    outcome: str
    reason: str
    detail: str
    attempts: str
    died_at: datetime | None
    key: str


class DeadLetters(View):
    """What the stages gave up."""

    count: int
    heaps: tuple[HeapView, ...] = Field(description="The largest first.")
    letters: tuple[LetterView, ...] = Field(description="The newest first.")


class Done(View):
    """What became of them."""

    found: int = Field(description="Letters that were meant.")
    done: int = Field(description="How many of them were still there when their turn came.")


def routes(quarantine: Quarantine) -> APIRouter:
    """Return the routes of the dead letters."""
    router = APIRouter(tags=["operate"])

    @router.get(
        "/dead-letters", summary="See what was given up", responses=described(404, 422, 503)
    )
    async def look(asked: Annotated[Look, Query()]) -> DeadLetters:
        """Return dead letters by stage, source and reason, and the newest of them one by one.

        `steppewire dead show ID` shows one whole.
        """
        found = await _reached(_found(quarantine, asked))
        newest = sorted(found, key=lambda letter: letter.last, reverse=True)
        return DeadLetters(
            count=len(found),
            heaps=tuple(map(_heap, heaps(found))),
            letters=tuple(map(_letter, newest[: asked.limit])),
        )

    @router.post(
        "/dead-letters/retry",
        summary="Put dead letters back to work",
        responses=_ACTS,
        openapi_extra=bodies.described(Meant),
    )
    async def retry(request: Request) -> Done:
        """Put them back, with all their attempts before them. Twice has one effect.

        A form may be sent, too, with the fields `key`, and `back` for the page to go on with.
        """
        return await _acted(request, "retry", quarantine)

    @router.post(
        "/dead-letters/discard",
        summary="Throw dead letters away",
        responses=_ACTS,
        openapi_extra=bodies.described(Meant),
    )
    async def discard(request: Request) -> Done:
        """Throw them away, for ever. Forms as for `retry`."""
        return await _acted(request, "discard", quarantine)

    return router


_ACTS = described(400, 404, 413, 415, 422, 503)


async def _acted(request: Request, what: Literal["retry", "discard"], q: Quarantine) -> Done:
    """Do it; a form is answered with the page that it came from, which FastAPI hands through."""
    meant = await bodies.read(request, Meant)
    addresses = await _reached(_addresses(q, meant))
    act = q.retry if what == "retry" else q.drop
    done = Done(found=len(addresses), done=await _reached(act(addresses)))
    log.info(f"dead_letters_{what}", by=who(request), found=done.found, done=done.done)
    place = await bodies.back(request)
    # a response that is returned in place of the model is sent as it is
    return done if place is None else _returned(place, what, done)  # type: ignore[return-value]


def _returned(place: str, what: str, done: Done) -> Response:
    parts = urlsplit(place)
    query = "&".join(filter(None, (parts.query, urlencode({what: done.done}))))
    return RedirectResponse(urlunsplit(("", "", parts.path, query, parts.fragment)), 303)


async def _addresses(quarantine: Quarantine, meant: Meant) -> list[Address]:
    if meant.ids:
        addresses = list(dict.fromkeys(Address.parse(text) for text in meant.ids))
        return [letter.address for letter in await quarantine.letters(addresses)]
    return [letter.address for letter in await _found(quarantine, meant)]


def _found(quarantine: Quarantine, which: Which) -> Awaitable[list[Letter]]:
    return quarantine.find(
        select(
            stage=which.stage,
            source=which.source or None,
            reason=which.reason or None,
            since=which.since,
            until=which.until,
        )
    )


async def _reached(work: Awaitable[T]) -> T:
    """Await an answer of the broker. Raises Problem when there is none, or nothing such."""
    try:
        return await work
    except NotFound as error:
        raise Problem(404, "no-such-letter", f"{str(error).replace('`', '')}.") from None
    except (RedisError, OSError):
        raise Problem(
            503, "broker", "The broker does not answer; /health/ready tells more."
        ) from None


def _heap(heap: Heap) -> HeapView:
    return HeapView(
        stage=name_of(heap.stage),
        source=heap.source,
        outcome=heap.outcome,
        reason=heap.reason,
        count=heap.count,
        first=heap.first,
        last=heap.last,
        newest=str(heap.newest),
    )


def _letter(letter: Letter) -> LetterView:
    return LetterView(
        id=str(letter.address),
        stage=name_of(letter.address.stage),
        source=letter.source,
        outcome=letter.outcome,
        reason=letter.reason,
        detail=letter.detail,
        attempts=letter.attempts,
        died_at=letter.died_at,
        key=letter.key,
    )
