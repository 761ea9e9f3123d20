"""Commands that other distributions bring, and what is said where those are not installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple, NoReturn

import typer

from steppewire.errors import SettingError


class Lent(NamedTuple):
    """What a command needs beside `steppewire`."""

    needs: str
    """In words."""
    install: str
    """What pip installs."""
    in_compose: str
    """The command that does the same in a container; empty: there is none."""


_CHECK = "docker compose run --rm fetcher python -m steppewire_fetcher.check NAME --live"
_TEST = "docker compose run --rm notifier python -m steppewire_notifier test ID"
_SOURCES = Lent("the fetcher and the parser", "steppewire-fetcher[cli] steppewire-parser", _CHECK)
LENT = {
    "parse": Lent("the parser", "steppewire-parser[cli]", ""),
    "enrich": Lent("the enricher", "steppewire-enricher[cli]", ""),
    "entities": Lent("the enricher", "steppewire-enricher[cli]", ""),
    "source.new": _SOURCES,
    "source.check": _SOURCES,
    "webhooks.test": Lent("the notifier", "steppewire-notifier[cli]", _TEST),
}
"""Command, behind the name of its group -> what it needs."""


def stand_in(name: str) -> Callable[..., NoReturn]:
    """Return the command that stands in for one of `LENT`: it says what is missing."""
    lent, shown = LENT[name], name.replace(".", " ")
    in_compose = f"; in compose, {lent.in_compose}" if lent.in_compose else ""

    def missing(words: Annotated[list[str] | None, typer.Argument(hidden=True)] = None) -> NoReturn:
        raise SettingError(
            f"`steppewire {shown}` needs {lent.needs} beside this command: "
            f"pip install {_quoted(lent.install)}, or `make setup` in a checkout{in_compose}"
        )

    plural = " and " in lent.needs
    missing.__doc__ = f"Needs {lent.needs}, which {'are' if plural else 'is'} not installed here."
    return missing


def _quoted(packages: str) -> str:
    """Return packages as a shell takes them: it would look for files named like `[cli]`."""
    return " ".join(f"'{one}'" if "[" in one else one for one in packages.split())
