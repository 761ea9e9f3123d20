"""The page of errors, from their classes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from generating.markdown import page, table
from steppewire import errors
from steppewire.delivery.patience import KINDS


def errors_page() -> str:
    """Return the page of the tree of errors."""
    tree = inspect.cleandoc(errors.__doc__ or "").partition("::")[2].rpartition("Anything else")
    return page(
        "Errors",
        "Every error that steppewire raises on purpose, and the ways in which a message can end.",
        f"```\n{inspect.cleandoc(tree[0]).strip()}\n```",
        f"{tree[1]}{tree[2]}".replace("\n", " ").strip(),
        table(
            ("error", "a kind of", "exit status", "meaning"),
            [_error_row(error) for error in _tree(errors.SteppewireError)],
        ),
        "## How patiently a message is tried again",
        table(
            ("kind", "what it is", "tried again after", "until it is a dead letter"),
            [(f"`{k.name}`", k.examples, k.delay, k.until) for k in KINDS],
        ),
        "A growing delay starts at `STEPPEWIRE_RETRY_BASE` seconds and doubles with each attempt, "
        "up to 15 minutes;\nbetween half and all of it is waited, at random, so that what failed "
        "together does not come back together.\nDeaths of a worker are counted apart: after "
        "`STEPPEWIRE_MAX_DELIVERIES` of them a message is a dead letter, `crashed`.",
        "The exit status is that of a service or command that the error ends.\n"
        "How often each reason occurred is in the [tallies](wire.md#how-every-message-ended).",
    )


def _tree(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child)


def _error_row(error: type[Exception]) -> tuple[str, str, str, str]:
    base = error.__bases__[0].__name__
    words = " ".join(inspect.cleandoc(error.__doc__ or "").split())
    ends = not issubclass(error, errors.Verdict)  # a verdict ends a message, never a process
    status = str(getattr(error, "exit_code", "")) if ends else ""
    return f"`{error.__name__}`", f"`{base}`", status, words
