"""What answers a broker's address: one Redis-compatible server, or a cluster of them.

The rest of the code knows only commands. Where a cluster differs (several keys in one command,
memory, which node has just died or given a slot away), it asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import AskError, ClusterDownError, ClusterError, MovedError, NoScriptError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError, SlotNotCoveredError, TryAgainError
from redis.exceptions import TimeoutError as RedisTimeoutError

from steppewire.errors import SettingError

_CLUSTER = {"redis-cluster": "redis", "rediss-cluster": "rediss"}
_PORT = 6379
_CONNECTIONS = 4096
"""Most connections to one server. Each stream that is read blocks one: two a partition and stage.
redis-py's own limit, 100, would be met at 50 partitions."""
_BROKEN: tuple[type[RedisError], ...] = (RedisConnectionError, RedisTimeoutError)
_UNSETTLED: tuple[type[RedisError], ...] = (
    *_BROKEN,
    ClusterError,
    ClusterDownError,
    MovedError,
    TryAgainError,
)
"""What a cluster answers while a node is away or a slot is moving: it passes."""
REMEDY = (
    "give redis://host:6379/0, unix:///path, or for a cluster redis-cluster://host1:6379,host2:6379"
)


def connect(url: str, *, reconnects: int = 200, timeout: float = 5.0) -> Redis:
    """Return a client that rides out a restart of the server, or of a cluster's node.

    A command that met a broken connection is sent again after 20 ms … 0.3 s, up to `reconnects`
    times. Every command of ours may be repeated: the gate sees to that. Raises SettingError.

    The client of a cluster answers the same commands and is typed as if it were a server's.
    """
    patience = Retry(ExponentialBackoff(cap=0.3, base=0.02), reconnects, _UNSETTLED)
    limits = {
        "protocol": 2,
        "socket_timeout": timeout,
        "socket_connect_timeout": 2.0,
        "max_connections": _CONNECTIONS,
    }
    try:
        if urlsplit(url).scheme in _CLUSTER:
            nodes, options = _cluster_options(url)
            # two classes of redis-py without a common parent that has the commands
            return cast("Redis", Cluster(nodes, patience, limits | options))
        return Redis.from_url(url, retry=patience, retry_on_error=list(_BROKEN), **limits)
    except ValueError as error:
        raise SettingError(f"STEPPEWIRE_REDIS_URL is wrong: {error}; {REMEDY}") from None


def shown(url: str) -> str:
    """Return an address without its password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _cluster_options(url: str) -> tuple[list[tuple[str, int]], dict[str, Any]]:
    """Read `redis-cluster://[[user]:password@]host[:port],…[?option=value]`. Raises ValueError."""
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    nodes = [_node(host) for host in hosts.split(",") if host]
    if not nodes:
        raise ValueError("it names no node")
    if parts.path.strip("/") not in ("", "0"):
        raise ValueError(f"a cluster has no database {parts.path.strip('/')}")
    first = f"{_CLUSTER[parts.scheme]}://{credentials}{'@' if credentials else ''}node"
    options: dict[str, Any] = dict(parse_url(f"{first}?{parts.query}"))
    secure = options.pop("connection_class", None) is SSLConnection
    del options["host"]
    return nodes, options | ({"ssl": True} if secure else {})


def _node(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError(f"{text!r} is no host:port")
    return parts.hostname, parts.port or _PORT


class Cluster(RedisCluster):
    """redis-py's cluster client, with the patience that our client of one server has."""

    def __init__(
        self, nodes: Iterable[tuple[str, int]], patience: Retry, options: Mapping[str, Any]
    ) -> None:
        super().__init__(
            startup_nodes=[ClusterNode(*node) for node in nodes],
            # Where one node's slots are not served, the others' still are.
            require_full_coverage=False,
            # Our keys lie in as many slots as there are partitions: each is corrected by itself,
            # and no connection is closed under a running command for it.
            reinitialize_steps=0,
            # We are the patient one: redis-py would ask 200 times without a pause.
            retry=Retry(NoBackoff(), 0),
            **options,
        )
        self._patience = patience

    async def initialize(self, *args: Any, **kwargs: Any) -> Cluster:
        """Draw the map of the cluster. Raises ConnectionError when no node can tell it."""
        try:
            await super().initialize(*args, **kwargs)
        except RedisClusterException as error:  # which is no RedisError
            raise RedisConnectionError(str(error)) from error
        return self

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        """Send a command, again and again while its node is away or its slot is moving.

        Raises ConnectionError when that lasts too long.
        """

        async def send() -> Any:
            try:
                return await super(Cluster, self).execute_command(*args, **kwargs)
            except SlotNotCoveredError as error:  # which is no RedisError
                self._initialize = True
                raise ClusterDownError(str(error)) from error

        try:
            return await self._patience.call_with_retry(send, _pass)
        except _UNSETTLED as error:
            if isinstance(error, _BROKEN):
                raise
            raise RedisConnectionError(f"the cluster is not whole: {error}") from error

    async def _execute_command(self, target_node: ClusterNode, *args: Any, **kwargs: Any) -> Any:
        """Send a command to a node, once, and learn from its answer where to send the next.

        Instead of redis-py's own (8.1), which asks for a moving slot over two connections, so
        that the permission and the command seldom meet.
        """
        try:
            return await target_node.execute_command(*args, **kwargs)
        except MovedError as error:
            await self.nodes_manager.move_slot(error)
            raise
        except AskError as error:
            return await self._ask(error, args, kwargs)
        except _BROKEN as error:
            # the map is drawn again before the next command, by another node if there is one
            error.last_failed_node_name = target_node.name  # type: ignore[attr-defined]
            await target_node.disconnect_free_connections()
            self._initialize = True
            raise
        except ClusterDownError:
            self._initialize = True
            raise

    async def _ask(self, where: AskError, args: Any, kwargs: Any) -> Any:
        """Send a command to the node that a slot is moving to: with ASKING, on one connection."""
        node = self.get_node(where.host, where.port) or ClusterNode(
            where.host, where.port, **self.connection_kwargs
        )
        asking, command = _Sent(("ASKING",), {}), _Sent(args, kwargs)
        await node.execute_pipeline(cast("Any", [asking, command]))
        if isinstance(command.result, Exception):
            raise command.result
        return command.result

    def register_script(self, script: Any) -> Any:
        """Return a script that loads itself where it is missing.

        redis-py would load it on all nodes, which fails while one of them is away.
        """
        return _Script(self, script)


@dataclass
class _Sent:
    """A command on its way, and its answer."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None


class _Script:
    """A Lua script of a cluster."""

    def __init__(self, cluster: Cluster, source: str) -> None:
        from redis.commands.core import AsyncScript

        self.cluster, self.source = cluster, source
        self.sha = AsyncScript(cluster, source).sha

    async def __call__(self, keys: Sequence[str], args: Iterable[Any] = ()) -> Any:
        """Run it where its keys are."""
        given = (len(keys), *keys, *args)
        try:
            return await self.cluster.execute_command("EVALSHA", self.sha, *given)
        except NoScriptError:
            return await self.cluster.execute_command("EVAL", self.source, *given)


async def _pass(_: Exception) -> None:
    """Do nothing about a failure: the next attempt follows."""


def together(redis: Redis, names: Sequence[str]) -> list[list[str]]:
    """Group keys that one command may name: all of them, or on a cluster those with one slot."""
    client: Any = redis
    if not isinstance(client, Cluster):
        return [list(names)]
    slots: dict[int, list[str]] = {}
    for name in names:
        slots.setdefault(client.keyslot(name), []).append(name)
    return list(slots.values())


async def memory(redis: Redis) -> list[Mapping[str, Any]]:
    """Return INFO memory of every server that holds data."""
    client: Any = redis
    if not isinstance(client, Cluster):
        return [await redis.info("memory")]
    await client.initialize()
    return [await client.info("memory", target_nodes=node) for node in client.get_primaries()]
