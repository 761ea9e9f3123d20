"""docs/how-to/use-the-api.md is true: its commands answer as it shows, its addresses exist."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.archive.hooks import Book
from steppewire.delivery.gate import Gate
from steppewire.keys import SCOPES
from steppewire.quarantine import Quarantine
from steppewire.testing.articles import entity, story
from steppewire_api.app import described
from steppewire_api.gauges import Gauges
from steppewire_api.live import Live
from steppewire_api.web import build
from steppewire_store.migrate import migrate

from .console import ROOT, first_command, fits, output_of, shown_in, told

PAGE = (ROOT / "docs/how-to/use-the-api.md").read_text("utf-8")
SERVER = "http://127.0.0.1:8080"
ADDRESSES = sorted(set(re.findall(rf"{SERVER}(/(?!dead|sources/)[^\s'`]*)", PAGE)))


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The API over a database that has what the page asks for."""
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    await asyncio.to_thread(asyncio.run, migrate(url))
    redis = Redis.from_url("redis://127.0.0.1:1/0")
    person = entity("Қасым-Жомарт Тоқаев", "Тоқаев", id="person/toqaev-qasym-jomart")
    async with open_archive(url) as archive:
        await archive.save([story(1, title="Тоқаев Алматыда", entities=(person,))])
        app = build(
            archive,
            Gauges(redis),
            Live(archive, redis, described),
            Quarantine(Gate(redis)),
            Book.at(url),
            broker="",
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=SERVER) as client:
            yield client
    await redis.aclose()


@pytest.mark.parametrize("shown", shown_in(PAGE), ids=first_command)
def test_a_command_answers_as_the_page_shows(shown: str, tmp_path: Path) -> None:
    script, answers = told(shown)

    said = output_of(script, tmp_path)

    assert fits(answers, said), said


async def test_every_address_of_the_page_answers(client: httpx.AsyncClient) -> None:
    statuses = {
        path: (await client.get(path, follow_redirects=True)).status_code for path in ADDRESSES
    }

    assert len(ADDRESSES) >= 9
    assert set(statuses.values()) == {200}, statuses


async def test_what_the_page_finds_is_there(client: httpx.AsyncClient) -> None:
    found = (await client.get("/articles?language=kk&q=Тоқаев")).json()["items"]
    named = (await client.get("/entities?name=Тоқаев&type=PERSON")).json()["items"]

    assert [card["title"] for card in found] == ["Тоқаев Алматыда"]
    assert [one["id"] for one in named] == ["person/toqaev-qasym-jomart"]


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_address_for_curl_is_percent_encoded(page: Path) -> None:
    commands = re.findall(r"^(?:\$ )?curl .*", page.read_text("utf-8"), re.MULTILINE)
    addresses = [a for line in commands for a in re.findall(r"https?://[^\s'\"]+", line)]

    assert [address for address in addresses if not address.isascii()] == []


def test_every_scope_is_explained() -> None:
    assert [scope for scope in SCOPES if f"| `{scope}` |" not in PAGE] == []
