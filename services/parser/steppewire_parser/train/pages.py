"""Page sets with truth, as training reads them: which pages, of which host, learned from or not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from steppewire_parser.charset import decode

HELD_OUT = 4
"""One host in this many is never learned from."""


@dataclass(frozen=True)
class Sample:
    """One page of a set."""

    name: str
    set: str
    host: str
    html: str
    body: str | None
    url: str = ""
    title: str | None = None
    wanted: tuple[str, ...] = ()
    """Strings that must be in the body; all that is known of it where `body` is None."""
    unwanted: tuple[str, ...] = ()
    """Strings that must not be in it."""

    @property
    def held_out(self) -> bool:
        """Tell whether the page is kept for measuring."""
        return zlib.crc32(self.host.encode()) % HELD_OUT == 0

    def fold(self, folds: int) -> int:
        """Return the part of a cross-validation that the page's host falls into."""
        return zlib.crc32(f"f{self.host}".encode()) % folds


def samples(folder: Path, name: str) -> Iterator[Sample]:
    """Yield the pages of a set, in a fixed order."""
    truths = json.loads((folder / name / "truth.json").read_text("utf-8"))
    for key, truth in sorted(truths.items()):
        data = (folder / name / truth["file"]).read_bytes()
        url = truth["url"] or ""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        html = decode(data, "").text
        wanted, unwanted = (tuple(truth.get(which) or ()) for which in ("with", "without"))
        body, title = truth.get("body"), truth.get("title")
        yield Sample(key, name, host, html, body, url, title, wanted, unwanted)
