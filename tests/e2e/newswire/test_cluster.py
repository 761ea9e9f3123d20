"""The whole path on a Redis Cluster in four partitions: real services, real HTTP."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from steppewire.events import ArticleStored
from steppewire.identity import article_id
from steppewire.local.processes import Program
from steppewire.ports import free_port
from steppewire.servers import connect
from steppewire.streams import DISCOVERED, ENRICHED, FETCHED, PARSED, STORED, key
from steppewire.testing.cluster import running_cluster
from steppewire.testing.newswire import Running, newswire, settled
from steppewire.wire import decode
from steppewire_newsroom.demo import settings as demo_settings
from steppewire_newsroom.truth import truth

PARTITIONS = 4
QUICK = {
    "STEPPEWIRE_PARTITIONS": str(PARTITIONS),
    "STEPPEWIRE_POLL": "2",
    "STEPPEWIRE_PACE": "0.01",
    "STEPPEWIRE_RETRY_BASE": "0.1",
    "STEPPEWIRE_MAX_ATTEMPTS": "3",
    "STEPPEWIRE_CHALLENGE_WAIT": "0.2",
    "STEPPEWIRE_LEASE": "1.5",
}


@dataclass
class Outcome:
    """What the run left behind."""

    hosts: list[set[str]]
    """For each partition, the hosts whose links entered it."""
    stored: list[list[ArticleStored]]
    """For each partition, what was announced."""
    lengths: dict[str, list[int]]
    """Stream -> entries ever added in each partition."""
    sources: list[str]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    data: Path = tmp_path_factory.mktemp("newswire")
    port = free_port()
    newsroom = Program(
        "newsroom",
        [sys.executable, "-m", "steppewire_newsroom", "--port", str(port)],
        {},
        data / "logs" / "newsroom.log",
    )
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster(data / "cluster"))
        settings = {**demo_settings(port), **QUICK}
        running = stack.enter_context(
            newswire(data, settings, extra=[newsroom], redis_url=cluster.url)
        )
        yield asyncio.run(the_story(running))


async def the_story(running: Running) -> Outcome:
    missing = {article_id(t.url) for t in truth()}
    await settled(running, lambda: some_are_there(running), seconds=60, what="the first articles")
    enricher = running.program("enricher").process
    assert enricher is not None
    enricher.send_signal(signal.SIGKILL)
    await settled(
        running,
        lambda: all_there(running, missing) and running.idle(),
        seconds=150,
        what="every article",
    )
    return await collect(running)


def some_are_there(running: Running) -> bool:
    return ((running.get("/stats") or {}).get("articles") or 0) >= 10


def all_there(running: Running, missing: set[str]) -> bool:
    missing -= {id_ for id_ in missing if running.get(f"/articles/{id_}")}
    return not missing


async def collect(running: Running) -> Outcome:
    redis = connect(running.redis_url)
    hosts, stored = [], []
    lengths: dict[str, list[int]] = {}
    for partition in range(PARTITIONS):
        rows = await redis.xrange(key(STORED.name, partition))
        stored.append([decode(fields, ArticleStored) for _, fields in rows])
        hosts.append({event.source for event in stored[-1]})
        for stream in (DISCOVERED, FETCHED, PARSED, ENRICHED, STORED):
            info = await redis.xinfo_stream(key(stream.name, partition))
            lengths.setdefault(stream.name, []).append(info["entries-added"])
    await redis.aclose()
    sources = [item["name"] for item in (running.get("/sources") or {}).get("items", [])]
    return Outcome(hosts, stored, lengths, sources)


def test_every_article_is_announced_once(outcome):
    announced = [
        event.article_id
        for events in outcome.stored
        for event in events
        if event.change != "unchanged"
    ]

    assert sorted(announced) == sorted({article_id(t.url) for t in truth()})


def test_the_work_is_spread_over_partitions_and_an_article_stays_in_its_own(outcome):
    everywhere = [set(events) for events in outcome.hosts]

    assert sum(bool(hosts) for hosts in everywhere) >= 3
    assert all(
        sum(source in hosts for hosts in everywhere) == 1 for source in set().union(*everywhere)
    )
    for stream in (FETCHED, PARSED, ENRICHED, STORED):
        assert [bool(n) for n in outcome.lengths[stream.name]] == [
            bool(n) for n in outcome.lengths[DISCOVERED.name]
        ]


def test_the_api_sees_every_source_and_every_count(outcome):
    assert {t.source for t in truth()} <= set(outcome.sources)
