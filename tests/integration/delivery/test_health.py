"""Health tells the truth: ready by progress, not by a ping."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from functools import partial

import pytest
from structlog.testing import capture_logs

from steppewire.delivery.health import STALE, STUCK, Condition
from steppewire.errors import BrokerUnreachable, SettingError
from steppewire.servers import connect
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import (
    discovered,
    fetched,
    keys_of,
    publish,
    serving,
    tallies,
    until,
)


async def forward(event):
    return fetched(event)


def wire(service):
    service.each(FETCH, forward)


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_a_service_at_work_is_live_and_ready_and_counts(redis, valkey):
    import asyncio

    from steppewire.ports import free_port

    port = free_port()
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(5)])
    async with serving(valkey.url, wire, health_port=port) as service:
        await until(partial(has_settled, service, 5), what="5 messages")
        live = await asyncio.to_thread(ask, port, "/health/live")
        ready = await asyncio.to_thread(ask, port, "/health/ready")
        _, metrics = await asyncio.to_thread(ask, port, "/metrics")

    assert (live[0], ready[0]) == (200, 200)
    assert 'steppewire_worker_queue_seconds_count{stage="fetcher"} 5.0' in metrics
    assert 'steppewire_worker_commits_total{stage="fetcher"} 5.0' in metrics


async def has_settled(service, number: int) -> bool:
    return service.workers[0].pulse.settled >= number


async def has_told(logs, event: str) -> bool:
    return any(entry["event"] == event for entry in logs)


async def has_lost(condition: Condition, logs) -> bool:
    """Let a minute seem to have passed since the last turn, which may just have ended."""
    if condition.lost_at is None:
        condition.turned_at = time.monotonic() - STALE - 60
    return await has_told(logs, "broker_lost")


async def test_without_a_broker_a_service_is_not_ready_and_recovers_by_itself(tmp_path):
    with running_valkey(tmp_path, durable=True) as server, capture_logs() as logs:
        async with serving(server.url, wire) as service:
            condition = service.condition
            assert condition.not_ready(time.monotonic()) is None
            server.kill()
            assert "no contact" in condition.not_ready(time.monotonic() + STALE + 2)
            await until(partial(has_lost, condition, logs), what="a line in the log")
            server.start()
            redis = connect(server.url)
            await publish(redis, DISCOVERED.name, [discovered(1)])
            await until(partial(has_settled, service, 1), what="the message after the restart")
            await until(partial(has_told, logs, "broker_back"), what="a line in the log")
            await redis.aclose()
        assert condition.stopping


async def test_work_that_waits_while_nothing_ends_is_not_alive(redis, valkey):
    async with serving(valkey.url, wire) as service:
        condition = service.condition
        condition.load.waiting = {key(DISCOVERED.name): 3}
        worker = service.workers[0]
        patience = max(STUCK, 3 * worker.work.time_limit)
        now = worker.pulse.progressed_at

        assert condition.not_alive(now + patience - 1) is None
        assert "3 entries wait" in condition.not_alive(now + patience + 1)
        worker.open.clear()  # paused on purpose: no reason to be restarted
        assert condition.not_alive(now + patience + 1) is None
        worker.open.set()


def test_a_broker_that_is_lost_is_news_once_and_once_more_when_it_is_back():
    condition = Condition()
    assert condition.contact(1000.0) is None, "it has not begun"
    condition.turned_at = 100.0

    assert condition.contact(100.0 + STALE) is None
    assert condition.contact(101.0 + STALE) == STALE + 1
    assert condition.contact(102.0 + STALE) is None
    condition.turned_at = 160.0
    assert condition.contact(161.0) == -60.0
    assert condition.contact(162.0) is None


def test_a_service_that_has_not_begun_is_not_ready():
    assert Condition().not_ready(0.0) == "starting"


async def test_a_health_port_that_is_taken_is_told(redis, valkey):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingError, match="STEPPEWIRE_HEALTH_PORT"):
            async with serving(valkey.url, wire, health_port=taken.getsockname()[1]):
                pass


async def test_a_script_that_fails_midway_loses_nothing(redis, valkey):
    """The stream to be written has the wrong type: every entry stays, and goes on when mended."""
    async with serving(valkey.url, wire) as service:
        await redis.delete(key(FETCHED.name))
        await redis.set(key(FETCHED.name), "not a stream")
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(20)])
        await until(partial(has_failed, service), what="the first failure")
        await redis.delete(key(FETCHED.name))
        await until(partial(has_settled, service, 20), what="20 messages")

    assert sorted(await keys_of(redis, FETCHED.name)) == sorted(
        discovered(n).key for n in range(20)
    )
    assert await tallies(redis, FETCH) == {"done|": 20}


async def has_failed(service) -> bool:
    return service.workers[0].pulse.commit_errors > 0


async def test_keys_that_belong_to_somebody_else_are_told_at_the_start(redis, valkey):
    await redis.set(key(DISCOVERED.name), "not a stream")

    with pytest.raises(BrokerUnreachable, match="another program"):
        async with serving(valkey.url, wire):
            pass


async def test_an_answer_of_the_health_route_is_json(redis, valkey):
    import asyncio

    from steppewire.ports import free_port

    port = free_port()
    async with serving(valkey.url, wire, health_port=port):
        _, body = await asyncio.to_thread(ask, port, "/health/ready")

    assert json.loads(body) == {"status": "ok"}


async def test_a_service_may_answer_more_than_health(redis, valkey):
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from steppewire.ports import free_port

    def wire_more(service):
        wire(service)
        service.routes.append(Route("/hello", lambda request: PlainTextResponse("hi")))

    port = free_port()
    async with serving(valkey.url, wire_more, health_port=port):
        answer = await asyncio.to_thread(ask, port, "/hello")

    assert answer == (200, "hi")
