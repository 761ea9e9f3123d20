"""`steppewire keys`: make API keys, list them, revoke them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from steppewire.commands.reach import DEFAULT_DATA
from steppewire.commands.tables import print_wide
from steppewire.errors import SettingError
from steppewire.keys import MEANINGS, SCOPES, Key, Scope, make, named, read, write

app = typer.Typer(
    help="API keys: who may read, listen, be called, or operate. The API sees a change at once.",
    no_args_is_help=True,
)

File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        envvar="STEPPEWIRE_API_KEYS",
        help="File of the keys' hashes.",
        show_default="keys.json in the data folder",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of `steppewire run`; goes before --file.", show_default="var"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Who or what it is for, such as `newsroom`.")
    ],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What it allows, repeatable: {', '.join(SCOPES)}.", show_default="read, live"
        ),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it ends by itself.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Requests a second.")] = None,
    file: File = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. It is told this once: only its hash is kept."""
    path, now = _place(file, data), datetime.now(UTC)
    until = _after(now, days) if days else None
    token, key = make(_name(name), _scopes(scope or ["read", "live"]), now, until=until, rate=rate)
    write(path, [*read(path), key])
    if as_json:
        typer.echo(json.dumps({"key": token, **_shown(key)}))
        return
    typer.echo(token)
    typer.echo(f"Send it as `Authorization: Bearer …`; only its hash is kept, in {path}.", err=True)


@app.command("list")
def list_(file: File = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show which keys there are; the keys themselves nobody can show."""
    keys = read(_place(file, data))
    if as_json:
        typer.echo(json.dumps([_shown(key) for key in keys]))
        return
    table = Table("id", "name", "scopes", "made", "until", "rate", box=None, pad_edge=False)
    for key in keys:
        table.add_row(*_row(key))
    print_wide(table if keys else "no keys: `steppewire keys new NAME` makes one")


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(metavar="KEY", help="Its id or name.")],
    file: File = None,
    data: Data = None,
) -> None:
    """End a key, now and for ever."""
    path = _place(file, data)
    keys = read(path)
    gone = named(keys, which)
    write(path, [key for key in keys if key.id != gone.id])
    typer.echo(f"revoked {gone.id} ({gone.name})")


def _place(file: Path | None, data: Path | None) -> Path:
    return file if file and data is None else (data or DEFAULT_DATA) / "keys.json"


def _name(name: str) -> str:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise SettingError("a key's name is 1 to 100 letters that can be printed: newsroom")
    return name.strip()


def _scopes(asked: list[str]) -> list[Scope]:
    words = [word.strip() for text in asked for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in SCOPES]
    if unknown or not words:
        told = "; ".join(f"{scope}: {MEANINGS[scope]}" for scope in SCOPES)
        raise SettingError(f"unknown scope {(unknown or [''])[0]!r}; there are: {told}")
    return [scope for scope in SCOPES if scope in words]


def _after(now: datetime, days: int) -> datetime:
    try:
        return datetime.fromtimestamp(now.timestamp() + days * 86_400, UTC)
    except (OverflowError, ValueError):
        raise SettingError("--days goes beyond the calendar; leave it out for no end") from None


def _shown(key: Key) -> dict[str, Any]:
    return key.model_dump(mode="json", exclude={"hash"}, exclude_none=True)


def _row(key: Key) -> tuple[str, ...]:
    until = key.until.date().isoformat() if key.until else ""
    rate = f"{key.rate:g}/s" if key.rate else ""
    return key.id, key.name, ", ".join(key.scopes), key.made_at.date().isoformat(), until, rate
