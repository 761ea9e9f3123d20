"""What is remembered of earlier answers, in Redis, so that the next request can be conditional."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from redis.asyncio import Redis

from steppewire.streams import key, partition_of
from steppewire_fetcher.answers import NONE, Validators

KEEP = 7 * 86_400
"""Seconds. Forgetting costs one unconditional request."""


@dataclass(frozen=True)
class Subject:
    """What an answer is remembered under: a name, in the partition of the host of `url`."""

    name: str
    url: str


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

    def _key(self, subject: Subject) -> str:
        host = urlsplit(subject.url).hostname or ""
        return key(f"validators.{subject.name}", partition_of(host, self._partitions))
