"""The book of webhooks: who wants to be told of what, and how they fare. One table keeps both.

It lies beside the articles, so that one backup has both, and no loss of the broker loses any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from steppewire import logs
from steppewire.archive.engines import make_engine, parse, reading, writing
from steppewire.archive.tables import webhooks
from steppewire.errors import NotFound
from steppewire.webhooks import State, Webhook

log = logs.get(__name__)


@dataclass(frozen=True)
class Kept:
    """A webhook as the book has it."""

    hook: Webhook
    state: State
    taken: int
    """Messages that it has taken, ever."""


@dataclass
class Tally:
    """Messages that a webhook has taken since somebody wrote that down."""

    count: int
    last: datetime


class Book:
    """The webhooks in a SQL database. Raises ArchiveUnreachable while that is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @staticmethod
    def at(url: str) -> Book:
        """Return the book in the database at `url`; nothing is opened yet. Raises SettingError."""
        return Book(make_engine(parse(url)))

    async def listed(self) -> list[Kept]:
        """Return all with how they fare, by id; one that cannot be read is left out."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(select(webhooks).order_by(webhooks.c.id))
            found = [_kept(row) for row in rows]
        return [kept for kept in found if kept is not None]

    async def all(self) -> list[Webhook]:
        """Return all, in the order of their ids."""
        return [kept.hook for kept in await self.listed()]

    async def kept(self, id_: str) -> Kept | None:
        """Return one with how it fares."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(select(webhooks).where(webhooks.c.id == id_))
            row = rows.one_or_none()
        return _kept(row) if row is not None else None

    async def known(self, id_: str) -> Kept:
        """Return one that must be there. Raises NotFound, which names those that are."""
        kept = await self.kept(id_)
        if kept is None:
            ids = ", ".join([hook.id for hook in await self.all()][:12]) or "none yet"
            raise NotFound(f"no webhook {id_[:60]!r}; there are: {ids}")
        return kept

    async def get(self, id_: str) -> Webhook | None:
        """Return one."""
        kept = await self.kept(id_)
        return kept.hook if kept else None

    async def state(self, id_: str) -> State:
        """Return how one fares; one that is not there fares as a new one does."""
        kept = await self.kept(id_)
        return kept.state if kept else State()

    async def taken(self, id_: str) -> int:
        """Return how many messages one has taken."""
        kept = await self.kept(id_)
        return kept.taken if kept else 0

    async def number(self) -> int:
        """Return how many there are."""
        async with reading(self._engine) as connection:
            return (await connection.execute(select(func.count(webhooks.c.id)))).scalar_one()

    async def add(self, webhook: Webhook) -> bool:
        """Add one; False when there is one of that id."""
        return bool(await self._add([_row(webhook)]))

    async def move_in(self, found: list[Kept]) -> int:
        """Add those that are not here yet, with how they fared; return how many."""
        return await self._add([
            _row(kept.hook, kept.state) | {"taken": kept.taken} for kept in found
        ])  # fmt: skip

    async def put(self, webhook: Webhook) -> None:
        """Add one, or replace what one asks for; how it fares stays."""
        row = _row(webhook)
        async with writing(self._engine) as connection:
            put = update(webhooks).where(webhooks.c.id == webhook.id)
            changed = await connection.execute(put.values(definition=row["definition"]))
            if not changed.rowcount:
                await connection.execute(insert(webhooks), row)

    async def remove(self, id_: str) -> bool:
        """Forget one; tell whether it was there."""
        async with writing(self._engine) as connection:
            gone = await connection.execute(delete(webhooks).where(webhooks.c.id == id_))
        return bool(gone.rowcount)

    async def note(self, id_: str, state: State) -> None:
        """Write down how one fares."""
        told: dict[str, Any] = {"state": _written(state)}
        if state.last_delivered_at is not None:
            told["last_delivered_at"] = state.last_delivered_at
        async with writing(self._engine) as connection:
            await connection.execute(update(webhooks).where(webhooks.c.id == id_).values(**told))

    async def count(self, tallies: Mapping[str, Tally]) -> None:
        """Add messages that webhooks have taken."""
        rows = [
            {"hook": id_, "more": tally.count, "at": tally.last} for id_, tally in tallies.items()
        ]
        if rows:
            async with writing(self._engine) as connection:
                await connection.execute(_COUNT, rows)

    async def aclose(self) -> None:
        """Release the connections."""
        await self._engine.dispose()

    async def _add(self, rows: list[dict[str, Any]]) -> int:
        count = 0
        async with writing(self._engine) as connection:
            for row in rows:
                added = await connection.execute(_ADD[connection.dialect.name], row)
                count += added.rowcount
        return count


_COUNT = (
    update(webhooks)
    .where(webhooks.c.id == bindparam("hook"))
    .values(taken=webhooks.c.taken + bindparam("more"), last_delivered_at=bindparam("at"))
)
_ADD = {
    "sqlite": sqlite.insert(webhooks).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(webhooks).on_conflict_do_nothing(),
}


def _row(webhook: Webhook, state: State | None = None) -> dict[str, Any]:
    state = state or State()
    return {
        "id": webhook.id,
        "definition": webhook.model_dump_json(),
        "state": _written(state),
        "taken": 0,
        "last_delivered_at": state.last_delivered_at,
    }


def _written(state: State) -> str:
    # a column of its own has the time, so that counting need not read a state first
    return state.model_dump_json(exclude={"last_delivered_at"}, exclude_defaults=True)


def _kept(row: Any) -> Kept | None:
    hook = _read(row.definition)
    if hook is None:
        return None
    told = _state(row.state).model_copy(update={"last_delivered_at": row.last_delivered_at})
    return Kept(hook, told, row.taken)


@lru_cache(maxsize=1024)
def _read(definition: str) -> Webhook | None:
    # remembered by its text: a thousand are looked through for each article
    try:
        return Webhook.model_validate_json(definition)
    except ValidationError as error:
        log.error("webhook_unreadable", error=str(error).splitlines()[0])
        return None


def _state(text: str) -> State:
    try:
        return State.model_validate_json(text)
    except ValidationError:
        return State()
