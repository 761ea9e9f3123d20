"""`/sources/{name}/pause` and `/sources/{name}/resume`: for operators, by key."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from redis.exceptions import RedisError

from steppewire import logs
from steppewire.pauses import LONGEST_WHY, Pause, Pauses
from steppewire.webhooks import Text
from steppewire_api import bodies
from steppewire_api.access import who
from steppewire_api.problems import Problem, described
from steppewire_api.views import View

log = logs.get(__name__)
T = TypeVar("T")
Name = Annotated[str, Path(max_length=200, description="The source's name.", examples=["el.kz"])]


class Reason(BaseModel):
    """Why a source is to be paused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Text = Field("", description="For whoever sees that it is paused.")


class Standing(View):
    """Whether a source is paused."""

    source: str
    paused: Pause | None
    changed: bool = Field(description="False when it was so already.")


def routes(pauses: Pauses) -> APIRouter:
    """Return the routes that stop sources and let them go on."""
    router = APIRouter(tags=["operate"])

    @router.post(
        "/sources/{name}/pause",
        summary="Pause a source",
        responses=described(400, 404, 413, 415, 422, 503),
        openapi_extra=bodies.described(Reason),
    )
    async def pause_source(request: Request, name: Name) -> Standing:
        """Stop looking at it and fetching its pages, at once. What was found already waits."""
        reason = await bodies.read(request, Reason)
        return await pause(pauses, name, who(request), reason.why)

    @router.post("/sources/{name}/resume", summary="Resume a source", responses=described(404, 503))
    async def resume_source(request: Request, name: Name) -> Standing:
        """Go on: what waited is fetched, and its lists are read now."""
        return await resume(pauses, name, who(request))

    return router


async def pause(pauses: Pauses, name: str, by: str, why: str) -> Standing:
    """Pause a source. Raises Problem."""
    await _known(pauses, name)
    asked = Pause(at=datetime.now(UTC), by=by, why=why.strip()[:LONGEST_WHY])
    changed = await _reached(pauses.pause(name, asked))
    if changed:
        log.warning("source_paused", source=name, by=by, why=asked.why)
    return Standing(source=name, paused=(await _reached(pauses.all())).get(name), changed=changed)


async def resume(pauses: Pauses, name: str, by: str) -> Standing:
    """Let a source go on. Raises Problem."""
    await _known(pauses, name)
    changed = await _reached(pauses.resume(name))
    if changed:
        log.warning("source_resumed", source=name, by=by)
    return Standing(source=name, paused=None, changed=changed)


async def _known(pauses: Pauses, name: str) -> None:
    if not await _reached(pauses.known(name)) and name not in await _reached(pauses.names()):
        raise Problem(404, "no-such-source", "No fetcher knows this source; see GET /sources.")


async def _reached(work: Awaitable[T]) -> T:
    try:
        return await work
    except (RedisError, OSError):
        raise Problem(
            503, "broker", "The broker does not answer; /health/ready tells more."
        ) from None
