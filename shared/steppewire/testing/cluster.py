"""A real cluster of three Valkey servers on this machine: nodes that die, slots that move."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from steppewire.ports import free_ports
from steppewire.streams import key
from steppewire.valkey import Valkey

SLOTS = 16384
_PATIENCE = 20.0


class ValkeyCluster:
    """Three primaries, each with a third of the slots, and data that survive kill -9."""

    def __init__(self, folder: Path, *, nodes: int = 3, options: tuple[str, ...] = ()) -> None:
        ports = free_ports(2 * nodes)
        self._buses = ports[nodes:]
        self.nodes = [
            Valkey(folder / f"node-{n}", port=ports[n], options=(*_options(bus), *options))
            for n, bus in enumerate(self._buses)
        ]

    @property
    def url(self) -> str:
        """Address for the setting STEPPEWIRE_REDIS_URL."""
        return "redis-cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> None:
        """Start the servers, let them meet, share the slots; return when each sees the whole."""
        for node in self.nodes:
            node.start()
        share = -(-SLOTS // len(self.nodes))
        for number, node in enumerate(self.nodes):
            last = min((number + 1) * share, SLOTS) - 1
            ask(node, "CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
            ask(node, "CLUSTER", "ADDSLOTSRANGE", str(number * share), str(last))
        for node, bus in zip(self.nodes[1:], self._buses[1:], strict=True):
            ask(self.nodes[0], "CLUSTER", "MEET", "127.0.0.1", str(node.port), str(bus))
        self.wait_until_whole()

    def stop(self) -> None:
        """Stop all servers."""
        for node in self.nodes:
            node.stop()

    def wait_until_whole(self) -> None:
        """Return when every node knows every other and all slots are served."""
        self._wait(lambda: all(self._sees_all(node) for node in self.nodes))

    def wait_until_broken(self, away: Valkey) -> None:
        """Return when the others have noticed that a node is away, and refuse to serve."""
        witness = next(node for node in self.nodes if node is not away)
        self._wait(lambda: b"cluster_state:fail" in ask(witness, "CLUSTER", "INFO"))

    def _wait(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"not settled after {_PATIENCE} s: see {self.nodes[0].log}")
            time.sleep(0.02)

    def owner(self, partition: int) -> Valkey:
        """Return the node that holds a partition."""
        name = _owner(self.nodes[0], partition)
        return next(node for node in self.nodes if _name(node) == name)

    def begin_move(self, partition: int, to: Valkey) -> None:
        """Open a partition's slot for moving: from now on clients are asked to ask."""
        slot, source = str(slot_of(partition)), self.owner(partition)
        ask(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", _name(source))
        ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", _name(to))

    def carry(self, partition: int, source: Valkey, to: Valkey, *, most: int = 1000) -> int:
        """Carry some keys of a slot that is open for moving; return how many."""
        keys: Any = ask(source, "CLUSTER", "GETKEYSINSLOT", str(slot_of(partition)), str(most))
        for name in keys:
            ask(source, "MIGRATE", "127.0.0.1", str(to.port), name, "0", "5000")
        return len(keys)

    def end_move(self, partition: int, source: Valkey, to: Valkey) -> None:
        """Carry what is left, and tell everybody the slot's new place."""
        while self.carry(partition, source, to):
            pass
        for node in (to, source, *self.nodes):
            ask(node, "CLUSTER", "SETSLOT", str(slot_of(partition)), "NODE", _name(to))
        self._wait(lambda: all(_owner(node, partition) == _name(to) for node in self.nodes))

    def move_at_once(self, partition: int, to: Valkey) -> None:
        """Let the servers move a partition's slot as a whole (Valkey 9)."""
        slot = str(slot_of(partition))
        source = self.owner(partition)
        ask(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", _name(to))
        self._wait(lambda: all(_owner(node, partition) == _name(to) for node in self.nodes))

    def _sees_all(self, node: Valkey) -> bool:
        try:
            told = ask(node, "CLUSTER", "INFO").decode()
        except RedisError:
            return False
        wanted = (f"cluster_known_nodes:{len(self.nodes)}", "cluster_state:ok")
        return all(line in told for line in wanted) and f"cluster_slots_ok:{SLOTS}" in told


def slot_of(partition: int) -> int:
    """Return the slot of all keys of a partition."""
    return key_slot(key("x", partition).encode())


def ask(node: Valkey, *command: str | bytes) -> Any:
    """Send one command to one node."""
    with Redis.from_url(node.url, protocol=2) as client:
        return client.execute_command(*command)


def _owner(witness: Valkey, partition: int) -> str:
    """Return the id of the node that holds a partition, as one node sees it."""
    slot = slot_of(partition)
    ranges: Any = ask(witness, "CLUSTER", "SLOTS")
    return next(str(row[2][2], "ascii") for row in ranges if row[0] <= slot <= row[1])


def _name(node: Valkey) -> str:
    told: bytes = ask(node, "CLUSTER", "MYID")
    return told.decode()


def _options(bus: int) -> tuple[str, ...]:
    return (
        *("--cluster-enabled", "yes", "--cluster-node-timeout", "1000"),
        *("--cluster-port", str(bus), "--cluster-announce-ip", "127.0.0.1"),
    )


@contextmanager
def running_cluster(folder: Path, **options: Any) -> Iterator[ValkeyCluster]:
    """Run a cluster of one's own: for tests that kill its nodes."""
    cluster = ValkeyCluster(folder, **options)
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        cluster.start()
        yield cluster


@pytest.fixture(scope="session")
def valkey_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyCluster]:
    """One cluster for the whole session."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster
