"""What is remembered of earlier answers, in Redis, so that the next request can be conditional."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis

from steppewire.streams import key, partition_of
from steppewire_fetcher.answers import NONE, Validators
from steppewire_fetcher.freshness import NO_HINTS, Hints

KEEP = 7 * 86_400
"""Seconds. Forgetting costs one unconditional request."""


@dataclass(frozen=True)
class Subject:
    """What an answer is remembered under: a name, in the partition of the host of `url`."""

    name: str
    url: str


@dataclass(frozen=True)
class Document:
    """What is known of a document that lists articles, so that the next look may be spared."""

    validators: Validators = NONE
    fresh_until: float = 0.0
    """Seconds since the epoch; before that it is not asked for again."""
    hints: Hints = NO_HINTS
    times: tuple[datetime, ...] = ()
    """When its latest entries were published."""


UNKNOWN = Document()
MAX_TIMES = 200
"""Times of a document that are kept: two or three days of a busy desk, in about 2 KB."""


class Memory:
    """Remembers validators, each with the occasion on which it was learnt.

    A validator is never used on the occasion that learnt it. If a worker dies after it has
    remembered a page and before its event is committed, the same discovery comes again, fetches
    without conditions, and the page is not lost to a 304.
    """

    def __init__(self, redis: Redis, partitions: int) -> None:
        self._redis, self._partitions = redis, partitions

    async def recall(self, subject: Subject, occasion: str) -> Validators:
        """Return what is known from other occasions."""
        stored = await self._redis.get(self._key(subject))
        if stored is None:
            return NONE
        record = json.loads(stored)
        if record["occasion"] == occasion:
            return NONE
        return Validators(record["etag"], record["last_modified"])

    async def remember(self, subject: Subject, occasion: str, validators: Validators) -> None:
        """Remember an answer's validators; none at all are forgotten."""
        if validators == NONE:
            await self._redis.delete(self._key(subject))
            return
        record = {
            "occasion": occasion,
            "etag": validators.etag,
            "last_modified": validators.last_modified,
        }
        await self._redis.set(self._key(subject), json.dumps(record), ex=KEEP)

    async def recall_document(self, subject: Subject) -> Document:
        """Return what is known of a document."""
        stored = await self._redis.get(self._key(subject, "document"))
        if stored is None:
            return UNKNOWN
        record = json.loads(stored)
        return Document(
            validators=Validators(**record["validators"]),
            fresh_until=record["fresh_until"],
            hints=_hints(record["hints"]),
            times=tuple(datetime.fromtimestamp(one, UTC) for one in record["times"]),
        )

    async def remember_document(self, subject: Subject, document: Document) -> None:
        """Remember a document until the next look at it."""
        record = {
            "validators": asdict(document.validators),
            "fresh_until": document.fresh_until,
            "hints": asdict(document.hints),
            "times": [round(one.timestamp()) for one in document.times],
        }
        await self._redis.set(self._key(subject, "document"), json.dumps(record), ex=KEEP)

    def _key(self, subject: Subject, kind: str = "validators") -> str:
        host = urlsplit(subject.url).hostname or ""
        return key(f"{kind}.{subject.name}", partition_of(host, self._partitions))


def latest(times: Sequence[datetime]) -> tuple[datetime, ...]:
    """Return the times that are worth keeping."""
    return tuple(sorted(set(times))[-MAX_TIMES:])


def _hints(record: dict[str, Any]) -> Hints:
    hours, days = tuple(record["skip_hours"]), tuple(record["skip_days"])
    return Hints(record["every"], hours, days)
