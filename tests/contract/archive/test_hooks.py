"""The book of webhooks over both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from steppewire.archive.engines import make_engine, parse
from steppewire.archive.hooks import Book, Kept, Tally
from steppewire.webhooks import State, Webhook, new_secret

NOON = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)


def hook(id_: str = "team", **changes: Any) -> Webhook:
    told = {"id": id_, "url": "https://team.test/in", "secrets": (new_secret(),), "made_at": NOON}
    return Webhook.model_validate({**told, **changes})


@pytest.fixture
async def book(url: str) -> AsyncIterator[Book]:
    async with aclosing(Book.at(url)) as book:
        yield book


async def test_what_was_put_is_there_by_id_with_all_that_it_asks_for(book: Book) -> None:
    b, a = hook("b", q="Тоқаев", language=("kk", "uz")), hook("a", entity="x", enabled=False)
    await book.put(b)
    await book.put(a)

    assert await book.all() == [a, b]
    assert await book.get("b") == b
    assert await book.kept("b") == Kept(b, State(), 0)
    assert (await book.get("c"), await book.number()) == (None, 2)


async def test_of_two_who_add_the_same_id_at_once_one_does(book: Book) -> None:
    hooks = [hook(), hook()]
    added = await asyncio.gather(*map(book.add, hooks))

    assert sorted(added) == [False, True]
    assert await book.all() == [hooks[added.index(True)]]


async def test_how_it_fares_stays_when_what_it_asks_for_is_changed(book: Book) -> None:
    state = State(failures=3, failing_since=NOON, last_failure="answered 500", next_at=NOON)
    await book.put(hook())
    await book.note("team", state)
    await book.count({"team": Tally(5, NOON)})
    await book.put(changed := hook(q="бюджет"))

    kept = await book.kept("team")
    assert kept == Kept(changed, state.model_copy(update={"last_delivered_at": NOON}), 5)
    assert await book.remove("team")
    assert not await book.remove("team")


async def test_messages_are_added_up_and_a_state_does_not_take_their_time_away(book: Book) -> None:
    await book.put(hook())
    for minutes in (1, 2):
        tally = Tally(2, NOON + timedelta(minutes=minutes))
        await book.count({"team": tally, "gone": Tally(1, NOON)})
    await book.note("team", State(failures=1))

    assert await book.taken("team") == 4
    state = await book.state("team")
    assert (state.failures, state.last_delivered_at) == (1, NOON + timedelta(minutes=2))


async def test_what_moves_in_brings_its_state_and_replaces_nobody(book: Book) -> None:
    await book.put(ours := hook("a"))
    moved = await book.move_in([
        Kept(hook("a"), State(failures=9), 9), Kept(b := hook("b"), State(failures=1), 7)
    ])  # fmt: skip

    assert moved == 1
    assert await book.listed() == [Kept(ours, State(), 0), Kept(b, State(failures=1), 7)]


async def test_one_that_cannot_be_read_is_left_out(book: Book, url: str) -> None:
    await book.put(hook("a"))
    await book.put(b := hook("b"))
    engine = make_engine(parse(url))
    async with engine.connect() as connection:
        await connection.execution_options(writes=True)
        async with connection.begin():
            await connection.execute(
                text("UPDATE webhooks SET definition = '{\"id\": \"a\"}' WHERE id = 'a'")
            )
            await connection.execute(text("UPDATE webhooks SET state = 'x' WHERE id = 'b'"))
    await engine.dispose()

    assert await book.listed() == [Kept(b, State(), 0)]
