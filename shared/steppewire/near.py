"""What somebody may have meant who typed a name that does not exist."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def hint(name: str, known: Collection[str], otherwise: str) -> str:
    """Return the question for the nearest known name, or what to say where none is near."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else otherwise
