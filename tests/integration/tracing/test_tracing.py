"""Traces of a real service on a real server, as they arrive at a collector."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from steppewire.delivery.entrance import Offer
from steppewire.delivery.gate import Gate
from steppewire.errors import Reject, Retry
from steppewire.streams import FETCH, FETCHED, PARSE, dead_name, key
from steppewire.testing.collector import Collector, Seen, collecting
from steppewire.testing.samples import parsed
from steppewire.testing.service import (
    dead_letters,
    discovered,
    fetched,
    keys_of,
    serving,
    until,
)
from steppewire.wire import context

DISCOVER, DOWNLOAD, READ = (
    "discover articles.discovered",
    "fetch articles.discovered",
    "parse articles.fetched",
)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as one:
        yield one


async def forward(event):
    return fetched(event)


async def arrived(redis, number: int) -> bool:
    return len(await keys_of(redis, FETCHED.name)) == number


async def are_dead(redis, number: int) -> bool:
    return len(await dead_letters(redis, FETCH)) == number


def only(spans: list[Seen]) -> Seen:
    [span] = spans
    return span


async def test_a_link_and_its_fetching_are_one_trace(redis, valkey, collector):
    async with serving(valkey.url, lambda s: s.each(FETCH, forward), trace_url=collector.url) as s:
        assert await s.entrance.offer([Offer(discovered(1))]) == [True]
        assert await s.entrance.offer([Offer(discovered(1))]) == [False]
        await until(partial(arrived, redis, 1), what="the page")

    root, hop = only(collector.named(DISCOVER)), only(collector.named(DOWNLOAD))
    assert (root.parent, hop.parent, hop.trace) == ("", root.id, root.trace)
    assert hop.attributes["messaging.system"] == "redis"
    assert hop.attributes["messaging.consumer.group.name"] == "fetcher"
    assert hop.attributes["steppewire.source"] == "example.kz"
    assert (root.service, hop.failed) == ("steppewire-test", False)
    [(_, fields)] = await redis.xrange(key(FETCHED.name))
    written = context(fields[b"traceparent"])
    assert (written.trace, written.span, written.sampled) == (hop.trace, hop.id, True)


async def test_every_attempt_is_a_span_of_the_same_trace_with_its_error(redis, valkey, collector):
    attempts = []

    async def twice(event):
        attempts.append(event)
        if len(attempts) < 3:
            raise Retry("busy", after=0.01)
        return fetched(event)

    async with serving(valkey.url, lambda s: s.each(FETCH, twice), trace_url=collector.url) as s:
        await s.entrance.offer([Offer(discovered(1))])
        await until(partial(arrived, redis, 1), what="the page")

    root = only(collector.named(DISCOVER))
    hops = sorted(collector.named(DOWNLOAD), key=lambda s: s.start)
    assert {(hop.trace, hop.parent) for hop in hops} == {(root.trace, root.id)}
    assert [hop.failed for hop in hops] == [True, True, False]
    assert [hop.attributes["steppewire.attempt"] for hop in hops] == [1, 2, 3]
    assert hops[0].attributes["error.type"] == "busy"


async def test_a_dead_letter_that_is_put_back_goes_on_in_its_trace(redis, valkey, collector):
    mended = []

    async def once_bad(event):
        if not mended:
            raise Reject("too-large", "a book")
        return fetched(event)

    wire = lambda s: s.each(FETCH, once_bad)  # noqa: E731
    async with serving(valkey.url, wire, trace_url=collector.url) as service:
        await service.entrance.offer([Offer(discovered(1))])
        await until(partial(are_dead, redis, 1), what="the dead letter")
        mended.append(True)
        [(id_, _)] = await redis.xrange(key(dead_name(FETCH)))
        assert await Gate(redis).revive(FETCH, 0, [id_.decode()]) == [True]
        await until(partial(arrived, redis, 1), what="the page")

    root = only(collector.named(DISCOVER))
    dead, done = sorted(collector.named(DOWNLOAD), key=lambda s: s.start)
    assert {dead.trace, done.trace} == {root.trace}
    assert (dead.parent, done.parent) == (root.id, root.id)
    assert (dead.failed, done.failed) == (True, False)
    assert any("a book" in event["exception.message"] for event in dead.events)


async def test_work_done_together_is_linked_and_each_keeps_its_own_trace(redis, valkey, collector):
    async def together(events):
        return [fetched(event) for event in events]

    def wire(service):
        service.batch(FETCH, together, size=10)

    async with serving(valkey.url, wire, trace_url=collector.url) as service:
        await service.entrance.offer([Offer(discovered(n)) for n in range(8)])
        await until(partial(arrived, redis, 8), what="8 pages")

    runs = [s for s in collector.named(DOWNLOAD) if not s.parent]
    members = [s for s in collector.named(DOWNLOAD) if s.parent]
    assert len({m.trace for m in members}) == 8
    assert {link for run in runs for link in run.links} >= {
        (m.trace, m.parent) for m in members if m.links
    }
    assert {m.links for m in members if m.links} == {((run.trace, run.id),) for run in runs}
    assert any(m.links for m in members)


async def test_hops_of_two_stages_follow_each_other(redis, valkey, collector):
    async def read(event):
        return parsed(1)

    def wire(service):
        service.each(FETCH, forward)
        service.each(PARSE, read)

    async with serving(valkey.url, wire, trace_url=collector.url) as service:
        await service.entrance.offer([Offer(discovered(1))])
        await until(lambda: has_read(collector, service), what="the parser")

    root, fetch, parse = (only(collector.named(name)) for name in (DISCOVER, DOWNLOAD, READ))
    assert (fetch.parent, parse.parent) == (root.id, fetch.id)
    assert root.trace == fetch.trace == parse.trace


async def has_read(_: Collector, service) -> bool:
    return service.workers[1].pulse.settled == 1


async def test_what_is_not_chosen_is_passed_on_as_such(redis, valkey, collector):
    wire = lambda s: s.each(FETCH, forward)  # noqa: E731
    async with serving(valkey.url, wire, trace_url=collector.url, trace_sample=0.0) as service:
        await service.entrance.offer([Offer(discovered(n)) for n in range(5)])
        await until(partial(arrived, redis, 5), what="5 pages")

    contexts = [context(f[b"traceparent"]) for _, f in await redis.xrange(key(FETCHED.name))]
    assert [one.sampled for one in contexts] == [False] * 5
    assert collector.spans == []


async def test_a_collector_that_is_away_holds_up_nothing(redis, valkey):
    wire = lambda s: s.each(FETCH, forward)  # noqa: E731
    async with serving(valkey.url, wire, trace_url="http://127.0.0.1:1") as service:
        await service.entrance.offer([Offer(discovered(n)) for n in range(5)])
        await until(partial(arrived, redis, 5), what="5 pages")


NO_SDK = """
import sys
sys.modules["opentelemetry.sdk"] = None
from steppewire.broker import run
from steppewire.settings import Settings
run("test", Settings, None)
"""


def test_without_the_sdk_one_line_names_the_remedy(monkeypatch):
    monkeypatch.setenv("STEPPEWIRE_TRACE_URL", "http://127.0.0.1:4318")
    said = subprocess.run(
        [sys.executable, "-c", NO_SDK], capture_output=True, text=True, timeout=60, check=False
    )

    [line] = said.stderr.splitlines()
    assert said.returncode == 78
    assert "pip install 'steppewire[trace]'" in line


def test_a_service_without_traces_never_imports_the_exporter():
    # redis-py looks into the SDK by itself where that is installed
    ours = "{'steppewire.delivery.otel', 'opentelemetry.exporter'}"
    code = f"import sys, steppewire.broker; print(bool({ours} & set(sys.modules)))"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert said.stdout == "False\n"
