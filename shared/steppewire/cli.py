"""The command `steppewire`. Other distributions add commands by the entry point group
`steppewire.commands`: each names a function that typer can run; `source.new` is a command `new` of
the group `source`.

A command's module is loaded when that command is asked for: most need a broker's client, `parse`
does not, and starts in a quarter of the time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from steppewire import __version__
from steppewire.errors import PluginError, SteppewireError

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
        """Return a command, ready to run."""
        return loaded(self[name]) if name in self else default


class Commands(TyperGroup):
    """All commands: ours, and those of the distributions that are installed beside us."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Later({point.name: point for point in points() if not _of_a_group(point)})


app = typer.Typer(
    cls=Commands,
    help="An open newswire that anyone can run.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def _whole() -> None:
    """Keep the list of commands a list, however few typer itself knows."""


def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; an error of ours is one line, and its exit status."""
    try:
        app()
    except SteppewireError as error:
        print(f"steppewire: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


@cache
def points() -> tuple[EntryPoint, ...]:
    """Return where each command is, ours first."""
    ours = [EntryPoint(name, place, GROUP) for name, place in OURS.items()]
    added = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return (*ours, *(point for point in added if point.name not in OURS))


def _of_a_group(point: EntryPoint) -> bool:
    return point.name.partition(".")[0] in OURS and "." in point.name


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


def flowing(text: str | None) -> str | None:
    """Return a docstring with each paragraph on one line: a terminal has a width of its own."""
    return text and "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _command(name: str, function: Callable[..., Any]) -> Any:
    alone = typer.Typer(add_completion=False)
    alone.command(name, help=flowing(function.__doc__))(function)
    return typer.main.get_command(alone)


def _complete(group: typer.Typer, name: str) -> None:
    """Add to a group of ours what other distributions bring for it, and what stands in for them."""
    inside = [point for point in points() if point.name.startswith(f"{name}.")]
    for point in inside:
        group.command(point.name.partition(".")[2])(_function(point))
    if name == "source":
        _lend(group, {point.name.partition(".")[2] for point in inside})


def _function(point: EntryPoint) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = point.load()
    except Exception as error:  # see `loaded`
        return _unloadable(point, error)
    return function


def _lend(group: typer.Typer, brought: Iterable[str]) -> None:
    from steppewire.commands import source

    for name in source.LENT:
        if name not in brought:
            settings = {"ignore_unknown_options": True}
            group.command(name, context_settings=settings)(source.needs_fetcher(name))


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
