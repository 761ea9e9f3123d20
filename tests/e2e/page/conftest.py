"""A real browser on a real API over a real database and broker, with articles written by us."""

from __future__ import annotations

import sys
from pathlib import Path

# pytest imports the tests by their paths (importlib), so that they see no module beside them
sys.path.append(str(Path(__file__).parent))

from page_kit.browser import album, browser, chromium, page
from page_kit.wire import news, own_wire, quiet_wire, seeded, wire

__all__ = [
    "album",
    "browser",
    "chromium",
    "news",
    "own_wire",
    "page",
    "quiet_wire",
    "seeded",
    "wire",
]
