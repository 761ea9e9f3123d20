"""A real Valkey for tests: one server for a session, an empty one for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steppewire.valkey import Valkey

if TYPE_CHECKING:
    from redis.asyncio import Redis


@contextmanager
def running_valkey(
    directory: Path,
    *,
    port: int = 0,
    durable: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Valkey]:
    """Run a server of one's own: for tests that kill or restart it, or set its clock."""
    with Valkey(directory, port=port, durable=durable, environment=environment) as server:
        yield server


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One server for the whole session."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[Redis]:
    """A client of the session's server, emptied before the test."""
    from steppewire.servers import connect

    client = connect(valkey.url)
    await client.flushall()
    yield client
    await client.aclose()
