"""`steppewire top`: the newswire at work, live in the terminal, from wherever its API answers."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from steppewire.errors import SettingError, SteppewireError
from steppewire.local.looking import ask, look
from steppewire.local.view import Picture, render

_WIDTH = 120
"""Columns of a picture that goes into a pipe."""

Api = Annotated[
    str, typer.Option(envvar="STEPPEWIRE_API", help="Address of the newswire's API and page.")
]


class ApiUnreachable(SteppewireError):
    """No API of a newswire answers at the address."""

    exit_code = 69


def top(
    api: Api = "http://127.0.0.1:8080",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Print one picture and end.")] = False,
) -> None:
    """Show stages, lag, failures and headlines, live. Ctrl-C ends the view, not the newswire."""
    picture = Picture(_address(api), data="")
    _first_look(picture)
    console = Console()
    if once or not console.is_terminal:
        console.width = max(console.width, _WIDTH) if not console.is_terminal else console.width
        console.print(render(picture))
        return
    with suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False) as live:
        _watch(picture, live, every)


def _watch(picture: Picture, live: Live, every: float) -> None:
    started = time.monotonic()
    while True:
        live.update(render(picture), refresh=True)
        time.sleep(every)
        look(picture, time.monotonic() - started)
        away = picture.stats is None
        picture.trouble = [f"no answer from {picture.address}"] if away else []


def _first_look(picture: Picture) -> None:
    stats = ask(picture.address, "/stats")
    if stats is None or "stages" not in stats:
        raise ApiUnreachable(
            f"no newswire's API answers at {picture.address}: give --api its address "
            "(`steppewire run` prints it when it is ready), or STEPPEWIRE_API"
        )
    look(picture, 0.0)


def _address(api: str) -> str:
    if not api.startswith(("http://", "https://")):
        raise SettingError(f"{api!r} is no address of an API; give http://host:port")
    return api.rstrip("/")
