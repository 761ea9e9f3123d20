"""Text on a terminal: strangers' is shown, never obeyed; ours has a width and colours."""

from __future__ import annotations

import os
import re
import shutil
import sys

_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and newline, marks that turn the direction, halves of letters."""


def clean(text: str) -> str:
    """Return text that a terminal takes for nothing but text; its length stays."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text)


def columns(otherwise: int) -> int:
    """Return how wide the terminal is; where none tells, `otherwise`."""
    return shutil.get_terminal_size((otherwise, 24)).columns


def has_colours() -> bool:
    """Tell whether standard output shows colours, and may (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
