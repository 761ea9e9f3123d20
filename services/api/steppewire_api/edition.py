"""Which edition of the archive is out, so that who has an answer is told so without a question to
the database.

A small number stands for all that answers are made of: the ends of the log, what was removed last,
and whether anything waits to be indexed. It is asked for once a second, whoever asks how often.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from starlette.types import Scope

from steppewire.errors import ArchiveUnreachable, SettingError

EVERY = 1.0
"""Seconds between two looks: for so long a client may be told that nothing is new."""
BELIEVED = 5.0
"""Seconds after which what was seen last is not believed any more: the database may be away."""
LONGEST = 600.0
"""Seconds for which an answer is known: a reading that is mended leaves no trace in the log."""
MOST = 10_000
"""Answers that are known."""
_ALIKE = ("/articles", "/facets/", "/feeds/", "/entities", "/history")
"""What is answered from the archive alone."""


class Standing(Protocol):
    """What is needed of the archive."""

    async def standing(self) -> str | None:
        """See `Archive.standing`."""


@dataclass(frozen=True)
class Given:
    """An answer that was given."""

    edition: str
    at: float
    headers: Mapping[str, str]
    """`ETag`, and what else a 304 repeats."""


class Edition:
    """Knows the edition that is out, and which answers were made of it."""

    def __init__(self, archive: Standing, *, clock: Callable[[], float] = monotonic) -> None:
        self._archive, self._clock = archive, clock
        self._seen: tuple[str | None, float] = (None, 0.0)
        self._given: OrderedDict[str, Given] = OrderedDict()

    @property
    def current(self) -> str | None:
        """The edition that is out; None while it is not known, or changes."""
        edition, at = self._seen
        return edition if edition is not None and self._clock() - at < BELIEVED else None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look once."""
        began = self._clock()
        try:
            self._seen = (await self._archive.standing(), began)
        except (ArchiveUnreachable, SettingError, OSError):
            self._seen = (None, began)

    def given(self, question: str) -> Mapping[str, str] | None:
        """Return the head of an answer that would be given again; None when one must ask."""
        found = self._given.get(question)
        if found is None or found.edition != self.current:
            return None
        return found.headers if self._clock() - found.at < LONGEST else None

    def note(self, question: str, edition: str | None, headers: Mapping[str, str]) -> None:
        """Remember an answer, made since `edition` was out."""
        if edition is None or edition != self.current:
            return
        self._given.pop(question, None)
        self._given[question] = Given(edition, self._clock(), headers)
        while len(self._given) > MOST:
            self._given.popitem(last=False)


def question(scope: Scope, host: str, accept: str) -> str | None:
    """Return what is asked in one line; None for what depends on more than the archive.

    An address with `last` is answered otherwise from minute to minute.
    """
    path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
    if not path.startswith(_ALIKE) or "last" in query:
        return None
    return "\n".join((scope.get("scheme", ""), host, accept, path, query))
