"""Tables on a terminal, and in a pipe."""

from __future__ import annotations

from rich.console import Console, RenderableType

_PIPE_WIDTH = 200
"""Columns at least where no terminal tells its width: a program behind a pipe wants whole cells."""


def print_wide(what: RenderableType) -> None:
    """Print a table or a text as it is: nothing in it is taken for a style."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _PIPE_WIDTH)
    console.print(what)
