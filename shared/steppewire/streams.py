"""The topology: every stream, group and key name of the newswire, and nothing else.

A stream is split into partitions by host. All keys of one partition carry the same hash tag
(`news:{0}:articles.parsed`), so that one Lua script may touch them on Redis Cluster.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from steppewire.events import (
    ArticleDiscovered,
    ArticleEnriched,
    ArticleFetched,
    ArticleParsed,
    ArticleStored,
    Event,
    SourceHealth,
    WebhookDelivered,
    WebhookDue,
)

NAMESPACE = "news"


@dataclass(frozen=True)
class Stream:
    """A named stream that carries one type of event."""

    name: str
    event: type[Event]
    public: bool = False
    """Public streams keep a while of history for readers who join late."""


DISCOVERED = Stream("articles.discovered", ArticleDiscovered)
FETCHED = Stream("articles.fetched", ArticleFetched)
PARSED = Stream("articles.parsed", ArticleParsed)
ENRICHED = Stream("articles.enriched", ArticleEnriched, public=True)
STORED = Stream("articles.stored", ArticleStored, public=True)
HEALTH = Stream("sources.health", SourceHealth, public=True)
"""Written by the watcher of `steppewire.health`, in partition 0, and by no stage."""
DUE = Stream("webhooks.due", WebhookDue)
DELIVERED = Stream("webhooks.delivered", WebhookDelivered)
STREAMS = (DISCOVERED, FETCHED, PARSED, ENRICHED, STORED, HEALTH)


@dataclass(frozen=True)
class Stage:
    """One step of an article's path: a group that reads one stream and may write another."""

    group: str
    reads: Stream
    writes: Stream


FETCH = Stage("fetcher", DISCOVERED, FETCHED)
PARSE = Stage("parser", FETCHED, PARSED)
ENRICH = Stage("enricher", PARSED, ENRICHED)
STORE = Stage("store", ENRICHED, STORED)
STAGES = (FETCH, PARSE, ENRICH, STORE)
"""An article's path: each is there in every newswire, and slows down the one before it."""
NOTIFY = Stage("notifier", STORED, DUE)
DELIVER = Stage("webhooks", DUE, DELIVERED)
SIDE_STAGES = (NOTIFY, DELIVER)
"""Webhooks: may be absent, and never slow down the path that articles take. `notifier` reads as
another system's group does: what it has not read is kept for it, for a week at most."""


def key(name: str, partition: int = 0) -> str:
    """Return the Redis key of `name` in a partition: `news:{0}:articles.parsed`."""
    return f"{NAMESPACE}:{{{partition}}}:{name}"


def partition_of(host: str, partitions: int) -> int:
    """Return the partition (0 … partitions-1) of a host. Stable across processes and versions."""
    return zlib.crc32(host.lower().encode()) % partitions


def retry_name(stage: Stage) -> str:
    """Return the name of the stream in which a stage's own delayed entries come back."""
    return f"{stage.reads.name}.{stage.group}.retry"


def delayed_name(stage: Stage) -> str:
    """Return the name of the sorted set of entries that wait for their time."""
    return f"{stage.reads.name}.{stage.group}.delayed"


def looked_name(stage: Stage) -> str:
    """Return the name of the key that remembers when the waiting entries were last looked at."""
    return f"{delayed_name(stage)}.looked"


def dead_name(stage: Stage) -> str:
    """Return the name of the stream of a stage's dead letters."""
    return f"{stage.reads.name}.{stage.group}.dead"


def tally_name(stage: Stage) -> str:
    """Return the name of the hash in which every ended message is counted once, with its reason."""
    return f"{stage.reads.name}.{stage.group}.tally"


def floor_name(stage: Stage, stream: str) -> str:
    """Return the name of the key that remembers from where a lost group must read again."""
    return f"{stream}.{stage.group}.floor"


def done_name(stage: Stage, stream: str) -> str:
    """Return the name of the sorted set of ids that are committed above the floor."""
    return f"{stream}.{stage.group}.done"


def reader_name(stream: Stream, group: str) -> str:
    """Return the name of the hash that keeps how far a late group is in the archive.

    It lies in partition 0, beside the keys of all groups that `steppewire.consume` helps.
    """
    return f"{stream.name}.readers.{group}"
