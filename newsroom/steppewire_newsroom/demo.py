"""`steppewire demo`: the whole newswire against this newsroom, with no network at all."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from steppewire.local.newswire import Newswire
from steppewire.local.plan import Options
from steppewire.local.processes import Program
from steppewire.ports import free_port
from steppewire_newsroom.desk import reroute

_SOURCES = Path(__file__).with_name("sources")
_OURS = ("zakon.kz", "kaz.zakon.kz", "el.kz")
"""Sources that ship with the fetcher; the other sites are drop-in TOML files."""


def demo(
    data: Annotated[Path, typer.Option(help="Folder of everything that is kept.")] = Path(
        "var/demo"
    ),
    port: Annotated[
        int | None, typer.Option(help="Port of the page; else 8080 or a free one.")
    ] = None,
    newsroom_port: Annotated[
        int | None, typer.Option(help="Port of the newsroom; else a free one.")
    ] = None,
) -> None:
    """Run the newswire against a local newsroom that plays ten sites: works offline."""
    room = newsroom_port or free_port()
    newsroom = Program(
        "newsroom",
        [sys.executable, "-m", "steppewire_newsroom", "--port", str(room)],
        {},
        data / "logs" / "newsroom.log",
    )
    Newswire(
        Options(data, port=port), extra=lambda: [newsroom], settings=lambda: settings(room)
    ).run()


def settings(port: int) -> dict[str, str]:
    """Return the settings that send the fetcher to a newsroom on `port`, at a demo's pace."""
    dropped_in = [
        tomllib.loads(path.read_text("utf-8")) for path in sorted(_SOURCES.glob("*.toml"))
    ]
    names = (*_OURS, *(source["name"] for source in dropped_in))
    return {
        "STEPPEWIRE_REROUTE": reroute(port),
        "STEPPEWIRE_SOURCES_DIR": str(_SOURCES),
        "STEPPEWIRE_SOURCES": ",".join(names),
        "STEPPEWIRE_POLL": "5",
        "STEPPEWIRE_PACE": "0.05",
    }
