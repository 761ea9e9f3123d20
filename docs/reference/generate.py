"""Writes the reference pages that the code itself knows best, from events to metrics.

    python docs/reference/generate.py write
    python docs/reference/generate.py check

It imports every service, so it runs in the development environment (`make setup`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from generating.api import api_page
from generating.errors import errors_page
from generating.events import events_page
from generating.markdown import COMMAND
from generating.metrics import metrics_page
from generating.settings import settings_page
from generating.sources import sources_page

from steppewire import schemas

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return file name -> text, for each page."""
    return {
        "events.md": events_page(),
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "sources.md": sources_page(),
        "metrics.md": metrics_page(),
        "api.md": api_page(),
    }


def drift() -> list[str]:
    """Return the pages that differ from the code."""
    return [
        name
        for name, text in pages().items()
        if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write or check all generated pages and schemas; return the exit status."""
    if arguments == ["write"]:
        changed = [*schemas.write(HERE), *drift()]
        for name in drift():
            (HERE / name).write_text(pages()[name], encoding="utf-8", newline="\n")
        print("\n".join(f"wrote {name}" for name in changed) or "nothing has changed")
        return 0
    if arguments == ["check"]:
        stale = [*schemas.drift(HERE), *drift()]
        if stale:
            print(f"out of date: {', '.join(stale)}; run: {COMMAND}", file=sys.stderr)
        return 1 if stale else 0
    print(f"usage: {COMMAND.removesuffix('write')}write|check", file=sys.stderr)
    return 64


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
