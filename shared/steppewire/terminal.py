"""Strangers' text on a terminal: shown, never obeyed."""

from __future__ import annotations

import re

_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and newline, marks that turn the direction, halves of letters."""


def clean(text: str) -> str:
    """Return text that a terminal takes for nothing but text; its length stays."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text)
