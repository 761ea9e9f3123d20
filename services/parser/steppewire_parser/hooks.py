"""Finds and runs the hooks of sites that no selector can describe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import entry_points

from bs4 import Tag

from steppewire import logs
from steppewire.plugins import HOOKS_GROUP

Hook = Callable[[Tag], object]
log = logs.get(__name__)


@cache
def find_hook(name: str) -> Hook | None:
    """Return an installed hook; None when there is none of this name or it cannot be loaded."""
    found = next(iter(entry_points(group=HOOKS_GROUP, name=name)), None)
    if found is None:
        return None
    try:
        hook: Hook = found.load()
    except Exception as error:  # a stranger's import may raise anything
        log.warning("hook_not_loaded", hook=name, error=repr(error))
        return None
    return hook


def run_hook(name: str | None, containers: Sequence[Tag]) -> tuple[str, ...]:
    """Let a site's hook edit the containers of the body; return the facts.

    A hook that is missing or raises costs at most its own effect, never the article.
    """
    if name is None:
        return ()
    hook = find_hook(name)
    if hook is None:
        return ("hook-missing",)
    try:
        for container in containers:
            hook(container)
    except Exception as error:  # a stranger's code may raise anything
        log.warning("hook_failed", hook=name, error=repr(error))
        return ("hook-failed",)
    return ()
