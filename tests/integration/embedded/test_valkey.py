"""The embedded broker: a real server in a folder, and what was acknowledged survives its death."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.servers import connect
from steppewire.valkey import EmbeddedServerFailed, Valkey


async def test_a_relative_folder_serves_as_well_as_an_absolute_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Valkey(Path("var") / "valkey") as server:
        redis = connect(server.url)
        assert await redis.ping()
        await redis.aclose()

    assert (tmp_path / "var" / "valkey" / "valkey.log").exists()


async def test_a_folder_with_a_very_long_path_works_too(tmp_path):
    with Valkey(tmp_path / ("a" * 100) / ("b" * 60)) as server:
        redis = connect(server.url)
        assert await redis.ping()
        await redis.aclose()


async def test_what_was_written_is_there_after_a_stop_and_after_a_kill(tmp_path):
    with Valkey(tmp_path) as server:
        redis = connect(server.url)
        await redis.set("a", 1)
        server.stop()
        server.start()
        await redis.set("b", 2)
        server.kill()
        server.start()
        kept = [await redis.get("a"), await redis.get("b")]
        await redis.aclose()

    assert kept == [b"1", b"2"]


async def test_nothing_is_ever_evicted(tmp_path):
    with Valkey(tmp_path) as server:
        redis = connect(server.url)
        policy = await redis.config_get("maxmemory-policy")
        await redis.aclose()

    assert policy == {"maxmemory-policy": "noeviction"}


def test_a_server_that_cannot_start_says_why(tmp_path):
    with pytest.raises(EmbeddedServerFailed, match="log:"):
        Valkey(tmp_path, options=("--no-such-option", "1")).start()
