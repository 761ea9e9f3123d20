"""A raw archive, a database that was filled from it by today's code, and a broker."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.archive import Archive, open_archive
from steppewire.blobs import DirectoryBlobs
from steppewire.broker import Service
from steppewire.delivery.again import Again
from steppewire.delivery.gate import Gate
from steppewire.events import ArticleEnriched, ArticleFetched, ArticleParsed, Fetch
from steppewire.identity import link_id
from steppewire.records import DirectoryRecords, FetchRecord
from steppewire.rules import SiteRules
from steppewire.streams import ENRICH, PARSE, STORE
from steppewire.testing.service import prepare, serving
from steppewire.valkey import Valkey
from steppewire_enricher.enrich import enrich
from steppewire_parser.recipe import parse
from steppewire_store.migrate import migrate
from steppewire_store.save import save

SOURCE = "news.example.kz"
LOOSE = SiteRules(body=("main",), title=("h1",))
"""Rules that take a box with a link to the archive for text."""
STRICT = SiteRules(body=("main",), title=("h1",), drop=(".box",), author=(".by",))
"""Rules of today: without the box, with the author."""

TEXT = (
    "Қазақстан Президенті Қасым-Жомарт Тоқаев Алматы қаласына жұмыс сапарымен келді.",
    "Сапар барысында ол жаңа мектеп пен аурухананың құрылысын аралап көрді және халықпен кездесті.",
    "Кездесуде қала әкімі Ерболат Досаев атқарылған жұмыс туралы баяндады деп хабарлайды редакция.",
)


def html(number: int, *, text: Sequence[str] = TEXT) -> bytes:
    """Return a page in the site's markup."""
    menu = "Басты бет және барлық жаңалықтар мұрағаты осы жерде орналасқан"
    paragraphs = "".join(f"<p>{part}</p>" for part in text)
    return f"""<!doctype html><html lang="kk"><head><meta charset="utf-8">
<title>Тоқаев Алматыға келді {number}</title>
<link rel="canonical" href="https://{SOURCE}/news/{number}">
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-20T09:30:00+05:00">
</head><body><h1>Тоқаев Алматыға келді {number}</h1><p class="by">А. Сәрсенов</p>
<main><div class="box"><p>{menu}.</p></div>{paragraphs}</main></body></html>
""".encode()


@dataclass
class Desk:
    """Fetches pages, and publishes them, as the services do."""

    blobs: DirectoryBlobs
    records: DirectoryRecords
    archive: Archive

    def fetch(
        self, number: int, page: bytes | None = None, *, minutes: float = 0, source: str = SOURCE
    ) -> ArticleFetched:
        """Put a page into the raw archive, as fetched so many minutes ago, plus its number."""
        data, url = page or html(number), f"https://{SOURCE}/news/{number}"
        event = ArticleFetched(
            fetch=Fetch(
                link_id=link_id(url),
                url=url,
                final_url=url,
                source=source,
                fetched_at=datetime.now(UTC) - timedelta(minutes=minutes, seconds=number),
                status=200,
                content_type="text/html; charset=utf-8",
                blob=self.blobs.put(data),
                size=len(data),
            ),
            rules=LOOSE,
            language_hint="kk",
        )
        self.records.put(FetchRecord(event=event, mark="2026-11-20T04:30:00Z"))
        return event

    async def publish(self, *events: ArticleFetched) -> None:
        """Parse, enrich, save."""
        done = [enrich(parse(event, blobs=self.blobs)) for event in events]
        await self.archive.save(done)


both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless a test asks for both."""
    url = f"sqlite:///{tmp_path / 'var' / 'steppewire.sqlite3'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    await migrate(url)
    return url


@pytest.fixture
async def archive(database: str) -> AsyncIterator[Archive]:
    async with open_archive(database, patience=0) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path, archive: Archive) -> Desk:
    blobs = DirectoryBlobs(tmp_path / "var" / "blobs")
    blobs.root.mkdir(parents=True, exist_ok=True)
    return Desk(blobs, DirectoryRecords(blobs.root / "fetched"), archive)


@pytest.fixture
async def gate(redis: Redis) -> Gate:
    await prepare(redis)
    return Gate(redis)


@pytest.fixture
def again(gate: Gate) -> Again:
    return Again(gate, 1, name="again", keep=60)


async def enriching(event: ArticleParsed) -> ArticleEnriched:
    return enrich(event)


@asynccontextmanager
async def newswire(url: str, desk: Desk) -> AsyncIterator[Service]:
    """Run the stages after fetching, in this process."""

    async def parsing(event: ArticleFetched) -> ArticleParsed:
        return parse(event, blobs=desk.blobs)

    def wire(service: Service) -> None:
        service.each(PARSE, parsing)
        service.each(ENRICH, enriching)
        service.batch(STORE, partial(save, archive=desk.archive))

    async with serving(url, wire) as service:
        yield service


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def steppewire(valkey: Valkey, tmp_path: Path, database: str):
    """Run the command `steppewire` as a process."""

    async def run(*arguments: str, stdin: str = "", **settings: str) -> Said:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
        mine = {
            "STEPPEWIRE_REDIS_URL": valkey.url,
            "STEPPEWIRE_DATABASE": database,
            "STEPPEWIRE_BLOBS": str(tmp_path / "var" / "blobs"),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "steppewire.cli", *arguments),
            env={**clean, **mine, **settings},
            cwd=tmp_path,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(120):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())

    return run
