"""A broker's address decides what is talked to, and how."""

from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.connection import SSLConnection

from steppewire.cluster import Cluster
from steppewire.errors import SettingError
from steppewire.servers import connect, is_cluster, shown, together
from steppewire.streams import key


@pytest.mark.parametrize(
    ("url", "nodes", "password"),
    [
        ("redis-cluster://a:7000,b:7001", ["a:7000", "b:7001"], None),
        ("redis-cluster://a", ["a:6379"], None),
        ("redis-cluster://:geheim@a:7000,b:7001/0", ["a:7000", "b:7001"], "geheim"),
        ("redis-cluster://me:p%40ss@10.0.0.1:7000", ["10.0.0.1:7000"], "p@ss"),
        ("redis-cluster://[::1]:7000,[::2]:7001", ["::1:7000", "::2:7001"], None),
    ],
)
async def test_a_clusters_address_names_some_of_its_nodes(
    url: str, nodes: list[str], password: str | None
) -> None:
    cluster: Any = connect(url)

    assert isinstance(cluster, Cluster)
    assert sorted(cluster.nodes_manager.startup_nodes) == nodes
    assert cluster.connection_kwargs["password"] == password


async def test_a_clusters_address_may_ask_for_tls() -> None:
    cluster: Any = connect("rediss-cluster://a:7000?ssl_ca_certs=/ca.pem")
    (node,) = cluster.nodes_manager.startup_nodes.values()

    assert issubclass(node.connection_class, SSLConnection)
    assert node.connection_kwargs["ssl_ca_certs"] == "/ca.pem"
    assert node.connection_kwargs["ssl_cert_reqs"] == "required"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis-cluster://", "it names no node"),
        ("redis-cluster://:pw@", "it names no node"),
        ("redis-cluster://a:7000/3", "a cluster has no database 3"),
        ("redis-cluster://a:port", "port"),
        ("redis-cluster://:7000", "is no host:port"),
        ("http://a", "scheme"),
    ],
)
def test_a_wrong_address_is_told_with_the_remedy(url: str, told: str) -> None:
    with pytest.raises(SettingError, match=r"give redis://host:6379/0, .* redis-cluster://") as one:
        connect(url)

    assert told in str(one.value).lower()
    assert "pw" not in str(one.value)


def test_one_server_is_talked_to_as_ever() -> None:
    client = connect("redis://:pw@localhost:6379/2")

    assert type(client) is Redis
    assert not is_cluster("redis://localhost")
    assert is_cluster("rediss-cluster://localhost")


def test_a_password_is_not_shown() -> None:
    assert shown("redis-cluster://me:pw@a:1,b:2") == "redis-cluster://a:1,b:2"


async def test_on_a_cluster_one_command_may_name_the_keys_of_one_partition_only() -> None:
    names = [key("x", 0), key("y", 0), key("x", 1)]

    assert together(connect("redis://localhost"), names) == [names]
    assert together(connect("redis-cluster://a"), names) == [names[:2], names[2:]]
