"""The process in which the enrichers of others run; `extras` asks, this answers, line by line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from steppewire_enricher.extras import LONGEST, installed

Enricher = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]


def main() -> None:
    """Load the enrichers, say so, and answer until nobody asks."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what an enricher prints is for the log
    loaded = {point.name: _loaded(point) for point in installed()}
    _say(out, b"ready")
    about: dict[str, Any] = {}
    while name := sys.stdin.buffer.readline():
        news = sys.stdin.buffer.readline().strip()
        about = json.loads(news) if news else about
        _say(out, _answer(loaded.get(json.loads(name)), about))


def _loaded(point: Any) -> Enricher | None:
    try:
        enricher: Enricher = point.load()
    except Exception as error:  # a stranger's package may raise anything on import
        print(f"enricher {point.name} cannot be loaded: {error!r}", file=sys.stderr)
        return None
    return enricher


def _answer(enricher: Enricher | None, about: Mapping[str, Any]) -> bytes:
    if enricher is None:
        return _failed("unloadable")
    try:
        # a copy each: what one changes is not for the next
        own = json.loads(json.dumps(about))
        value = enricher(own["article"], own["enrichment"])
    except Exception as error:  # whatever it is, it is this enricher's trouble alone
        print(f"enricher failed: {error!r}", file=sys.stderr)
        return _failed("raised")
    try:
        line = json.dumps({"value": value}, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return _failed("no-json")
    return line if len(line) <= LONGEST else _failed("too-long")


def _failed(why: str) -> bytes:
    return json.dumps({"failed": why}).encode()


def _say(out: Any, line: bytes) -> None:
    out.write(line + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
