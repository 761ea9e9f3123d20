"""A database that is not as it should be: one line that says what is wrong and what to do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from steppewire.archive import Query, open_archive, tables
from steppewire.archive.engines import make_engine, parse
from steppewire.errors import ArchiveUnreachable, SchemaMismatch, SettingError
from steppewire.testing.articles import story
from steppewire.testing.postgres import running_postgres
from steppewire_store.migrate import migrate


async def test_a_database_without_a_schema_names_the_command(empty_url: str) -> None:
    with pytest.raises(SchemaMismatch, match="python -m steppewire_store migrate"):
        await open_archive(empty_url, patience=0)


async def test_looking_for_an_archive_creates_no_file(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="there is no database"):
        await open_archive(f"sqlite:///{tmp_path / 'none.sqlite3'}", patience=0)

    assert list(tmp_path.iterdir()) == []


async def test_a_database_of_yesterday_says_so(own_url: str) -> None:
    await migrate(own_url, "0001")

    with pytest.raises(SchemaMismatch, match=f"0001, {tables.REVISION} is needed; run"):
        await open_archive(own_url, patience=0)


async def test_a_database_of_tomorrow_says_so(own_url: str) -> None:
    await _execute(own_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaMismatch, match=r"9999.*update this service"):
        await open_archive(own_url, patience=0)
    with pytest.raises(SchemaMismatch, match=r"9999.*update this service"):
        await migrate(own_url)


async def test_an_archive_that_another_service_is_just_creating_is_waited_for(
    empty_url: str,
) -> None:
    opening = asyncio.create_task(_count(empty_url))

    await migrate(empty_url)

    assert await opening == 0


async def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    url = "postgresql://user:geheim@127.0.0.1:1/news"

    with pytest.raises(ArchiveUnreachable) as caught:
        await open_archive(url, patience=0)

    assert "postgresql://user:***@127.0.0.1:1/news" in str(caught.value)
    assert "start PostgreSQL" in str(caught.value)
    assert caught.value.exit_code == 69


async def test_a_database_that_does_not_exist_is_one_line(postgres_url: str) -> None:
    with pytest.raises(SettingError, match=r"STEPPEWIRE_DATABASE.*does not exist.*create it"):
        await open_archive(f"{postgres_url}_not", patience=0)


async def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100)

    with pytest.raises(SettingError, match=r"STEPPEWIRE_DATABASE.*not a database"):
        await open_archive(f"sqlite:///{tmp_path / 'notes.txt'}", patience=0)


async def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingError, match="cannot create the folder"):
        await migrate(f"sqlite:///{tmp_path / 'file' / 'a.sqlite3'}")


async def test_a_server_that_goes_away_loses_nothing_and_is_found_again() -> None:
    with running_postgres(durable=True) as server:
        await migrate(server.url())
        async with open_archive(server.url()) as archive:
            [stored] = await archive.save([story(1)])
            server.stop()

            with pytest.raises(ArchiveUnreachable):
                await archive.save([story(1), story(2)])
            with pytest.raises(ArchiveUnreachable):
                await archive.find(Query())

            server.start()
            answers = await archive.save([story(1), story(2)])
            assert answers[0] == stored
            assert await archive.count() == 2


async def _count(own_url: str) -> int:
    async with open_archive(own_url) as archive:
        return await archive.count()


async def _execute(url: str, statement: str) -> None:
    engine = make_engine(parse(url))
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
