"""What answers a broker's address: one Redis-compatible server, or a cluster of them.

The rest of the code knows only commands. Where a cluster differs (several keys in one command,
several memories), it asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from steppewire.cluster import BROKEN, Cluster
from steppewire.delivery.transport import READ_SIZE, widen
from steppewire.errors import SettingError

_CLUSTER = {"redis-cluster": "redis", "rediss-cluster": "rediss"}
_PORT = 6379
_CONNECTIONS = 4096
"""Most connections to one server. Each stream that is read blocks one: two a partition and stage.
redis-py's own limit, 100, would be met at 50 partitions."""
_REMEDY = (
    "give redis://host:6379/0, unix:///path, or for a cluster redis-cluster://host1:6379,host2:6379"
)


def connect(url: str, *, reconnects: int = 200, timeout: float = 5.0) -> Redis:
    """Return a client that rides out a restart of the server, or of a cluster's node.

    A command that met a broken connection is sent again after 20 ms … 0.3 s, up to `reconnects`
    times. Every command of ours may be repeated: the gate sees to that. Raises SettingError.

    The client of a cluster answers the same commands and is typed as if it were a server's.
    """
    pauses = ExponentialBackoff(cap=0.3, base=0.02)
    options: dict[str, Any] = {
        "protocol": 2,
        "socket_timeout": timeout,
        "socket_connect_timeout": 2.0,
        "socket_read_size": READ_SIZE,
        "max_connections": _CONNECTIONS,
    }
    try:
        if is_cluster(url):
            nodes, more = _cluster_options(url)
            cluster = Cluster(nodes, pauses=pauses, reconnects=reconnects, **options | more)
            # two classes of redis-py, without a common parent that has the commands
            return cast("Redis", cluster)
        client = Redis.from_url(
            url, retry=Retry(pauses, reconnects), retry_on_error=list(BROKEN), **options
        )
    except ValueError as error:
        raise SettingError(f"STEPPEWIRE_REDIS_URL is wrong: {error}; {_REMEDY}") from None
    widen(client.connection_pool)
    return client


def is_cluster(url: str) -> bool:
    """Tell whether an address is a cluster's."""
    return url.partition("://")[0] in _CLUSTER


def shown(url: str) -> str:
    """Return an address without its password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


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


def _cluster_options(url: str) -> tuple[list[tuple[str, int]], dict[str, Any]]:
    """Read `redis-cluster://[[user]:password@]host[:port],…[?option=value]`. Raises ValueError."""
    parts = urlsplit(url)
    credentials, at, hosts = parts.netloc.rpartition("@")
    nodes = [_node(host) for host in hosts.split(",") if host]
    if not nodes:
        raise ValueError("it names no node")
    if parts.path.strip("/") not in ("", "0"):
        raise ValueError(f"a cluster has no database {parts.path.strip('/')}")
    options: dict[str, Any] = dict(
        parse_url(f"{_CLUSTER[parts.scheme]}://{credentials}{at}node?{parts.query}")
    )
    del options["host"]
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    return nodes, options


def _node(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError(f"{text!r} is no host:port")
    return parts.hostname, parts.port or _PORT
