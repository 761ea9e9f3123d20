"""`/webhooks`: who is told of what, and how that goes. What is sent is the notifier's part."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from redis.exceptions import RedisError

from steppewire import logs
from steppewire.webhooks import (
    MOST,
    Address,
    Book,
    Name,
    Secret,
    State,
    Text,
    Wanted,
    Webhook,
    Word,
    new_id,
    new_secret,
    private,
)
from steppewire_api import bodies
from steppewire_api.problems import Problem, described
from steppewire_api.views import View

log = logs.get(__name__)
T = TypeVar("T")
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
    status: Literal["active", "failing", "disabled", "off"] = Field(
        description="`disabled`: it failed for too long; `off`: somebody switched it off."
    )
    why: str = Field("", description="Why it fails or is disabled.")
    delivered: int = Field(description="Messages it has taken.")
    last_delivered_at: AwareDatetime | None
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
        hooks = await _reached(book.all())
        return Hooks(items=tuple([await _seen(book, hook) for hook in hooks]))

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
        await _reached(book.put(hook))
        log.info("webhook_added", webhook=hook.id, by=_name(request))
        response.headers["Location"] = f"/webhooks/{hook.id}"
        return await _new(book, hook)

    @router.get("/webhooks/{id}", summary="See a webhook", responses=described(404, 503))
    async def see_one(id: Id) -> HookView:
        """Return one webhook and how it fares."""
        return await _seen(book, await _known(book, id))

    @router.patch(
        "/webhooks/{id}",
        summary="Change a webhook",
        responses=_CHANGES,
        openapi_extra=bodies.described(Change),
    )
    async def change(request: Request, id: Id) -> HookView:
        """Change an address or what is asked for, switch it off, or enable it again."""
        hook, asked = await _ours(book, id), await bodies.read(request, Change)
        changed = hook.model_copy(update=asked.model_dump(exclude_none=True))
        _refuse_private(changed.url)
        await _reached(book.put(changed))
        if asked.enabled:
            await _reached(book.note(id, State()))
        log.info("webhook_changed", webhook=id, by=_name(request))
        return await _seen(book, changed)

    @router.post("/webhooks/{id}/secret", summary="Give a webhook a new secret", responses=_CHANGES)
    async def renew(request: Request, id: Id) -> NewHook:
        """Make a new secret. The one before it signs, too, until the next change: take the new
        one into use, then call this again if the old one has become known."""
        hook = await _ours(book, id)
        secrets = (new_secret(), hook.secrets[0])
        changed = hook.model_copy(update={"secrets": secrets})
        await _reached(book.put(changed))
        log.info("webhook_secret_renewed", webhook=id, by=_name(request))
        return await _new(book, changed)

    @router.delete(
        "/webhooks/{id}", status_code=204, summary="Remove a webhook", responses=_CHANGES
    )
    async def remove(request: Request, id: Id) -> None:
        """Remove it. What was on its way is not sent any more."""
        await _ours(book, id)
        await _reached(book.remove(id))
        log.info("webhook_removed", webhook=id, by=_name(request))

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
    if await _reached(book.get(hook.id)):
        raise Problem(409, "id-taken", f"There is a webhook {hook.id!r} already: give another id.")
    if await _reached(book.number()) >= MOST:
        raise Problem(409, "too-many-webhooks", f"There are {MOST} already: remove some first.")


def _refuse_private(url: str) -> None:
    # names are judged when they have been resolved, at each message, by the notifier's guard
    if private(url):
        raise Problem(
            422,
            "private-address",
            "url: this address is not public: give one that is, or a host name that the notifier "
            "may connect to (STEPPEWIRE_WEBHOOK_NETWORKS).",
        )


async def _known(book: Book, id_: str) -> Webhook:
    hook = await _reached(book.get(id_))
    if hook is None:
        raise Problem(404, "no-such-webhook", "There is no such webhook; see GET /webhooks.")
    return hook


async def _ours(book: Book, id_: str) -> Webhook:
    hook = await _known(book, id_)
    if hook.origin == "file":
        raise Problem(409, "in-a-file", "This webhook is in the notifier's file: change it there.")
    return hook


async def _reached(work: Awaitable[T]) -> T:
    try:
        return await work
    except (RedisError, OSError):
        raise Problem(
            503, "broker", "The broker does not answer; /health/ready tells more."
        ) from None


def _name(request: Request) -> str:
    caller = getattr(request.state, "caller", None)
    return f"{caller.key.name} ({caller.key.id})" if caller and caller.key else "nobody"


async def _seen(book: Book, hook: Webhook) -> HookView:
    return HookView.model_validate(await _told(book, hook))


async def _new(book: Book, hook: Webhook) -> NewHook:
    return NewHook.model_validate({**await _told(book, hook), "secret": hook.secrets[0]})


async def _told(book: Book, hook: Webhook) -> dict[str, Any]:
    state = await _reached(book.state(hook.id))
    return {
        **hook.model_dump(exclude={"secrets", "enabled"}),
        **state.model_dump(include={"last_delivered_at", "failing_since", "next_at"}),
        "delivered": await _reached(book.taken(hook.id)),
        "status": _status(hook, state),
        "why": state.disabled_why or state.last_failure,
    }


def _status(hook: Webhook, state: State) -> str:
    if not hook.enabled:
        return "off"
    if state.disabled_at:
        return "disabled"
    return "failing" if state.failures else "active"
