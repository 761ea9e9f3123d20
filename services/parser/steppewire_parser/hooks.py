"""Finds and runs the hooks of sites that no selector can describe."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborNode

from steppewire.plugins import HOOKS_GROUP
from steppewire_parser import slow
from steppewire_parser.nodes import body_of

if TYPE_CHECKING:
    from bs4 import Tag

    Hook = Callable[[Tag], object]


@cache
def find_hook(name: str) -> Hook | None:
    """Return an installed hook; None when there is none of this name or it cannot be loaded."""
    found = next(iter(entry_points(group=HOOKS_GROUP, name=name)), None)
    if found is None:
        return None
    try:
        hook: Hook = found.load()
    except Exception as error:  # a stranger's import may raise anything
        _warn("hook_not_loaded", name, error)
        return None
    return hook


def run_hook(
    name: str | None, containers: Sequence[LexborNode], dropped: Collection[LexborNode] = ()
) -> tuple[list[LexborNode], tuple[str, ...]]:
    """Let a site's hook edit a copy of the containers of the body; return them and the facts.

    What the rules drop is not in the copy. A hook that is missing or raises costs at most its own
    effect, never the article.
    """
    if name is None:
        return list(containers), ()
    hook = find_hook(name)
    if hook is None:
        return list(containers), ("hook-missing",)
    try:
        return [_edited(container, hook, dropped) for container in containers], ()
    except Exception as error:  # a stranger's code may raise anything
        _warn("hook_failed", name, error)
        return list(containers), ("hook-failed",)


def _edited(container: LexborNode, hook: Hook, dropped: Collection[LexborNode]) -> LexborNode:
    """Return a container as a hook leaves it: its HTML, edited as BeautifulSoup and read again."""
    body = slow.copy_of(container, {node.mem_id for node in dropped})
    hook(body)
    return body_of(body.decode())


def _warn(event: str, name: str, error: Exception) -> None:
    from steppewire import logs  # which takes longer to load than many pages to read

    logs.get(__name__).warning(event, hook=name, error=repr(error))
