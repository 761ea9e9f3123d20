"""Dead letters on a real server: found, put back once, and counted honestly."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from steppewire.delivery.gate import Gate
from steppewire.errors import NotFound
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.quarantine import Address, Quarantine, Selection, heaps, select
from steppewire.streams import (
    DISCOVERED,
    FETCH,
    FETCHED,
    PARSE,
    dead_name,
    key,
    retry_name,
    tally_name,
)
from steppewire.testing.service import (
    dead_letters,
    discovered,
    fetched,
    keys_of,
    publish,
    serving,
    tallies,
    until,
)

from .conftest import settle, succeed

EVERYTHING = Selection()


async def addresses(quarantine: Quarantine) -> list[Address]:
    return [letter.address for letter in await quarantine.find(EVERYTHING)]


async def test_letters_are_found_by_source_and_reason(bury, quarantine):
    await bury(2, "el.kz", "too-large")
    await bury(3, "zakon.kz", "no-host")

    found = await quarantine.find(select(stage="fetch", source="zakon.kz"))
    both = heaps(await quarantine.find(EVERYTHING))

    assert [letter.reason for letter in found] == ["no-host"] * 3
    assert [(heap.source, heap.count) for heap in both] == [("zakon.kz", 3), ("el.kz", 2)]
    assert await quarantine.find(select(source="el.kz", reason="no-host")) == []


async def test_more_letters_than_one_page_are_all_found_and_all_retried(bury, quarantine):
    await bury(250)

    meant = await addresses(quarantine)

    assert len(set(meant)) == 250
    assert await quarantine.retry(meant) == 250
    assert await addresses(quarantine) == []


async def test_a_retried_letter_runs_again_with_all_its_attempts(redis, valkey, quarantine):
    async def fail(event: ArticleDiscovered) -> ArticleFetched:
        raise ValueError("no title in sight")

    await publish(redis, DISCOVERED.name, [discovered(1)])
    await settle(redis, valkey.url, fail, max_attempts=2)
    await quarantine.retry(await addresses(quarantine))
    [(_, revived)] = await redis.xrevrange(key(retry_name(FETCH)), count=1)
    await settle(redis, valkey.url, fail, max_attempts=2)

    assert set(revived) == {b"v", b"type", b"key", b"traceparent", b"ct", b"data"}
    [letter] = await dead_letters(redis, FETCH)
    assert letter["dead.attempts"] == "2"
    assert await tallies(redis, FETCH) == {
        "retry|fault-ValueError": 2,
        "dead|fault-ValueError": 2,
        "retry|revived": 1,
    }


async def test_what_entered_is_what_ended_less_what_was_revived(redis, valkey, bury, quarantine):
    await bury(5)
    await quarantine.retry((await addresses(quarantine))[:3])
    await settle(redis, valkey.url, succeed)

    assert await tallies(redis, FETCH) == {"reject|too-large": 5, "retry|revived": 3, "done|": 3}
    assert len(await keys_of(redis, FETCHED.name)) == 3
    assert len(await addresses(quarantine)) == 2


async def test_retrying_twice_has_one_effect(redis, valkey, bury, quarantine):
    await bury(20)
    meant = await addresses(quarantine)

    assert await quarantine.retry([*meant, *meant]) == 20
    assert await quarantine.retry(meant) == 0
    await settle(redis, valkey.url, succeed)

    assert set(Counter(await keys_of(redis, FETCHED.name)).values()) == {1}


async def test_two_people_who_retry_at_the_same_time_have_one_effect(redis, bury, quarantine):
    await bury(120)
    meant = await addresses(quarantine)

    counts = await asyncio.gather(*(quarantine.retry(meant) for _ in range(4)))

    assert sum(counts) == 120
    assert await redis.xlen(key(retry_name(FETCH))) == 120
    assert (await tallies(redis, FETCH))["retry|revived"] == 120


async def test_a_letter_is_retried_while_the_stage_is_at_work(redis, valkey, bury, quarantine):
    await bury(10)

    async with serving(valkey.url, lambda s: s.each(FETCH, succeed)):
        await quarantine.retry(await addresses(quarantine))

        async def arrived() -> bool:
            return len(await keys_of(redis, FETCHED.name)) == 10

        await until(arrived, what="10 revived messages")


async def test_a_letter_of_another_partition_goes_back_to_that_partition(redis, valkey):
    await publish(redis, FETCHED.name, [discovered(1)], partition=2)  # not what parse reads
    async with serving(valkey.url, lambda s: s.cpu(PARSE, fetched), partitions=3):

        async def buried() -> bool:
            return bool(await dead_letters(redis, PARSE, 2))

        await until(buried, what="the dead letter")
    quarantine = Quarantine(Gate(redis), partitions=3)

    [letter] = await quarantine.find(EVERYTHING)
    assert (letter.address.partition, letter.reason) == (2, "not-an-event")
    assert await quarantine.retry([letter.address]) == 1
    assert await keys_of(redis, retry_name(PARSE), 2) == [discovered(1).key]
    assert await Quarantine(Gate(redis), partitions=1).find(EVERYTHING) == []


async def test_bytes_that_are_no_text_come_back_as_they_were(redis, quarantine):
    data = b"\xff\x00\xfe{"
    letter = {b"type": b"article.fetched", b"data": data, b"dead.source": b"a|b", b"attempt": b"5"}
    await redis.xadd(key(dead_name(FETCH)), letter)

    await quarantine.retry(await addresses(quarantine))

    [(_, back)] = await redis.xrange(key(retry_name(FETCH)))
    assert back == {b"type": b"article.fetched", b"data": data}
    assert await redis.hgetall(key(tally_name(FETCH))) == {b"a/b|retry|revived": b"1"}


async def test_an_entry_without_any_field_of_ours_does_not_stop_the_others(redis, quarantine):
    for fields in ({b"reason": b"x", b"dead.source": b"?"}, {b"data": b"1"}):
        await redis.xadd(key(dead_name(FETCH)), fields)

    assert await quarantine.retry(await addresses(quarantine)) == 2
    assert await redis.xlen(key(retry_name(FETCH))) == 2


async def test_a_full_broker_refuses_a_retry_whole_and_still_lets_go(
    redis: Redis, bury, quarantine
):
    await bury(3)
    meant = await addresses(quarantine)
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(OutOfMemoryError):
            await quarantine.retry(meant)
        assert await redis.xlen(key(dead_name(FETCH))) == 3
        assert await redis.xlen(key(retry_name(FETCH))) == 0
        assert await quarantine.drop(meant[:1]) == 1
    finally:
        await redis.config_set("maxmemory", "0")


async def test_dropping_takes_only_what_was_meant(bury, quarantine):
    await bury(4)
    first, *others = await addresses(quarantine)

    assert await quarantine.drop([first, first]) == 1
    assert await quarantine.drop([first]) == 0
    assert await addresses(quarantine) == others


async def test_a_letter_that_is_gone_says_so(bury, quarantine):
    await bury(1)
    [address] = await addresses(quarantine)
    await quarantine.retry([address])

    with pytest.raises(NotFound, match="retried or dropped already"):
        await quarantine.open(address)


async def test_a_name_that_was_never_counted_is_refused(bury, quarantine):
    await bury(1, "el.kz", "too-large")
    await quarantine.drop(await addresses(quarantine))

    with pytest.raises(NotFound, match=r"unknown source 'ell\.kz'; did you mean el\.kz"):
        await quarantine.find(select(source="ell.kz"))
    with pytest.raises(NotFound, match="unknown reason 'zzz'; known: too-large"):
        await quarantine.find(select(reason="zzz"))
    assert await quarantine.find(select(source="el.kz", reason="too-large")) == []


async def test_an_entry_of_thousands_of_fields_ends_and_stops_no_neighbour(
    redis, valkey, quarantine
):
    monster: dict[bytes, bytes] = {b"f%d" % number: b"x" for number in range(5000)}
    await redis.xadd(key(DISCOVERED.name), monster)
    await publish(redis, DISCOVERED.name, [discovered(1)])
    await settle(redis, valkey.url, succeed)

    assert await keys_of(redis, FETCHED.name) == [discovered(1).key]
    assert await tallies(redis, FETCH) == {"reject|not-an-event": 1, "done|": 1}
    assert await quarantine.retry(await addresses(quarantine)) == 1
