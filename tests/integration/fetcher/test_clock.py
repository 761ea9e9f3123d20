"""A broker whose clock is set back an hour keeps neither hosts nor sources waiting for an hour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steppewire.errors import Retry
from steppewire.servers import connect
from steppewire.testing.clock import jump
from steppewire.testing.redis import running_valkey
from steppewire_fetcher.ledger import Claim, Ledger, Waiting
from steppewire_fetcher.pace import Breaker, Pace

HOUR = 3600


@pytest.fixture
async def redis(tmp_path, clock):
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        client = connect(server.url)
        yield client
        await client.aclose()


async def test_a_hosts_next_turn_is_no_farther_away_than_before(redis, clock):
    pace = Pace(redis, 1)
    await pace.turn("news.test", 60.0)
    await jump(redis, clock, -HOUR)

    with pytest.raises(Retry) as told:
        await pace.turn("news.test", 60.0)

    assert told.value.after is not None
    assert told.value.after <= 60.0


async def test_a_host_that_asked_for_rest_gets_no_less_of_it(redis, clock):
    pace = Pace(redis, 1)
    await pace.turn("news.test", 0.0)
    await jump(redis, clock, -HOUR)
    await pace.rest("news.test", 60.0)

    with pytest.raises(Retry) as told:
        await pace.turn("news.test", 0.0)

    assert told.value.after is not None
    assert 30.0 < told.value.after <= 60.0


async def test_a_host_that_is_down_is_left_alone_no_longer_than_before(redis, clock):
    pace = Pace(redis, 1, Breaker(failures=1, pause=0.0, first=60.0))
    await pace.done(await pace.turn("news.test", 0.0), "failed")
    await jump(redis, clock, -HOUR)

    for _ in range(2):
        with pytest.raises(Retry, match="host-down") as told:
            await pace.turn("news.test", 0.0)
        assert told.value.after is not None
        assert told.value.after <= 61.0


async def test_a_source_is_due_no_later_than_before(redis, clock):
    ledger = Ledger(redis, lambda: datetime.now(UTC))
    claim = await ledger.claim(["news"])
    assert isinstance(claim, Claim)
    await ledger.settle(claim, 60.0)
    await jump(redis, clock, -HOUR)

    told = await ledger.claim(["news"])

    assert isinstance(told, Waiting)
    assert told.seconds <= 61.0  # the time of the last look is that of the claim, a moment before
