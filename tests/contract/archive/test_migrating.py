"""Schemas up and down, with articles in them."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, bindparam, inspect, text

from steppewire.archive import Query, open_archive, tables
from steppewire.archive.engines import make_engine, parse
from steppewire.archive.hooks import Book
from steppewire.errors import SchemaMismatch
from steppewire.testing.articles import entity, story
from steppewire.webhooks import Webhook, new_secret
from steppewire_enricher.copies import sketch
from steppewire_enricher.fingerprint import words_of
from steppewire_store.migrate import migrate, reindex


async def test_migrating_creates_what_is_missing_and_then_nothing(empty_url: str) -> None:
    assert await migrate(empty_url) == tables.REVISION
    assert await migrate(empty_url) == tables.REVISION


async def test_replicas_that_start_at_once_migrate_once(empty_url: str) -> None:
    command = (sys.executable, "-m", "steppewire_store", "migrate")
    pipe = asyncio.subprocess.PIPE
    environment = {"STEPPEWIRE_DATABASE": empty_url, "STEPPEWIRE_LOG_LEVEL": "WARNING"}
    replicas = [
        await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=pipe, stderr=pipe
        )
        for _ in range(3)
    ]  # fmt: skip

    said = [await replica.communicate() for replica in replicas]

    assert said == [(f"schema {tables.REVISION}\n".encode(), b"")] * 3


async def test_down_and_up_again_keeps_articles_and_finds_them(own_url: str) -> None:
    events = [story(n, text=f"мәтін сөз{n}", entities=(entity("Асқар"),)) for n in range(7)]
    async with open_archive(own_url) as archive:
        answers = await archive.save([*events, story(0, text="жаңа мәтін", fetched=60)])

    assert await migrate(own_url, "0001") == "0001"
    assert await migrate(own_url) == tables.REVISION

    async with open_archive(own_url) as archive:
        assert len((await archive.find(Query(text="мәтін"))).items) == 7
        assert len((await archive.find(Query(text="сөз0"))).items) == 0
        assert await archive.save(events) == answers[:7]


async def test_types_of_entities_go_down_to_the_former_ones_and_come_back_from_the_documents(
    own_url: str,
) -> None:
    named = (entity("Асқар"), entity("Арал", type="GPE"), entity("Арал", type="LOCATION"))
    async with open_archive(own_url) as archive:
        await archive.save([story(entities=named)])

    await migrate(own_url, "0003")
    assert await _types(own_url) == ["person", "place"]

    await migrate(own_url)
    assert await _types(own_url) == ["GPE", "LOCATION", "PERSON"]
    async with open_archive(own_url) as archive:
        assert len((await archive.find(Query(entity="Арал"))).items) == 1


async def test_groups_and_counts_of_mentions_are_told_again_of_the_documents(own_url: str) -> None:
    text_ = " ".join(f"сөз{n % 37}{n}" for n in range(60))
    taken = sketch(words_of(text_))
    assert taken is not None
    named = (entity("Асқар", "Асқар", "Асқардың", id="person/~askar"),)
    events = [story(n, text=text_, entities=named, sketch=taken.encoded()) for n in range(3)]
    async with open_archive(own_url) as archive:
        await archive.save(events)
        before = await archive.find(Query(group=events[0].key))
        profile = await archive.entity("person/~askar")

    assert await migrate(own_url, "0005") == "0005"
    await migrate(own_url)

    async with open_archive(own_url) as archive:
        assert len(before.items) == 3
        assert await archive.find(Query(group=events[0].key)) == before
        assert await archive.entity("person/~askar") == profile
        assert profile is not None
        assert profile.mentions == 6


async def _types(url: str) -> list[str]:
    rows = await _sync(url, lambda c: c.execute(text("SELECT type FROM entities")).scalars().all())
    return sorted(rows)


async def test_what_waits_to_be_indexed_is_indexed_before_a_schema_that_knows_no_later(
    own_url: str,
) -> None:
    named = entity("Асқар Мамин", id="person/~a")
    async with open_archive(own_url) as archive:
        await archive.save([story(text="ескі")])
        await archive.save([story(text="жаңа", fetched=60, entities=(named,))], index=False)

    await migrate(own_url, "0006")
    await migrate(own_url)

    async with open_archive(own_url) as archive:
        assert await archive.index() == 0
        assert len((await archive.find(Query(text="жаңа"))).items) == 1
        assert len((await archive.find(Query(text="ескі"))).items) == 0
        assert await archive.entity("person/~a") is not None


async def test_down_to_nothing_leaves_nothing(own_url: str) -> None:
    async with open_archive(own_url) as archive:
        await archive.save([story()])

    assert await migrate(own_url, "base") is None

    assert set(await _sync(own_url, lambda c: inspect(c).get_table_names())) == {"alembic_version"}


async def test_an_unknown_schema_is_refused_with_the_known_ones(own_url: str) -> None:
    known = f"{tables.REVISION}, .*, 0002, 0001"
    with pytest.raises(SchemaMismatch, match=f"no schema 'nine'; give one of {known}"):
        await migrate(own_url, "nine")


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    # a table that 0002 wants to create is in its way
    await _sync(empty_url, lambda c: c.execute(text("CREATE TABLE article_search (x INTEGER)")))

    with pytest.raises(Exception, match="article_search"):
        await migrate(empty_url)

    assert await _sync(empty_url, lambda c: inspect(c).get_table_names()) == ["article_search"]


async def test_the_migrations_make_the_tables_that_the_code_knows(own_url: str) -> None:
    assert await _sync(own_url, _differences) == []


async def test_what_belongs_to_an_article_goes_with_it(own_url: str) -> None:
    """In PostgreSQL by a trigger, since nothing checks references there."""
    taken = sketch([f"сөз{n}" for n in range(40)])
    assert taken is not None
    more: dict[str, Any] = {"entities": (entity("Асқар"),), "sketch": taken.encoded()}
    events = [story(n, text=f"мәтін{n}", **more) for n in range(4)]
    async with open_archive(own_url) as archive:
        await archive.save(events[:2])
        await archive.save(events[2:], index=False)

    def without_two(connection: Connection) -> dict[str, int]:
        wanted = {"ids": (events[0].key, events[2].key)}
        gone = text("DELETE FROM articles WHERE article_id IN :ids")
        connection.execute(gone.bindparams(bindparam("ids", expanding=True)), wanted)
        of_articles = [t.name for t in tables.metadata.sorted_tables if "article" in t.c]
        return {name: _count(connection, name) for name in of_articles}

    left = await _sync(own_url, without_two)
    assert left == {"entities": 1, "log": 2, "near_copies": 1, "receipts": 2, "to_index": 1,
                    "versions": 2}  # fmt: skip
    if own_url.startswith("postgresql"):  # a virtual table of SQLite's follows no reference
        assert await _sync(own_url, lambda c: _count(c, "article_search")) == 1


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def test_an_older_schema_finds_stems_in_the_index_itself(own_url: str) -> None:
    async with open_archive(own_url) as archive:
        await archive.save([story(text="көпірлердің")])
        await archive.save([story(1, text="басқа")], index=False)

    await migrate(own_url, "0009")

    asked = "article_search MATCH 'kopir'"
    if own_url.startswith("postgresql"):
        asked = "terms @@ CAST('kopir' AS tsquery)"
    found = f"SELECT count(*) FROM article_search WHERE {asked}"
    assert await _sync(own_url, lambda c: c.execute(text(found)).scalar_one()) == 1

    await migrate(own_url)
    async with open_archive(own_url) as archive:
        assert len((await archive.find(Query(text="көпір"))).items) == 1
        assert await archive.index() == 1
        assert len((await archive.find(Query(text="басқа"))).items) == 1


async def test_a_lost_index_is_built_again_from_the_documents(own_url: str) -> None:
    async with open_archive(own_url) as archive:
        await archive.save([story(n) for n in range(3)])
        await _sync(own_url, lambda c: c.execute(text("DELETE FROM article_search")))
        assert (await archive.find(Query(text="тақырып"))).items == ()

        assert await reindex(own_url) == 3

        assert len((await archive.find(Query(text="тақырып"))).items) == 3


def _differences(connection: Connection) -> list[Any]:
    def ours(thing: Any, name: str, kind: str, *more: object) -> bool:
        # in PostgreSQL nothing checks references to articles; see `tables`
        unchecked = kind == "foreign_key_constraint" and connection.dialect.name == "postgresql"
        return not unchecked and _is_ours(thing, name, kind, *more)

    context = MigrationContext.configure(
        connection, opts={"include_object": ours, "compare_type": True}
    )
    return list(compare_metadata(context, tables.metadata))


def _is_ours(thing: Any, name: str, kind: str, *_: object) -> bool:
    # the search index has its own DDL for each database
    table = thing if kind == "table" else getattr(thing, "table", None)
    return not str(getattr(table, "name", "")).startswith("article_search")


async def _sync(url: str, function: Any) -> Any:
    engine = make_engine(parse(url))
    async with engine.begin() as connection:
        found = await connection.run_sync(function)
    await engine.dispose()
    return found


async def test_webhooks_come_and_go_with_their_schema_and_articles_stay(own_url: str) -> None:
    hook = Webhook(
        id="team", url="https://team.test/", secrets=(new_secret(),), made_at=datetime.now(UTC)
    )
    async with open_archive(own_url) as archive, aclosing(Book.at(own_url)) as book:
        answers = await archive.save([story(n) for n in range(3)])
        await book.put(hook)

    assert await migrate(own_url, "0009") == "0009"
    assert await migrate(own_url) == tables.REVISION

    async with open_archive(own_url) as archive, aclosing(Book.at(own_url)) as book:
        assert await archive.save([story(n) for n in range(3)]) == answers
        assert await book.all() == []
        await book.put(hook)
        assert await book.all() == [hook]
