"""`/webhooks`: who is told of what, and how that goes. What is sent is the notifier's part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steppewire import logs
from steppewire.archive.hooks import Book, Kept
from steppewire.webhooks import (
    MOST,
    Address,
    Name,
    Secret,
    State,
    Status,
    Text,
    Wanted,
    Webhook,
    Word,
    new_id,
    new_secret,
    private,
    status,
)
from steppewire_api import bodies
from steppewire_api.access import who
from steppewire_api.problems import Problem, described
from steppewire_api.views import View

log = logs.get(__name__)
Id = Annotated[str, Path(description="The webhook's id.", examples=["wh-0f2c1d5a8b7e"])]


class Asked(Wanted):
    """A webhook as somebody asks for it."""

    url: Address = Field(examples=["https://example.org/hooks/news"])
    id: Name | None = Field(None, description="One of your own; left out, one is made.")
    secret: Secret | None = Field(None, description="`whsec_…`; left out, one is made.")
    description: Text = ""


class Change(BaseModel):
    """What is to change; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Address | None = None
    description: Text | None = None
    enabled: bool | None = Field(
        None, description="`true` also gives one that failed for too long another chance."
    )
    language: tuple[Word, ...] | None = Field(None, max_length=50)
    source: tuple[Word, ...] | None = Field(None, max_length=50)
    entity: Text | None = Field(None, description="An empty text asks for nothing any more.")
    q: Text | None = Field(None, description="An empty text asks for nothing any more.")


class HookView(View):
    """A webhook and how it fares. Its secrets are not shown."""

    id: str
    url: str
    description: str
    language: tuple[str, ...]
    source: tuple[str, ...]
    entity: str | None
    q: str | None
    origin: Literal["api", "file"] = Field(description="Where it was registered.")
    made_at: AwareDatetime
    status: Status = Field(
        description="`disabled`: it failed for too long; `off`: somebody switched it off."
    )
    why: str = Field("", description="Why it fails or is disabled.")
    delivered: int = Field(description="Messages it has taken.")
    last_delivered_at: AwareDatetime | None
    failures: int = Field(description="In a row, up to now.")
    last_failure: str = Field("", description="What was wrong last, even if it is well again.")
    last_failed_at: AwareDatetime | None
    failing_since: AwareDatetime | None
    next_at: AwareDatetime | None = Field(description="Nothing is sent before.")


class NewHook(HookView):
    """A webhook that was just made, or given another secret: shown this once."""

    secret: str = Field(description="Signs its messages. Keep it: it is not shown again.")


class Hooks(View):
    """All webhooks."""

    items: tuple[HookView, ...]


def routes(book: Book) -> APIRouter:
    """Return the routes of webhooks."""
    router = APIRouter(tags=["webhooks"])

    @router.get("/webhooks", summary="See all webhooks", responses=described(503))
    async def see() -> Hooks:
        """Return all webhooks and how each fares."""
        return Hooks(items=tuple(map(_seen, await book.listed())))

    @router.post(
        "/webhooks",
        status_code=201,
        summary="Add a webhook",
        responses=_CHANGES,
        openapi_extra=bodies.described(Asked),
    )
    async def add(request: Request, response: Response) -> NewHook:
        """Have what is stored from now on sent to an address, signed after Standard Webhooks.

        Verify messages with a library of https://www.standardwebhooks.com and the secret that
        this answer shows once.
        """
        hook = _made(await bodies.read(request, Asked))
        await _admit(book, hook)
        log.info("webhook_added", webhook=hook.id, by=who(request))
        response.headers["Location"] = f"/webhooks/{hook.id}"
        return _new(Kept(hook, State(), 0))

    @router.get("/webhooks/{id}", summary="See a webhook", responses=described(404, 503))
    async def see_one(id: Id) -> HookView:
        """Return one webhook and how it fares."""
        return _seen(await _known(book, id))

    @router.patch(
        "/webhooks/{id}",
        summary="Change a webhook",
        responses=_CHANGES,
        openapi_extra=bodies.described(Change),
    )
    async def change(request: Request, id: Id) -> HookView:
        """Change an address or what is asked for, switch it off, or enable it again."""
        kept, asked = await _ours(book, id), await bodies.read(request, Change)
        changed = kept.hook.model_copy(update=asked.model_dump(exclude_none=True))
        _refuse_private(changed.url)
        await book.put(changed)
        if asked.enabled:
            await book.note(id, State(last_delivered_at=kept.state.last_delivered_at))
        log.info("webhook_changed", webhook=id, by=who(request))
        return _seen(await _known(book, id))

    @router.post("/webhooks/{id}/secret", summary="Give a webhook a new secret", responses=_CHANGES)
    async def renew(request: Request, id: Id) -> NewHook:
        """Make a new secret. The one before it signs, too, until the next change: take the new
        one into use, then call this again if the old one has become known."""
        kept = await _ours(book, id)
        secrets = (new_secret(), kept.hook.secrets[0])
        changed = kept.hook.model_copy(update={"secrets": secrets})
        await book.put(changed)
        log.info("webhook_secret_renewed", webhook=id, by=who(request))
        return _new(Kept(changed, kept.state, kept.taken))

    @router.delete(
        "/webhooks/{id}", status_code=204, summary="Remove a webhook", responses=_CHANGES
    )
    async def remove(request: Request, id: Id) -> None:
        """Remove it. What was on its way is not sent any more."""
        await _ours(book, id)
        await book.remove(id)
        log.info("webhook_removed", webhook=id, by=who(request))

    return router


_CHANGES = described(400, 404, 409, 413, 415, 422, 503)


def _made(asked: Asked) -> Webhook:
    told = asked.model_dump(exclude={"id", "secret"})
    id_, secret = asked.id or new_id(), asked.secret or new_secret()
    return Webhook.model_validate(
        {**told, "id": id_, "secrets": (secret,), "made_at": datetime.now(UTC)}
    )


async def _admit(book: Book, hook: Webhook) -> None:
    _refuse_private(hook.url)
    if await book.number() >= MOST:
        raise Problem(409, "too-many-webhooks", f"There are {MOST} already: remove some first.")
    if not await book.add(hook):
        raise Problem(409, "id-taken", f"There is a webhook {hook.id!r} already: give another id.")


def _refuse_private(url: str) -> None:
    # names are judged when they have been resolved, at each message, by the notifier's guard
    if private(url):
        raise Problem(
            422,
            "private-address",
            "url: this address is not public: give one that is, or a host name that the notifier "
            "may connect to (STEPPEWIRE_WEBHOOK_NETWORKS).",
        )


async def _known(book: Book, id_: str) -> Kept:
    kept = await book.kept(id_)
    if kept is None:
        raise Problem(404, "no-such-webhook", "There is no such webhook; see GET /webhooks.")
    return kept


async def _ours(book: Book, id_: str) -> Kept:
    kept = await _known(book, id_)
    if kept.hook.origin == "file":
        raise Problem(409, "in-a-file", "This webhook is in the notifier's file: change it there.")
    return kept


def _seen(kept: Kept) -> HookView:
    return HookView.model_validate(_told(kept))


def _new(kept: Kept) -> NewHook:
    return NewHook.model_validate({**_told(kept), "secret": kept.hook.secrets[0]})


def _told(kept: Kept) -> dict[str, Any]:
    hook, state = kept.hook, kept.state
    return {
        **hook.model_dump(exclude={"secrets", "enabled"}),
        **state.model_dump(exclude={"disabled_at", "disabled_why"}),
        "delivered": kept.taken,
        "status": status(hook, state),
        "why": state.disabled_why or (state.last_failure if state.failures else ""),
    }
