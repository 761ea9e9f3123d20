"""The same suite over both databases, each test in a fresh one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from steppewire.archive import Archive, open_archive
from steppewire.archive.tables import metadata
from steppewire.testing.postgres import Postgres
from steppewire_store.migrate import migrate


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = postgres.create()
    asyncio.run(migrate(postgres.url(name)))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def own_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database whose schema the test may change."""
    if backend == "sqlite":
        yield str(request.getfixturevalue("sqlite_url"))
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(template=request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'archive.sqlite3')}"


@pytest.fixture(scope="session")
def shared_database(postgres: Postgres, postgres_template: str) -> str:
    return postgres.url(postgres.create(template=postgres_template))


@pytest.fixture
async def postgres_emptied(shared_database: str) -> str:
    """One database for many tests: emptying it takes a tenth of the time of creating one."""
    connection = await asyncpg.connect(shared_database)
    kept = "article_search", *(table.name for table in metadata.sorted_tables)
    await connection.execute(f"TRUNCATE {', '.join(kept)} RESTART IDENTITY")
    await connection.close()
    return shared_database


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest) -> str:
    """A migrated, empty database."""
    name = "sqlite_url" if backend == "sqlite" else "postgres_emptied"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def archive(url: str) -> AsyncIterator[Archive]:
    async with open_archive(url, patience=0) as opened:
        yield opened
