"""Indexed later: saved at once, found soon, and nothing is left out whatever dies."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from steppewire.archive import Archive, Query, open_archive
from steppewire.archive.engines import make_engine, parse
from steppewire.archive.history import reading
from steppewire.archive.rows import parcel
from steppewire.events import ArticleEnriched
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import enriched
from steppewire_enricher.copies import sketch

SKETCH = sketch([f"сөз{n}" for n in range(40)])
NAMED = entity("Асқар Мамин", id="person/mamin-asqar")


def marked(number: int, word: str = "мәтін", **more: object) -> ArticleEnriched:
    assert SKETCH is not None
    given: dict[str, object] = {"entities": (NAMED,), "sketch": SKETCH.encoded(), **more}
    return story(number, text=f"{word} сөз{number}", **given)  # type: ignore[arg-type]


async def test_what_is_indexed_later_is_there_at_once_and_found_soon(archive: Archive) -> None:
    [answer, _] = await archive.save([marked(1), marked(2)], index=False)

    assert answer.change == "created"
    assert len((await archive.find(Query(source=("news.test",)))).items) == 2
    assert await _found(archive, "мәтін") == 0
    assert (await archive.index(), await archive.index()) == (2, 0)
    assert await _found(archive, "мәтін") == 2
    assert await archive.count(Query(entity="person/mamin-asqar")) == 2
    assert await archive.count(Query(group=marked(1).key)) == 2


async def test_indexed_later_or_at_once_is_the_same(url: str) -> None:
    events = [marked(n % 7, f"мәтін{n:02}", fetched=n) for n in range(20)]
    async with open_archive(url) as archive:
        for at in range(0, 20, 5):
            await archive.save(events[at : at + 5], index=at % 2 == 0)
        while await archive.index(limit=2):
            pass

        for n in range(20):
            assert await _found(archive, f"мәтін{n:02}") == (n >= 13), n
        assert await archive.count(Query(entity="person/mamin-asqar")) == 7
        assert await archive.count(Query(group=marked(0).key)) == 7


async def test_what_a_dead_store_left_another_one_indexes(url: str) -> None:
    async with open_archive(url) as archive:
        await archive.save([marked(n) for n in range(5)], index=False)

    async with open_archive(url) as archive:
        assert await archive.index(limit=3) == 3
        assert await archive.index(limit=3) == 2
        assert await _found(archive, "мәтін") == 5


async def test_a_change_while_it_waits_is_indexed_as_it_is_then(archive: Archive) -> None:
    await archive.save([marked(1, "ескі")], index=False)
    await archive.save([marked(1, "жаңа", fetched=60)], index=False)

    assert await archive.index() == 1
    assert (await _found(archive, "ескі"), await _found(archive, "жаңа")) == (0, 1)


async def test_a_change_that_is_indexed_at_once_waits_no_more(archive: Archive) -> None:
    await archive.save([marked(1, "ескі")], index=False)
    await archive.save([marked(1, "жаңа", fetched=60)])

    assert await archive.index() == 0
    assert (await _found(archive, "ескі"), await _found(archive, "жаңа")) == (0, 1)


async def test_a_piece_that_fails_is_indexed_by_the_next(own_url: str) -> None:
    engine = make_engine(parse(own_url))
    async with open_archive(own_url) as archive:
        await archive.save([marked(n) for n in range(3)], index=False)
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE entities RENAME TO elsewhere"))
        with pytest.raises(Exception, match="entities"):
            await archive.index()
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO entities"))

        assert await _found(archive, "мәтін") == 0
        assert await archive.index() == 3
        assert await _found(archive, "мәтін") == 3
    await engine.dispose()


async def test_writers_and_indexers_at_once_leave_every_article_as_its_last_version(
    url: str,
) -> None:
    """Two stores save the same articles over and over while both index."""
    rounds = 6
    async with open_archive(url) as one, open_archive(url) as two:
        done = asyncio.Event()

        async def write(archive: Archive, first: int) -> None:
            for n in range(first, rounds * 2, 2):
                batch = [marked(k, f"айналым{n:02}", fetched=n) for k in range(12)]
                await archive.save(batch[:: 1 if n % 3 else -1], index=n % 4 == 0)

        async def index(archive: Archive) -> None:
            while not done.is_set() or await archive.index(limit=5):
                await archive.index(limit=5)
                await asyncio.sleep(0)

        async with asyncio.timeout(60):
            indexing = [asyncio.create_task(index(archive)) for archive in (one, two)]
            await asyncio.gather(write(one, 0), write(two, 1))
            done.set()
            await asyncio.gather(*indexing)

        assert await _found(one, f"айналым{rounds * 2 - 1:02}") == 12
        assert await one.count(Query(text="айналым")) == 12
        assert len(await one.entities()) == 1
        assert await one.count(Query(group=(await one.find(Query())).items[0].group)) == 12


def test_a_document_is_the_event_and_its_reading_as_before() -> None:
    for event in (enriched(1), marked(2), story(3, title='"\\\0')):
        taken = parcel(event)

        assert taken.document == event.model_dump_json()
        assert taken.arrival.reading == reading(event)


async def _found(archive: Archive, word: str) -> int:
    return len((await archive.find(Query(text=word, limit=200))).items)


async def _save_six_and_refuse_one(archive: Archive, engine: AsyncEngine) -> None:
    """A trigger refuses one article's entities, for a reason that nobody has thought of."""
    await archive.save([marked(n) for n in range(6)], index=False)
    async with engine.begin() as connection:
        for statement in REFUSE_THE_THIRD[engine.dialect.name]:
            await connection.execute(text(statement))


async def test_an_article_that_cannot_be_indexed_holds_up_no_other(own_url: str) -> None:
    engine = make_engine(parse(own_url))
    async with open_archive(own_url) as archive:
        await _save_six_and_refuse_one(archive, engine)

        assert await archive.index() == 5
        assert await _found(archive, "мәтін") == 5
        await archive.save([marked(n) for n in range(6, 9)], index=False)
        assert [await archive.index(limit) for limit in (2, 9, 9)] == [2, 1, 0]
        assert await _found(archive, "мәтін") == 8

        # a newer version of it is another chance
        async with engine.begin() as connection:
            await connection.execute(text(ALLOW[engine.dialect.name]))
        await archive.save([marked(2, "жаңа", fetched=60)], index=False)
        assert (await archive.index(), await _found(archive, "жаңа")) == (1, 1)
    await engine.dispose()


async def test_what_could_not_be_indexed_is_tried_again_by_the_next_store(own_url: str) -> None:
    engine = make_engine(parse(own_url))
    async with open_archive(own_url) as archive:
        await _save_six_and_refuse_one(archive, engine)
        assert (await archive.index(), await archive.index()) == (5, 0)
    async with engine.begin() as connection:
        await connection.execute(text(ALLOW[engine.dialect.name]))

    async with open_archive(own_url) as archive:
        assert (await archive.index(), await _found(archive, "мәтін")) == (1, 6)
    await engine.dispose()


REFUSE_THE_THIRD = {
    "sqlite": (
        "CREATE TRIGGER refuse BEFORE INSERT ON entities WHEN NEW.article = 3 "
        "BEGIN SELECT RAISE(ABORT, 'says somebody'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.article = 3 THEN RAISE 'says somebody'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON entities FOR EACH ROW EXECUTE FUNCTION refuse()",
    ),
}
ALLOW = {"sqlite": "DROP TRIGGER refuse", "postgresql": "DROP TRIGGER refuse ON entities"}
