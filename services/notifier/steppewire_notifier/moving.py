"""Webhooks that an earlier steppewire kept in the broker: moved to where they are now, once."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis

from steppewire import logs
from steppewire.archive.hooks import Book, Kept
from steppewire.streams import key
from steppewire.webhooks import State, Webhook

log = logs.get(__name__)
BOOK, STATES, TAKEN = key("webhooks"), key("webhooks.states"), key("webhooks.taken")
"""Hashes of the broker: what they ask for, how they fared, how many messages they took."""


async def move(redis: Redis, book: Book) -> int:
    """Move what the broker still has into the database; return how many.

    The broker forgets it afterwards, so that whoever is killed in between moves it again, and
    what is in the database already stays as it is there. Raises RedisError, ArchiveUnreachable.
    """
    raw: Any = await redis.hgetall(BOOK)
    if not raw:
        return 0
    states: Any = await redis.hgetall(STATES)
    taken: Any = await redis.hgetall(TAKEN)
    read = [_kept(text, states.get(id_), taken.get(id_)) for id_, text in sorted(raw.items())]
    moved = await book.move_in([kept for kept in read if kept is not None])
    await redis.delete(BOOK, STATES, TAKEN)
    log.info("webhooks_moved", count=moved)
    return moved


def _kept(definition: bytes, state: bytes | None, taken: bytes | None) -> Kept | None:
    try:
        hook = Webhook.model_validate_json(definition)
    except ValidationError as error:
        log.error("webhook_unreadable", error=str(error).splitlines()[0])
        return None
    return Kept(hook, _state(state), int(taken or 0))


def _state(text: bytes | None) -> State:
    try:
        return State.model_validate_json(text) if text is not None else State()
    except ValidationError:
        return State()
