"""`steppewire webhooks`: who is told of what, and how that goes; beside what the API offers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.table import Table

from steppewire.commands.reach import Data, Database, database_address
from steppewire.commands.tables import print_wide
from steppewire.commands.talk import needs
from steppewire.errors import SettingError
from steppewire.webhooks import MOST, State, Webhook, new_id, new_secret, status

if TYPE_CHECKING:
    from steppewire.archive.hooks import Book, Kept

app = typer.Typer(
    help="Webhooks: who is told of what is stored, and how each fares.", no_args_is_help=True
)
T = TypeVar("T")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `webhooks list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(
    context: typer.Context, as_json: AsJson = False, data: Data = None, database: Database = None
) -> None:
    """Show all, with the last delivery, failures in a row and what was wrong last."""
    found = work(database_address(context, database, data), lambda book: book.listed())
    if as_json:
        typer.echo(json.dumps([told(kept) for kept in found], ensure_ascii=False, indent=2))
        return
    table = Table(
        "id", "status", "taken", "last delivery", "failures", "last failure", "to", box=None,
        pad_edge=False,
    )  # fmt: skip
    for kept in found:
        table.add_row(*_row(kept))
    print_wide(table if found else "no webhooks: `steppewire webhooks add URL` adds one")


@app.command()
def add(
    context: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Where messages go: https://host/path.")
    ],
    id_: Annotated[
        str | None, typer.Option("--id", help="A name.", show_default="one is made")
    ] = None,
    query: Annotated[str | None, typer.Option("--q", help="Only with all these words.")] = None,
    entity: Annotated[str | None, typer.Option(help="Only what names this entity.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="kk, uz-Latn; repeatable.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="A source; repeatable.")] = None,
    secret: Annotated[
        str | None, typer.Option(help="`whsec_…` of your own.", show_default="one is made")
    ] = None,
    description: Annotated[str, typer.Option(help="For whoever reads the list.")] = "",
    data: Data = None,
    database: Database = None,
) -> None:
    """Have what is stored from now on sent to an address; print the secret that signs it."""
    hook = _made(
        id=id_ or new_id(),
        url=url,
        q=query,
        entity=entity,
        language=language or (),
        source=source or (),
        secrets=(secret or new_secret(),),
        description=description,
        made_at=datetime.now(UTC),
    )

    async def enter(book: Book) -> None:
        if await book.number() >= MOST:
            raise SettingError(f"there are {MOST} webhooks already: remove some first")
        if not await book.add(hook):
            raise SettingError(f"there is a webhook {hook.id!r} already: give another --id")

    work(database_address(context, database, data), enter)
    typer.echo(f"{hook.id} {hook.secrets[0]}")
    where = f" --data {data}" if data else ""
    typer.echo(
        "Its receiver verifies messages with this secret; "
        f"try it: steppewire webhooks test {hook.id}{where}",
        err=True,
    )


@app.command()
def remove(context: typer.Context, id_: Id, data: Data = None, database: Database = None) -> None:
    """Forget one. What was on its way is not sent any more."""
    work(database_address(context, database, data), lambda book: _removed(book, id_))
    typer.echo(f"removed {id_}")


@app.command()
def enable(context: typer.Context, id_: Id, data: Data = None, database: Database = None) -> None:
    """Give one another chance that failed for too long or was switched off."""

    async def act(book: Book) -> None:
        kept = await ours(book, id_)
        await book.put(kept.hook.model_copy(update={"enabled": True}))
        await book.note(id_, State())

    work(database_address(context, database, data), act)
    typer.echo(
        f"enabled {id_}; what it missed: steppewire dead retry --stage deliver --source {id_}"
    )


@app.command()
def disable(context: typer.Context, id_: Id, data: Data = None, database: Database = None) -> None:
    """Switch one off, until it is enabled again."""

    async def act(book: Book) -> None:
        kept = await ours(book, id_)
        await book.put(kept.hook.model_copy(update={"enabled": False}))

    work(database_address(context, database, data), act)
    typer.echo(f"disabled {id_}")


def work(url: str, act: Callable[[Book], Awaitable[T]]) -> T:
    """Open the book at a database, do some work, close it.

    Raises SchemaMismatch, SettingError or ArchiveUnreachable.
    """
    with needs("sqlalchemy"):
        from steppewire.archive import open_archive
        from steppewire.archive.hooks import Book

    async def go() -> T:
        # opened for what it checks: that there is a database, and its schema
        async with open_archive(url, patience=0), aclosing(Book.at(url)) as book:
            return await act(book)

    return asyncio.run(go())


async def ours(book: Book, id_: str) -> Kept:
    """Return a webhook that may be changed here. Raises NotFound or SettingError."""
    kept = await book.known(id_)
    if kept.hook.origin == "file":
        raise SettingError(f"{id_} is in the notifier's file, STEPPEWIRE_WEBHOOKS: change it there")
    return kept


async def _removed(book: Book, id_: str) -> None:
    await ours(book, id_)
    await book.remove(id_)


def _made(**asked: Any) -> Webhook:
    try:
        return Webhook.model_validate(asked)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingError(f"{where}: {str(first['msg']).removeprefix('Value error, ')}") from None


def told(kept: Kept) -> dict[str, Any]:
    """Return a webhook and how it fares as JSON has it; its secrets are not shown."""
    hook, state = kept.hook, kept.state
    return {
        **hook.model_dump(mode="json", exclude={"secrets"}),
        **state.model_dump(mode="json"),
        "taken": kept.taken,
        "status": status(hook, state),
    }


def _row(kept: Kept) -> tuple[str, ...]:
    hook, state = kept.hook, kept.state
    last = state.last_delivered_at
    return (
        hook.id,
        status(hook, state),
        str(kept.taken),
        last.strftime("%Y-%m-%d %H:%M") if last else "",
        str(state.failures or ""),
        state.disabled_why or state.last_failure,
        hook.url,
    )
