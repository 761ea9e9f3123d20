"""Who has an answer is told so without a question to the database, and never for too long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive import Archive
from steppewire.archive.hooks import Book
from steppewire.delivery.gate import Gate
from steppewire.errors import ArchiveUnreachable
from steppewire.quarantine import Quarantine
from steppewire.testing.articles import story
from steppewire_api.app import described
from steppewire_api.edition import BELIEVED, LONGEST, Edition
from steppewire_api.gauges import Gauges
from steppewire_api.live import Live
from steppewire_api.web import build

from .conftest import NOBODY


class Counting:
    """An archive that notes what it was asked."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.asked = archive, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.archive, name)


class House:
    """The API over an archive that counts, and a clock that is set by hand."""

    def __init__(self, archive: Archive, tmp_path: Path) -> None:
        self.archive, self.counting, self.now = archive, Counting(archive), 0.0
        self.edition = Edition(archive, clock=lambda: self.now)
        redis = Redis.from_url(NOBODY)
        self.app = build(
            self.counting,  # type: ignore[arg-type]
            Gauges(redis),
            Live(archive, redis, described),
            Quarantine(Gate(redis)),
            Book.at(f"sqlite:///{tmp_path / 'archive.sqlite3'}"),
            broker=NOBODY,
            edition=self.edition,
        )
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://api.test"
        )

    async def again(self, path: str, **headers: str) -> tuple[int, int]:
        """Ask, then ask as who has the answer; return the status, and what the archive cost."""
        tag = (await self.client.get(path, headers=headers)).headers["etag"]
        before = self.counting.asked
        answer = await self.client.get(path, headers={**headers, "If-None-Match": tag})
        return answer.status_code, self.counting.asked - before


@pytest.fixture
async def house(stored: Archive, tmp_path: Path) -> AsyncIterator[House]:
    await stored.save([story(n, text=f"мәтін {n}") for n in range(3)])
    house = House(stored, tmp_path)
    await house.edition.look()
    async with house.client:
        yield house


@pytest.mark.parametrize(
    "path", ["/articles?limit=2", "/facets/source", "/feeds/rss?q=мәтін", "/entities", "/history"]
)
async def test_who_has_it_costs_the_database_nothing(house: House, path: str) -> None:
    assert await house.again(path) == (304, 0)
    assert await house.again(path, **{"Accept-Encoding": "gzip"}) == (304, 0)


@pytest.mark.parametrize("path", ["/articles?last=24h", "/sources", "/en/"])
async def test_what_depends_on_more_is_asked_for(house: House, path: str) -> None:
    status, cost = await house.again(path)

    assert cost > 0
    assert status in (200, 304)


async def test_a_new_article_a_removal_and_what_waits_make_another_edition(house: House) -> None:
    editions = [house.edition.current]
    await house.archive.save([story(9)], index=False)
    await house.edition.look()
    waiting = house.edition.current
    await house.archive.index()
    await house.edition.look()
    editions.append(house.edition.current)
    await house.archive.forget(before=datetime.now(UTC) + timedelta(days=1), limit=1)
    await house.edition.look()
    editions.append(house.edition.current)

    assert waiting is None
    assert None not in editions
    assert len(set(editions)) == 3


async def test_after_a_new_article_the_answer_is_a_new_one(house: House) -> None:
    first = await house.client.get("/articles")
    await house.archive.save([story(9, title="жаңа")])
    await house.edition.look()
    headers = {"If-None-Match": first.headers["etag"]}
    second = await house.client.get("/articles", headers=headers)

    assert second.status_code == 200
    assert "жаңа" in second.text


async def test_neither_an_edition_nor_an_answer_is_believed_for_ever(house: House) -> None:
    tag = (await house.client.get("/articles")).headers["etag"]
    costs = []
    for seconds in (0.0, BELIEVED, LONGEST - BELIEVED):
        house.now += seconds
        if seconds != BELIEVED:
            await house.edition.look()
        before = house.counting.asked
        answer = await house.client.get("/articles", headers={"If-None-Match": tag})
        assert answer.status_code == 304
        costs.append(house.counting.asked - before)

    assert costs == [0, 1, 1]


async def test_while_the_database_is_away_nothing_is_known(house: House) -> None:
    class Away:
        async def standing(self) -> str | None:
            raise ArchiveUnreachable("away")

    house.edition._archive = Away()
    await house.edition.look()

    assert house.edition.current is None


async def test_another_host_or_kind_is_another_question(house: House) -> None:
    rss = await house.client.get("/feeds/rss", headers={"Host": "a.test"})
    headers = {"Host": "b.test", "If-None-Match": rss.headers["etag"]}

    assert (await house.client.get("/feeds/rss", headers=headers)).status_code == 200
