"""What a replay has found, on disk until it is applied: it may be more than fits into memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from steppewire.events import ArticleEnriched, ArticleParsed
from steppewire.replay.changes import Kind
from steppewire.wire import encode

Result = ArticleParsed | ArticleEnriched


class Spool:
    """Events in a file that vanishes with us."""

    def __init__(self, event: type[Result]) -> None:
        self._event = event
        self._file = tempfile.TemporaryFile(prefix="steppewire-replay-")  # noqa: SIM115 (ours to close)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, kind: Kind, event: Result) -> None:
        """Keep an event."""
        # the wire's JSON: one line, and UTF-8 whatever a page held
        self._file.write(kind.encode() + b"\t" + encode(event, "")[b"data"] + b"\n")
        self._count += 1

    def __iter__(self) -> Iterator[tuple[str, Result]]:
        """Return (kind, event), in the order in which they came."""
        self._file.seek(0)
        for line in self._file:
            kind, _, data = line.partition(b"\t")
            yield kind.decode(), self._event.model_validate_json(data)
