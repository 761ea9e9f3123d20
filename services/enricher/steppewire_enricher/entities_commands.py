"""`steppewire entities`: whom a name means, and correcting it by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from steppewire.corrections import VARIABLE, Corrections, corrections, read
from steppewire.errors import NotFound, SettingError

app = typer.Typer(
    help="Entities: whom a name means, which ids are one, which are two.", no_args_is_help=True
)
File = Annotated[
    Path | None,
    typer.Option("--file", help="File of corrections.", show_default=f"what {VARIABLE} names"),
]


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name in any language, or an id.")],
    type_: Annotated[str, typer.Option("--type", help="PERSON, ORGANISATION, GPE, …")] = "PERSON",
    file: File = None,
) -> None:
    """Show the id of a name, its names in all languages, and which ids are the same."""
    from steppewire_enricher.identity.ids import PREFIXES, id_of
    from steppewire_enricher.knowledge import base

    if type_ not in PREFIXES:
        raise NotFound(f"no ids for {type_!r}: give --type one of {', '.join(PREFIXES)}")
    found = name if "/" in name else id_of(name, type_)
    if found is None:
        raise NotFound(f"{name!r} is too short to tell anybody by: give the full name")
    corrected = _corrections(file)
    stays = corrected.id(found)
    typer.echo(stays)
    for also in corrected.all(stays)[1:]:
        typer.echo(f"  same: {also}")
    for split in corrected.apart:
        if split.id == found:
            typer.echo(f"  apart: {split.to} where the text has {' or '.join(split.when)}")
    names = base().names(stays) | dict(corrected.names.get(stays, {}))
    for writing, said in names.items():
        typer.echo(f"  {writing}: {said}")


@app.command()
def same(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="The first stays.")],
    file: File = None,
) -> None:
    """Record that ids are one entity."""
    _append(file, f"[[same]]\nids = {json.dumps(ids, ensure_ascii=False)}\n")


@app.command()
def apart(
    id_: Annotated[str, typer.Argument(metavar="ID", help="An id that means two.")],
    to: Annotated[str, typer.Argument(metavar="NEW", help="The id of the other one.")],
    when: Annotated[list[str], typer.Option(help="A word of the articles that mean the other.")],
    file: File = None,
) -> None:
    """Record that an id means somebody else where the text has certain words."""
    row = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in
           (("id", id_), ("when", when), ("to", to))]  # fmt: skip
    _append(file, "\n".join(["[[apart]]", *row, ""]))


def _corrections(file: Path | None) -> Corrections:
    if file is None:
        return corrections()
    return read(_text(file), file.name) if file.exists() else Corrections()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} cannot be read: {error}") from None


def _append(file: Path | None, row: str) -> None:
    """Write a row at the end of the file, if the file then still makes sense."""
    told = os.environ.get(VARIABLE)
    path = file or (Path(told) if told else None)
    if path is None:
        raise SettingError(f"no file of corrections: give --file, or set {VARIABLE} to its path")
    before = _text(path) if path.exists() else ""
    after = f"{before.rstrip()}\n\n{row}".lstrip()
    read(after, path.name)
    try:
        path.write_text(after, "utf-8")
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}") from None
    typer.echo(f"{path}: recorded; articles that come in from now on are read so")
