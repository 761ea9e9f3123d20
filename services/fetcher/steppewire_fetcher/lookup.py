"""Which source a page belongs to, found without loading the others: for whoever reads few pages."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from steppewire.installed import points
from steppewire.plugins import SOURCES_GROUP, Source

DROPPED_IN = Path("var/sources")
"""The folder of `steppewire run`, where nothing else is set."""
_LABELS = 2


class Owners:
    """Called with an address, returns the source whose host it has, or None.

    One that is dropped in goes before one of a pack. A source that cannot be loaded owns nothing
    here; `steppewire source list` tells its fault. Files are read once: loading all sources takes
    as long as reading fifty pages.
    """

    def __init__(self) -> None:
        folder = sources_folder()
        self._texts = list(_texts(folder)) if folder else []
        self._others: list[Source] = []
        for point in points(SOURCES_GROUP):
            self._take(point)
        self._of_host = cache(self._find)

    def __call__(self, url: str) -> Source | None:
        """Return the source of an address."""
        try:
            host = urlsplit(url).hostname
        except ValueError:
            return None
        return self._of_host(host) if host else None

    def _take(self, point: EntryPoint) -> None:
        try:
            module = point.load()
        except Exception:  # a stranger's module may raise anything on import
            return
        listed = getattr(module, "SOURCES", None) or [getattr(module, "SOURCE", None)]
        self._others += [source for one in listed if (source := _source(one))]
        if listed == [None] and hasattr(module, "__path__") and module.__file__:
            self._texts += _texts(Path(module.__file__).parent)

    def _find(self, host: str) -> Source | None:
        site = ".".join(host.split(".")[-_LABELS:])
        mentioned = (_said(text) for text in self._texts if site in text)
        candidates = [*filter(None, mentioned), *self._others]
        return next((source for source in candidates if host in source.hosts), None)


def sources_folder() -> Path | None:
    """Return the folder of TOML sources that a command at hand means, if there is one."""
    told = os.environ.get("STEPPEWIRE_SOURCES_DIR")
    folder = Path(told) if told else DROPPED_IN
    return folder if folder.is_dir() else None


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.toml")):
        with suppress(OSError, UnicodeDecodeError):
            yield path.read_text("utf-8")


def _said(text: str) -> Source | None:
    try:
        return _source(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return None


def _source(said: object) -> Source | None:
    """Return a source as it is, or as it is said; None where it is wrong or no source at all."""
    if isinstance(said, Source) or not isinstance(said, Mapping):
        return said if isinstance(said, Source) else None
    try:
        return Source.model_validate(dict(said))
    except ValidationError:
        return None
