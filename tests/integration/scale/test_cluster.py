"""A cluster that changes while the newswire runs: workers, nodes and slots come and go."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from contextlib import ExitStack, aclosing

import pytest

from steppewire.archive import open_archive
from steppewire.archive.matching import Wish
from steppewire.broker import Service
from steppewire.consume import consume
from steppewire.delivery.upkeep import memory_share
from steppewire.errors import BrokerUnreachable, SettingError
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.ports import free_port
from steppewire.servers import connect
from steppewire.streams import DISCOVERED, FETCH, FETCHED, STORED, key
from steppewire.testing.articles import story
from steppewire.testing.cluster import ValkeyCluster, ask, running_cluster
from steppewire.testing.service import fetched, publish, serving, settings, unsettled, until
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace
from steppewire_api.live import Live
from steppewire_api.moments import Arrival
from steppewire_api.position import Start
from steppewire_store.migrate import migrate

from .conftest import PARTITIONS, Broker, links, once, partition_for, start_worker


@pytest.fixture
async def broker(valkey_cluster):
    redis = connect(valkey_cluster.url)
    await redis.flushall()
    yield Broker(valkey_cluster.url, redis)
    await redis.aclose()


async def forward(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


def wire(service):
    service.each(FETCH, forward, concurrency=8)


class Crew:
    """Worker processes that are added and removed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.members: list = []

    def add(self) -> None:
        self.members.append(start_worker(self.url, pause=0.03))

    def remove(self, how: signal.Signals) -> None:
        member = self.members.pop(0)
        member.send_signal(how)
        self.members.append(member) if how == signal.SIGSTOP else member.wait()

    def end(self) -> None:
        for member in self.members:
            member.kill()
            member.wait()


async def test_workers_that_come_and_go_lose_and_repeat_nothing(broker):
    """3000 messages; a worker is added and another one removed, every second one with -9."""
    await broker.prepare()
    with ExitStack() as stack:
        crew = Crew(broker.url)
        stack.callback(crew.end)
        crew.add()
        for turn in range(4):
            crew.add()
            await broker.publish(DISCOVERED.name, links(750 * turn, 750 * (turn + 1)))
            goal = 500 * (turn + 1)
            await until(lambda goal=goal: broker.has_written(goal), what=f"{goal} messages")
            how = signal.SIGKILL if turn % 2 else signal.SIGTERM
            await asyncio.to_thread(crew.remove, how)
        await until(broker.is_settled, what="3000 messages")

    assert await broker.keys(FETCHED.name) == once(3000)
    assert await broker.tallies() == {"done|": 3000}


async def test_a_node_that_is_killed_and_comes_back_loses_and_repeats_nothing(tmp_path):
    with running_cluster(tmp_path) as cluster, ExitStack() as stack:
        redis = connect(cluster.url)
        broker = Broker(cluster.url, redis)
        await broker.prepare()
        await broker.publish(DISCOVERED.name, links(900))
        for _ in range(2):
            stack.enter_context(broker.worker(pause=0.05))
        for goal, node in zip((150, 400), cluster.nodes, strict=False):
            await until(lambda goal=goal: broker.has_written(goal), what=f"{goal} messages")
            await asyncio.to_thread(die_and_come_back, cluster, node)
        await until(broker.is_settled, what="900 messages")
        keys, tallies = await broker.keys(FETCHED.name), await broker.tallies()
        await redis.aclose()

    assert keys == once(900)
    assert tallies == {"done|": 900}


def die_and_come_back(cluster: ValkeyCluster, node: Valkey) -> None:
    """Stay away until the others have noticed and refuse to serve."""
    node.kill()
    cluster.wait_until_broken(node)
    node.start()
    cluster.wait_until_whole()


async def test_while_a_node_is_away_the_partitions_of_the_others_go_on(tmp_path):
    options = ("--cluster-require-full-coverage", "no")
    with running_cluster(tmp_path, options=options) as cluster, ExitStack() as stack:
        redis = connect(cluster.url)
        broker = Broker(cluster.url, redis)
        await broker.prepare()
        away = cluster.nodes[0]
        alive = [p for p in range(PARTITIONS) if cluster.owner(p) is not away]
        stack.enter_context(broker.worker(pause=0.01))
        await broker.publish(DISCOVERED.name, links(200))
        await until(lambda: broker.has_written(50), what="50 messages")
        await asyncio.to_thread(away.kill)
        theirs = [event for event in links(200, 500) if partition_for(event) in alive]
        await broker.publish(DISCOVERED.name, theirs)
        await until(lambda: none_waits_in(redis, alive), what="the partitions of the others")
        await asyncio.to_thread(away.start)
        await until(broker.is_settled, what="200 messages")
        keys = await broker.keys(FETCHED.name)
        await redis.aclose()

    assert 0 < len(alive) < PARTITIONS
    assert keys == once(200) + Counter(event.key for event in theirs)


async def none_waits_in(redis, partitions: list[int]) -> bool:
    return not any([await unsettled(redis, FETCH, partition) for partition in partitions])


def move_by_hand(cluster: ValkeyCluster, partition: int, source: Valkey, to: Valkey) -> None:
    cluster.begin_move(partition, to)
    while cluster.carry(partition, source, to, most=1):
        pass
    cluster.end_move(partition, source, to)


def move_at_once(cluster: ValkeyCluster, partition: int, _: Valkey, to: Valkey) -> None:
    cluster.move_at_once(partition, to)


@pytest.mark.parametrize("move", [move_by_hand, move_at_once])
async def test_partitions_that_move_under_load_lose_and_repeat_nothing(
    broker, valkey_cluster, move
):
    """By hand, key by key, clients meet ASK, TRYAGAIN and MOVED on the way."""
    await broker.publish(DISCOVERED.name, links(1200))
    with broker.worker(pause=0.05), broker.worker(pause=0.05):
        for partition in range(PARTITIONS):
            goal = 120 * (partition + 1)
            await until(lambda goal=goal: broker.has_written(goal), what=f"{goal} messages")
            source = valkey_cluster.owner(partition)
            to = next(node for node in valkey_cluster.nodes if node is not source)
            await asyncio.to_thread(move, valkey_cluster, partition, source, to)
        await until(broker.is_settled, what="1200 messages")

    assert await broker.keys(FETCHED.name) == once(1200)
    assert await broker.tallies() == {"done|": 1200}


async def test_a_slot_that_is_moving_is_asked_for_on_the_connection_that_got_permission(
    broker, valkey_cluster
):
    """With many connections at once; each command is sent once, so none may go astray."""
    redis = connect(broker.url, reconnects=0)
    name = key("counter", 1)
    source = valkey_cluster.owner(1)
    to = next(node for node in valkey_cluster.nodes if node is not source)
    await asyncio.gather(*(redis.get(key("warm", p)) for p in range(PARTITIONS) for _ in range(9)))
    valkey_cluster.begin_move(1, to)
    try:
        await asyncio.gather(*(redis.incr(name) for _ in range(200)))
    finally:
        valkey_cluster.end_move(1, source, to)
        await redis.aclose()

    assert int(await broker.redis.get(name)) == 200


async def test_a_reader_of_all_partitions_gets_each_entry(broker):
    await broker.prepare()
    await broker.publish(DISCOVERED.name, links(48))
    reader = consume(
        broker.url, group="us", consumer="one", stream=DISCOVERED, partitions=PARTITIONS
    )
    keys: Counter[str] = Counter()
    async with aclosing(reader) as envelopes, asyncio.timeout(20):
        async for envelope in envelopes:
            keys[envelope.key] += 1
            if keys.total() == 48:
                break

    assert keys == once(48)


async def test_memory_is_measured_at_the_fullest_node(broker, valkey_cluster):
    node = random.Random(1).choice(valkey_cluster.nodes)
    assert await memory_share(broker.redis) == 0.0
    ask(node, "CONFIG", "SET", "maxmemory", "100mb")
    try:
        share = await memory_share(broker.redis)
    finally:
        ask(node, "CONFIG", "SET", "maxmemory", "0")

    assert 0.0 < share < 1.0


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("redis://127.0.0.1:{port}", SettingError, "redis-cluster://host:port"),
        ("redis-cluster://127.0.0.1:1", BrokerUnreachable, "no Redis-compatible server at"),
        ("redis-cluster://{single}", BrokerUnreachable, "Cluster mode is not enabled"),
    ],
)
async def test_an_address_of_the_wrong_kind_is_told_in_one_line_with_the_remedy(
    valkey_cluster, tmp_path, url, error, told
):
    with Valkey(tmp_path, port=free_port(), durable=False) as single:
        place = url.format(port=valkey_cluster.nodes[0].port, single=f"127.0.0.1:{single.port}")
        service = Service("test", settings(place, broker_wait=0.1, partitions=PARTITIONS))
        wire(service)
        with pytest.raises(error, match=told):
            await service.serve()
        await service.close()


async def test_a_password_is_used_and_never_shown(tmp_path):
    with running_cluster(tmp_path) as cluster:
        for node in cluster.nodes:
            ask(node, "CONFIG", "SET", "requirepass", "geheim")
        hosts = cluster.url.removeprefix("redis-cluster://")
        redis = connect(f"redis-cluster://:geheim@{hosts}", reconnects=0)
        assert await redis.ping()
        await redis.aclose()

        service = Service("test", settings(f"redis-cluster://:wrong@{hosts}", broker_wait=0.1))
        with pytest.raises(BrokerUnreachable) as caught:
            await service.serve()
        await service.close()
    assert "wrong@" not in str(caught.value)


async def test_a_listener_of_the_live_stream_hears_every_partition(broker, tmp_path):
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    await migrate(url)
    async with open_archive(url) as archive:
        # so rarely looked for by itself that only the bell of its partition can have brought it
        live = Live(archive, broker.redis, title, partitions=PARTITIONS, look_every=3600)
        reading = asyncio.create_task(live.run())
        heard: list[str] = []
        try:
            await until(lambda: stands(live), what="the reader to stand at the end")
            listening = asyncio.create_task(listen(live, heard))
            await until(lambda: sits(live), what="the listener")
            for number in range(24):
                [stored] = await archive.save([story(number, title=str(number))])
                fields = encode(stored, new_trace())
                await broker.redis.xadd(key(STORED.name, number % PARTITIONS), fields)
            await asyncio.wait_for(listening, 20)
        finally:
            live.close()
            await asyncio.gather(reading, return_exceptions=True)

    assert heard == [str(number) for number in range(24)]


def title(record) -> str:
    return record.article.title


async def listen(live: Live, heard: list[str]) -> None:
    async with aclosing(live.follow(Start(0), Wish())) as lists:
        async for moments in lists:
            heard += [moment.data for moment in moments if isinstance(moment, Arrival)]
            if len(heard) == 24:
                return


async def stands(live: Live) -> bool:
    return live.state.connected


async def sits(live: Live) -> bool:
    return live.listeners == 1


async def test_pipelines_and_transactions_go_where_their_keys_are_and_wait_for_them(
    broker, valkey_cluster
):
    """While a slot moves: what does not arrive at once is sent again, in its place."""
    source = valkey_cluster.owner(2)
    to = next(node for node in valkey_cluster.nodes if node is not source)
    await broker.redis.hset(key("state", 2), mapping={"a": "1", "b": "x"})
    valkey_cluster.begin_move(2, to)
    pipe = broker.redis.pipeline(transaction=False)
    for partition in range(PARTITIONS):
        pipe.hset(key("new", partition), "field", partition)
        pipe.hgetall(key("new", partition))
    answers = await pipe.execute()

    moving = asyncio.create_task(transact(broker.redis))
    await asyncio.to_thread(valkey_cluster.end_move, 2, source, to)

    assert answers[1::2] == [{b"field": str(p).encode()} for p in range(PARTITIONS)]
    assert await moving == [2, {b"a": b"2", b"b": b"x"}]


async def transact(redis):
    pipe = redis.pipeline(transaction=True)
    pipe.hincrby(key("state", 2), "a", 1)
    pipe.hgetall(key("state", 2))
    return await pipe.execute()


async def test_many_partitions_may_be_read_at_once(valkey):
    """Each takes two connections; redis-py's own limit would be met at fifty."""
    redis = connect(valkey.url)
    await redis.flushall()
    async with serving(valkey.url, wire, partitions=64):
        await publish(redis, DISCOVERED.name, links(10), partition=63)
        await until(lambda: has_length(redis, key(FETCHED.name, 63), 10), what="10 messages")
    await redis.aclose()


async def has_length(redis, name: str, length: int) -> bool:
    return await redis.xlen(name) == length
