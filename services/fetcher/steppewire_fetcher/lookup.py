"""Which source a page belongs to, found without loading the others: for whoever reads one page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit

from steppewire.errors import PluginError
from steppewire.plugins import SOURCES_GROUP, Source
from steppewire_fetcher.catalogue import members, read_toml

DROPPED_IN = Path("var/sources")
"""The folder of `steppewire run`, where nothing else is set."""
_LABELS = 2


def owner_of(url: str) -> Source | None:
    """Return the source whose host an address has: one dropped in before one of a pack.

    A source that cannot be loaded owns nothing here; `steppewire source list` tells its fault.
    """
    host = _host(url)
    if host is None:
        return None
    named = (source for source in _mentioning(host) if host in source.hosts)
    return next(named, None)


def sources_folder() -> Path | None:
    """Return the folder of TOML sources that a command at hand means, if there is one."""
    told = os.environ.get("STEPPEWIRE_SOURCES_DIR")
    folder = Path(told) if told else DROPPED_IN
    return folder if folder.is_dir() else None


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _mentioning(host: str) -> Iterator[Source]:
    """Yield the sources that may own a host: reading a file costs a hundredth of loading it."""
    site = ".".join(host.split(".")[-_LABELS:])
    if folder := sources_folder():
        yield from _in_files(folder, site)
    for point in entry_points(group=SOURCES_GROUP):
        try:
            module = point.load()
            if hasattr(module, "SOURCES") or hasattr(module, "SOURCE"):
                found = (one for _, one in members(module, point.name))
                yield from (one for one in found if isinstance(one, Source))
            elif hasattr(module, "__path__") and module.__file__:
                yield from _in_files(Path(module.__file__).parent, site)
        except Exception:  # noqa: S112 (a stranger's module may raise anything on import)
            continue


def _in_files(folder: Path, site: str) -> Iterator[Source]:
    for path in sorted(folder.glob("*.toml")):
        try:
            if site in path.read_text("utf-8"):
                yield read_toml(path)
        except (PluginError, OSError, UnicodeDecodeError):
            continue
