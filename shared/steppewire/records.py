"""Fetch records: beside the page bytes, what was fetched when, and how it is to be read.

The raw archive's list of contents. A record is written before its event is published, and never
changed: one file for each fetch, named by its day, source, time and identity, so that a name
alone tells which fetch it is:

    fetched/2026-11-26/el.kz/093000.250000-<fetch id>.json
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from steppewire.blobs import folder_of
from steppewire.disk import make_folder, write_durably
from steppewire.errors import BlobMissing
from steppewire.events import ArticleFetched, Fetch, Part
from steppewire.identity import fetch_id

_NAME = re.compile(r"(\d{6}\.\d{6})-([0-9a-f]{32})\.json")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST = 120
"""Bytes of a source's name in a path; a stranger's may be of any length."""


class FetchRecord(Part):
    """What the newswire knows about one fetch, whatever becomes of its broker."""

    event: ArticleFetched
    mark: str = ""
    """The link's mark of change when it was fetched: with it a flushed broker knows it again."""


@dataclass(frozen=True, order=True)
class Stamp:
    """Which fetch a record is of, as its name tells without opening it. Sorts by time."""

    fetched_at: datetime
    fetch_id: str
    folder: str
    """The source, as it is written in a path."""

    @property
    def key(self) -> str:
        """Where the record lies: a path below the store, or an object's key."""
        day, time = self.fetched_at.strftime("%Y-%m-%d/%H%M%S.%f").split("/")
        return f"{day}/{self.folder}/{time}-{self.fetch_id}.json"

    @property
    def source(self) -> str:
        """The source; of a very long name only the beginning."""
        return unquote(self.folder)


class Records(Protocol):
    """Fetch records. All calls block for as long as a disk or a network takes."""

    def put(self, record: FetchRecord) -> None:
        """Keep a record. The same fetch again is the same record."""

    def get(self, stamp: Stamp) -> FetchRecord:
        """Return a record; raise BlobMissing when it is gone or cannot be read."""

    def list(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Stamp]:
        """Return the records of fetches since (and before) a time, oldest first."""

    def find(self, fetch: Fetch) -> FetchRecord:
        """Return the record of a fetch; raise BlobMissing when there is none."""

    def sources(self) -> set[str]:
        """Return the sources of which there is any record."""


class DirectoryRecords:
    """Records as JSON files in a directory. `cat` reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, record: FetchRecord) -> None:
        """Write atomically and durably."""
        path = self.root / stamp_of(record.event.fetch).key
        if not path.exists():
            make_folder(path.parent, self.root)
            write_durably(path, _to_json(record))

    def get(self, stamp: Stamp) -> FetchRecord:
        """Return a record."""
        path = self.root / stamp.key
        try:
            return FetchRecord.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            why = str(error).splitlines()[0]
            raise BlobMissing(f"fetch record {path} cannot be read: {why}") from None

    def list(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Stamp]:
        """Return records in order. Holds the names of one day at a time."""
        for day in self._days():
            if (since and day < f"{since.astimezone(UTC):%Y-%m-%d}") or (
                until and day > f"{until.astimezone(UTC):%Y-%m-%d}"
            ):
                continue
            for stamp in sorted(self._on(day, source)):
                if (since is None or stamp.fetched_at >= since) and (
                    until is None or stamp.fetched_at < until
                ):
                    yield stamp

    def find(self, fetch: Fetch) -> FetchRecord:
        """Return the record of a fetch."""
        return self.get(stamp_of(fetch))

    def sources(self) -> set[str]:
        """Return the sources, by the names of their folders."""
        return {unquote(f.name) for day in self._days() for f in (self.root / day).iterdir()}

    def _days(self) -> Iterator[str]:
        if self.root.is_dir():
            yield from sorted(f.name for f in self.root.iterdir() if _DAY.fullmatch(f.name))

    def _on(self, day: str, source: str | None) -> Iterator[Stamp]:
        for folder in (self.root / day).iterdir():
            if source is None or folder.name == folder_name(source):
                for file in folder.iterdir():
                    # a file that is being written has another name
                    if match := _NAME.fullmatch(file.name):
                        yield Stamp(_moment(day, match[1]), match[2], folder.name)


def stamp_of(fetch: Fetch) -> Stamp:
    """Return the stamp of a fetch."""
    return Stamp(
        fetch.fetched_at.astimezone(UTC),
        fetch_id(fetch.link_id, fetch.fetched_at),
        folder_name(fetch.source),
    )


def folder_name(source: str) -> str:
    """Return a source's name as one part of a path, whatever a stranger called it."""
    # a leading dot would hide the folder, or leave it
    name = re.sub(r"^\.", "%2E", quote(source.encode("utf-8", "replace"), safe="")) or "%"
    if len(name) <= _LONGEST:
        return name
    return f"{name[:60]}-{hashlib.sha256(source.encode('utf-8', 'replace')).hexdigest()[:32]}"


def open_records(url: str) -> DirectoryRecords:
    """Open the records of the blob store at `url`. Raises SettingError."""
    return DirectoryRecords(folder_of(url) / "fetched")


def _to_json(record: FetchRecord) -> bytes:
    try:
        return record.model_dump_json().encode()
    except PydanticSerializationError:  # half an emoji in a feed's title is no UTF-8
        text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False)
        return text.encode("utf-8", "replace")


def _moment(day: str, time: str) -> datetime:
    return datetime.strptime(f"{day} {time}", "%Y-%m-%d %H%M%S.%f").replace(tzinfo=UTC)
