"""Sets of pages with their truth: folders of `truth.json` and `pages/`, packed or not."""

from __future__ import annotations

import json
import sys
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Truth = dict[str, Any]
PARTS = ("dev", "held-out", "all")
HELD_OUT = 4
"""One host in so many is held out: its pages are scored, and never looked at."""


@dataclass(frozen=True)
class Page:
    """One page, and what is true of it."""

    set: str
    id: str
    path: Path
    truth: Truth

    @property
    def url(self) -> str | None:
        """The address, where it is known."""
        url = self.truth.get("url")
        return url if isinstance(url, str) and url.startswith("http") else None

    @property
    def host(self) -> str:
        """What is told apart by the parts: the host; failing that, the page."""
        told = urlsplit(self.url).hostname if self.url else self.truth.get("domain")
        return (told or self.id).removeprefix("www.")

    @property
    def held_out(self) -> bool:
        """Whether nothing was developed on this page's host."""
        return zlib.crc32(self.host.encode()) % HELD_OUT == 0

    @property
    def is_article(self) -> bool:
        """Whether an article should be read out of it."""
        return self.truth.get("page_type") in (None, "article")


def folders(data: Path, scratch: Path) -> list[Path]:
    """Return the sets of a folder: itself, those in it, and those packed in it (`.tar.xz`)."""
    if (data / "truth.json").is_file():
        return [data]
    packed = [data] if data.name.endswith(".tar.xz") else sorted(data.glob("*.tar.xz"))
    open_ = sorted(truth.parent for truth in data.glob("*/truth.json")) if data.is_dir() else []
    names = {folder.name for folder in open_}
    return sorted(
        [*open_, *(unpacked(one, scratch) for one in packed if one.name[:-7] not in names)],
        key=lambda folder: folder.name,
    )


def unpacked(archive: Path, scratch: Path) -> Path:
    """Unpack a set."""
    with tarfile.open(archive) as tar:
        if sys.version_info >= (3, 12):
            tar.extractall(scratch, filter="data")
        else:
            tar.extractall(scratch)
    return scratch / archive.name.removesuffix(".tar.xz")


def load(folder: Path) -> list[Page]:
    """Return the pages of a set, in the order of their ids."""
    truths: dict[str, Truth] = json.loads((folder / "truth.json").read_text("utf-8"))
    return [
        Page(folder.name, key, folder / truth["file"], truth)
        for key, truth in sorted(truths.items())
    ]


def chosen(pages: Sequence[Page], *, part: str, limit: int = 0) -> list[Page]:
    """Return the pages of a part; with a limit, so many, spread evenly."""
    kept = [page for page in pages if part == "all" or page.held_out == (part == "held-out")]
    return list(spread(kept, limit)) if limit else kept


def spread(pages: Sequence[Page], limit: int) -> Iterator[Page]:
    """Yield at most `limit` pages, the same every time."""
    number = min(limit, len(pages))
    yield from (pages[at * len(pages) // number] for at in range(number))


def listed(pages: Iterable[Page]) -> str:
    """Return pages as the list that every tool reads: JSON lines with `file` and `url`."""
    return "".join(
        json.dumps({"file": str(page.path), "url": page.url}, ensure_ascii=False) + "\n"
        for page in pages
    )
