"""Keeps the live view's picture up to date from what the API answers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from steppewire.local.view import Picture, stage_rows

_PATIENCE = 8.0
"""Seconds that one answer may take: the API itself waits a few for a broker that is away, and then
says so."""


def ask(address: str, path: str) -> dict[str, Any] | None:
    """Return what the API answers, or None while it gives no answer that can be read."""
    try:
        with urllib.request.urlopen(address + path, timeout=_PATIENCE) as answer:  # noqa: S310
            result = json.load(answer)
    except (OSError, ValueError, HTTPException):
        return None
    return result if isinstance(result, dict) else None


def look(picture: Picture, seconds: float) -> None:
    """Bring a picture to what the API tells now, `seconds` after the start."""
    before, then = stage_rows(picture.stats), picture.seconds
    picture.seconds = seconds
    picture.stats = ask(picture.address, "/stats")
    picture.sources = (ask(picture.address, "/sources") or {}).get("items", [])
    picture.rates = rates(before, stage_rows(picture.stats), seconds - then)
    newest = ask(picture.address, "/articles?limit=6") or {}
    picture.headlines = [_headline(item) for item in newest.get("items", [])]


def rates(
    before: list[dict[str, Any]], after: list[dict[str, Any]], seconds: float
) -> dict[str, float]:
    """Return stage -> messages done a second between two looks."""
    done = {row["stage"]: row["done"] for row in before}
    if seconds <= 0:
        return {}
    return {
        row["stage"]: (row["done"] - done.get(row["stage"], row["done"])) / seconds for row in after
    }


def _headline(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(item.get(name) or "") for name in ("title", "source", "language")}
