"""Webhooks of a file, written into the book at the start and whenever the file changes."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from steppewire import logs
from steppewire.archive.hooks import Book
from steppewire.errors import ArchiveUnreachable, SettingError
from steppewire.webhooks import MOST, Address, Name, Secret, Text, Wanted, Webhook

log = logs.get(__name__)
LOOK_EVERY = 2.0
"""Seconds between two looks at the file."""


class Entry(Wanted):
    """A webhook as a file has it."""

    id: Name
    url: Address
    secret: Secret | None = None
    secrets: tuple[Secret, ...] = Field((), max_length=3)
    """While a secret is changed: the new one and the one before it."""
    description: Text = ""
    enabled: bool = True

    @model_validator(mode="after")
    def _signs(self) -> Entry:
        if bool(self.secret) == bool(self.secrets):
            raise ValueError("needs `secret`, or `secrets` while one is changed")
        return self


def _apart(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if len({entry.id for entry in entries}) < len(entries):
        raise ValueError("two webhooks have the same id")
    return entries


class File(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhook: Annotated[tuple[Entry, ...], Field(max_length=MOST), AfterValidator(_apart)] = ()


def read(path: Path) -> tuple[Entry, ...]:
    """Return the webhooks of a file. Raises SettingError that says what to mend, in one line."""
    try:
        return File.model_validate(tomllib.loads(path.read_text("utf-8"))).webhook
    except OSError as error:
        why = error.strerror or str(error)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why = str(error)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        why = f"{where}: {str(first['msg']).removeprefix('Value error, ')}"
    raise SettingError(f"STEPPEWIRE_WEBHOOKS={path}: {why} (see docs/how-to/webhooks.md)")


async def enter(book: Book, entries: tuple[Entry, ...], now: datetime) -> None:
    """Make the book say what the file says; webhooks that came over HTTP stay as they are."""
    known = {hook.id: hook for hook in await book.all()}
    for entry in entries:
        before = known.get(entry.id)
        if before is not None and before.origin == "api":
            raise SettingError(
                f"STEPPEWIRE_WEBHOOKS: {entry.id} was added over HTTP: give another id, or remove "
                f"that one (DELETE /webhooks/{entry.id})"
            )
        hook = _webhook(entry, before.made_at if before else now)
        if hook != before:
            await book.put(hook)
    gone = {i for i, hook in known.items() if hook.origin == "file"} - {e.id for e in entries}
    for id_ in gone:
        await book.remove(id_)


def _webhook(entry: Entry, made_at: datetime) -> Webhook:
    told = entry.model_dump(exclude={"secret", "secrets"})
    signs = entry.secrets or (entry.secret,)
    return Webhook.model_validate({**told, "secrets": signs, "made_at": made_at, "origin": "file"})


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


async def watch(book: Book, path: Path) -> None:
    """Enter the file whenever it changes; one that cannot be read changes nothing and is told."""
    seen: float | None = None
    while True:
        changed = await asyncio.to_thread(_changed, path)
        if changed != seen:
            try:
                await enter(book, read(path), datetime.now(UTC))
                seen = changed
            except ArchiveUnreachable as error:  # tried again
                log.warning("webhooks_not_entered", error=str(error))
            except SettingError as error:
                seen = changed
                log.error("webhooks_unreadable", error=str(error))
        await asyncio.sleep(LOOK_EVERY)
