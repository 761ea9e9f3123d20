"""The command `steppewire`. Other distributions add commands by the entry point group
`steppewire.commands`: each names a function that typer can run; `source.new` is a command `new` of
the group `source`.

A command's module is loaded when that command is asked for: most need a broker's client, `parse`
does not, and starts in a quarter of the time. The list of commands is read from their sources.
"""

from __future__ import annotations

import ast
import atexit
import gc
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from steppewire import __version__
from steppewire.errors import PluginError, SteppewireError
from steppewire.installed import points as installed

GROUP = "steppewire.commands"
OURS = {
    "run": "steppewire.commands.run:run",
    "top": "steppewire.commands.top:top",
    "source": "steppewire.commands.source:app",
    "dead": "steppewire.commands.dead:app",
    "replay": "steppewire.commands.replay:replay",
    "recover": "steppewire.commands.recover:recover",
    "export": "steppewire.commands.export:export",
    "import": "steppewire.commands.import_:import_",
    "partitions": "steppewire.commands.partitions:partitions",
    "keys": "steppewire.commands.keys:app",
    "webhooks": "steppewire.commands.webhooks:app",
    "version": "steppewire.cli:version",
}
"""Command -> where its function, or its group of commands, is."""


class Later(dict[str, Any]):
    """Commands by name, each loaded when it is asked for."""

    def get(self, name: str, default: Any = None) -> Any:
        """Return a command, ready to run; for one that is not installed here, what says so."""
        if name in self:
            return loaded(self[name])
        return _missing(name) or default


class Commands(TyperGroup):
    """All commands: ours, and those of the distributions that are installed beside us."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Later({point.name: point for point in _outermost()})

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without loading them: that takes 0.7 s."""
        self.commands = {point.name: _listed(point) for point in _outermost()}
        super().format_help(ctx, formatter)


app = typer.Typer(
    cls=Commands,
    help="An open newswire that anyone can run.",
    no_args_is_help=True,
    add_completion=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


@app.callback()
def _whole(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Keep the list of commands a list, however few typer itself knows."""


def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; an error of ours is one line, and its exit status."""
    # what is left at the end goes with the process; to look for garbage in it takes a seventh of
    # the time of a short command
    atexit.register(gc.freeze)
    try:
        app()
    except SteppewireError as error:
        print(f"steppewire: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


@cache
def points() -> tuple[EntryPoint, ...]:
    """Return where each command is, ours first."""
    ours = [EntryPoint(name, place, GROUP) for name, place in OURS.items()]
    added = sorted(installed(GROUP), key=lambda point: point.name)
    return (*ours, *(point for point in added if point.name not in OURS))


def _outermost() -> list[EntryPoint]:
    """Return where the commands are that stand in no group."""
    return [
        point
        for point in points()
        if point.name.partition(".")[0] not in OURS or "." not in point.name
    ]


@cache
def loaded(point: EntryPoint) -> Any:
    """Return the command of an entry point; one that says what is wrong where it cannot be had."""
    try:
        what = point.load()
    except SteppewireError:
        raise
    except Exception as error:  # a stranger's package may raise anything on import
        what = _unloadable(point, error)
    if not isinstance(what, typer.Typer):
        return _command(point.name, what)
    _complete(what, point.name)
    for one in what.registered_commands:
        one.help = one.help or flowing(one.callback.__doc__ if one.callback else None)
    group = typer.main.get_group(what)
    group.name = point.name
    return group


def _listed(point: EntryPoint) -> Any:
    """Return what stands for a command in a list: its name, and what it says of itself."""
    said = _said(point)
    return loaded(point) if said is None else TyperCommand(point.name, help=said)


def _said(point: EntryPoint) -> str | None:
    """Return the help of a command as its source has it; None where only running that tells."""
    try:
        parts = ast.parse(_source(point.module)).body
    except Exception:  # a stranger's package may have no source, or one that is broken
        return None
    return next(filter(None, (_help(part, point.attr) for part in parts)), None)


def _source(module: str) -> bytes:
    """Return the source of a module; of the packages around it none is imported."""
    package, *inner = module.split(".")
    spec = find_spec(package)
    for name in inner:
        spec = spec and PathFinder.find_spec(name, spec.submodule_search_locations or [])
    return Path(spec.origin).read_bytes() if spec and spec.origin else b""


def _help(part: ast.stmt, name: str) -> str | None:
    """Return what a statement says of a name: its docstring, or `name = Typer(help="…")`."""
    match part:
        case ast.FunctionDef(name=found) if found == name:
            return ast.get_docstring(part)
        case ast.Assign(targets=[ast.Name(id=found)], value=ast.Call(keywords=words)):
            texts = (word.value for word in words if found == name and word.arg == "help")
            constants = (text.value for text in texts if isinstance(text, ast.Constant))
            return next((value for value in constants if isinstance(value, str)), None)
    return None


def flowing(text: str | None) -> str | None:
    """Return a docstring with each paragraph on one line: a terminal has a width of its own."""
    return text and "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _command(name: str, function: Callable[..., Any], **settings: Any) -> Any:
    alone = typer.Typer(add_completion=False)
    alone.command(name, help=flowing(function.__doc__), context_settings=settings)(function)
    return typer.main.get_command(alone)


def _missing(name: str) -> Any:
    """Return what stands for a command that is not installed here; None, if nobody brings it."""
    from steppewire.commands.lent import LENT, stand_in

    return _command(name, stand_in(name), ignore_unknown_options=True) if name in LENT else None


def _complete(group: typer.Typer, name: str) -> None:
    """Add to a group of ours what other distributions bring for it, and what stands in for them."""
    inside = [point for point in points() if point.name.startswith(f"{name}.")]
    for point in inside:
        group.command(point.name.partition(".")[2])(_function(point))
    _lend(group, name, {point.name for point in inside})


def _function(point: EntryPoint) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = point.load()
    except Exception as error:  # see `loaded`
        return _unloadable(point, error)
    return function


def _lend(group: typer.Typer, name: str, brought: Iterable[str]) -> None:
    """Let what is missing in a group say where it is to be had."""
    from steppewire.commands.lent import LENT, stand_in

    for one in LENT:
        if one.startswith(f"{name}.") and one not in brought:
            settings = {"ignore_unknown_options": True}
            command = one.partition(".")[2]
            group.command(command, context_settings=settings)(stand_in(one))


def _unloadable(point: EntryPoint, error: Exception) -> Callable[..., Any]:
    def broken() -> None:
        raise PluginError(
            f"`{point.name.replace('.', ' ')}` ({point.value}) cannot be loaded: "
            f"{type(error).__name__}: {error}; repair or uninstall that package"
        )

    broken.__doc__ = "Cannot be loaded here."
    return broken


if __name__ == "__main__":
    main()
