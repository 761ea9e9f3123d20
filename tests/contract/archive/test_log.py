"""The log: one number is all that a reader must remember."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from steppewire.archive import Archive, Query, open_archive
from steppewire.archive.engines import make_engine, parse
from steppewire.archive.matching import Content, Wish
from steppewire.archive.sql import SqlArchive
from steppewire.testing.articles import entity, story
from steppewire.testing.service import until
from steppewire_store.migrate import migrate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@asynccontextmanager
async def closing(archive: SqlArchive) -> AsyncIterator[None]:
    yield
    await archive.close()


async def titles(archive: Archive, after: int = 0, limit: int = 100) -> list[str]:
    return [entry.record.article.title for entry in await archive.log(after, limit)]


async def test_versions_stand_in_the_order_of_saving(archive: Archive) -> None:
    await archive.save([story(2, title="a"), story(1, title="b")])
    await archive.save([story(2, title="c", fetched=60)])

    assert await titles(archive) == ["a", "b", "c"]
    assert [e.record.version for e in await archive.log(0)] == [1, 1, 2]


async def test_a_reader_goes_on_after_the_last_number_it_saw(archive: Archive) -> None:
    await archive.save([story(n, title=str(n)) for n in range(5)])
    page = await archive.log(0, limit=2)

    assert await titles(archive, page[-1].seq) == ["2", "3", "4"]
    assert await archive.log_ends() == (page[0].seq, page[0].seq + 4)


async def test_an_empty_log_ends_at_zero(archive: Archive) -> None:
    assert await archive.log_ends() == (0, 0)
    assert await archive.log(7) == []


async def test_what_comes_again_or_changes_nothing_is_no_entry(archive: Archive) -> None:
    await archive.save([story(1)])
    await archive.save([story(1), story(1, fetched=60)])

    assert len(await archive.log(0)) == 1


async def test_events_are_found_at_the_place_of_the_version_they_became(archive: Archive) -> None:
    first, again, unknown = story(1), story(1, fetched=60), story(9)
    [told, *_] = await archive.save([first, again])
    [entry] = await archive.log(0)

    assert await archive.places([first, unknown, again]) == [entry.seq, None, entry.seq]
    assert await archive.places([told, told.model_copy(update={"version": 2})]) == [entry.seq, None]


async def test_nothing_appears_behind_a_reader_while_many_write(url: str) -> None:
    """Four writers at once; a reader who goes on after the last number it saw misses nothing."""
    seen: list[int] = []
    async with open_archive(url) as reader:

        async def write(writer: int) -> None:
            async with open_archive(url) as archive:
                for batch in range(8):
                    numbers = range(1000 * writer + 10 * batch, 1000 * writer + 10 * batch + 5)
                    await archive.save([story(n, text=f"мәтін {n}") for n in numbers])

        async def read() -> None:
            while len(seen) < 160:
                page = await reader.log(seen[-1] if seen else 0, limit=7)
                seen.extend(entry.seq for entry in page)
                await asyncio.sleep(0)

        async with asyncio.timeout(60):
            await asyncio.gather(read(), *(write(n) for n in range(1, 5)))

        assert [entry.seq for entry in await reader.log(0, limit=200)] == seen


async def test_a_writer_who_is_still_at_work_keeps_later_ones_from_the_log(
    postgres_emptied: str,
) -> None:
    """What a plain sequence gets wrong: number 2 is given out, and 3 is seen before it."""
    engine = make_engine(parse(postgres_emptied))
    async with open_archive(postgres_emptied) as archive, engine.connect() as slow:
        await archive.save([story(1)])
        await slow.execute(text("SELECT pg_advisory_xact_lock(7106407)"))
        await slow.execute(text("INSERT INTO log (article, number) SELECT id, 2 FROM articles"))
        saving = asyncio.create_task(archive.save([story(2)]))
        await until(lambda: _waits(engine), what="the second writer to wait")
        before = await archive.log_ends()
        await slow.rollback()
        await saving

        assert before == (1, 1)
        assert [entry.seq for entry in await archive.log(0)] == [1, 3]
    await engine.dispose()


async def _waits(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool((await connection.execute(text(waiting))).scalar_one())


async def test_a_deleted_article_leaves_the_log_and_its_number_is_not_given_again(
    own_url: str,
) -> None:
    engine = make_engine(parse(own_url))
    async with open_archive(own_url) as archive:
        await archive.save([story(1, title="a"), story(2, title="b")])
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM articles WHERE title = 'b'"))
        await archive.save([story(3, title="c")])

        assert [(e.seq, e.record.article.title) for e in await archive.log(0)] == [
            (1, "a"),
            (3, "c"),
        ]
    await engine.dispose()


async def test_articles_from_before_the_log_are_entered_by_their_time(own_url: str) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    moments = iter([noon, noon + timedelta(hours=1)])
    engine = make_engine(parse(own_url))
    archive = SqlArchive(engine, clock=lambda: next(moments))
    await archive.save([story(2, title="a")])
    await archive.save([story(1, title="b"), story(2, title="c", fetched=60)])
    await archive.close()

    await migrate(own_url, "0004")
    await migrate(own_url)

    async with open_archive(own_url) as again:
        assert await titles(again) == ["a", "c", "b"]


WISHES: list[dict[str, Any]] = [
    {},
    {"language": ("kk",)},
    {"language": ("UZ-latn", "ru")},
    {"language": ("k",)},
    {"source": ("el.test",)},
    {"text": "Токаев"},
    {"text": "тоқаевтың жарлығы"},
    {"text": "toshk"},
    {"text": "to"},
    {"text": "yol"},
    {"text": "🙂"},
    {"text": "  "},
    {"text": "депутат", "language": ("ru",)},
    {"entity": "person/toqaev-qasym-jomart"},
    {"entity": "Тоқаевқа"},
    {"entity": "Самарқанд"},
    {"entity": "2026"},
    {"text": "автор"},
]


async def test_a_standing_query_wants_what_a_search_finds(archive: Archive) -> None:
    samarkand = entity("Самарканд", type="GPE")
    tokaev = entity("Қасым-Жомарт Тоқаев", "Тоқаев", id="person/toqaev-qasym-jomart")
    await archive.save([
        story(1, text="Тоқаевтың жарлығы шықты.", entities=(tokaev,)),
        story(2, text="Токаев подписал указ.", language="ru", source="el.test"),
        story(3, text="Toshkentda yoʻl ochildi.", language="uz-Latn", authors=("А. Автор",)),
        story(4, text="Пятеро депутатов", language="ru", entities=(samarkand,)),
        story(5, text="To be", language="en", entities=(entity("2026", type="DATE"),)),
    ])  # fmt: skip
    contents = [Content(entry.record) for entry in await archive.log(0)]

    for asked in WISHES:
        found = await archive.find(Query.model_validate(asked))
        wish = Wish(**asked)
        met = {c.record.article.article_id for c in contents if wish.met_by(c)}
        assert met == {record.article.article_id for record in found.items}, asked


async def test_a_time_has_a_place_before_it_and_not_far(url: str) -> None:
    at = NOON
    archive = SqlArchive(make_engine(parse(url)), clock=lambda: at)
    async with closing(archive):
        assert await archive.place_before(at) == 0
        for number in range(40):
            at = NOON + timedelta(hours=number)
            await archive.save([story(number)])
        log = await archive.log(0)

        for hours in (-1, 0, 7, 39, 50):
            moment = NOON + timedelta(hours=hours)
            place = await archive.place_before(moment)
            later = [entry for entry in log if entry.record.stored_at >= moment]
            after = [entry for entry in log if entry.seq > place]
            assert after[len(after) - len(later) :] == later
            assert len(after) <= len(later) + 1


async def test_an_edition_changes_with_what_can_be_found(archive: Archive) -> None:
    empty = await archive.standing()
    await archive.save([story(1), story(2)])
    full = await archive.standing()
    same = await archive.standing()
    await archive.save([story(3)], index=False)
    waiting = await archive.standing()
    await archive.index()
    indexed = await archive.standing()
    await archive.forget(before=datetime.now(UTC) + timedelta(days=1), limit=1)
    fewer = await archive.standing()

    assert waiting is None
    assert full == same
    assert len({empty, full, indexed, fewer} - {None}) == 4
