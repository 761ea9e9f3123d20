"""TOML files in the sources folder are met by a running fetcher: no restart, no stale answer."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.streams import FETCHED, key
from steppewire.testing.service import keys_of, prepare, until
from steppewire.testing.site import PAGE, Site, conditional, reply
from steppewire.valkey import Valkey

FEED = b"""<rss version="2.0"><channel><item><link>https://a.kz/news/1</link></item>
<item><link>https://a.kz/world/2</link></item></channel></rss>"""

GONE = "removed=['b.kz']"


def toml(article: str = "/news/", home: str = "https://a.kz/") -> str:
    return (
        f'title = "A"\nhome = "{home}"\nlanguages = ["ru-Cyrl"]\ncountry = "KZ"\n'
        f"article = '{article}'\ndiscover = [\"feed /rss\"]\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    return tmp_path / "sources"


@asynccontextmanager
async def fetcher(valkey: Valkey, site: Site, folder: Path) -> AsyncIterator[list[str]]:
    """Run a fetcher that looks at a source once an hour; yields the lines that it logs."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    mine = {
        "STEPPEWIRE_REDIS_URL": valkey.url,
        "STEPPEWIRE_BLOBS": str(folder.parent / "blobs"),
        "STEPPEWIRE_SOURCES_DIR": str(folder),
        "STEPPEWIRE_REROUTE": f"*={site.url}",
        "STEPPEWIRE_PACE": "0",
        "STEPPEWIRE_POLL": "3600",
        "STEPPEWIRE_SOURCES": "a.kz,b.kz",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "steppewire_fetcher", env=clean | mine, stderr=asyncio.subprocess.PIPE
    )
    lines: list[str] = []
    reading = asyncio.create_task(_read(process, lines))
    try:
        yield lines
    finally:
        process.kill()
        await process.wait()
        await reading


async def _read(process: asyncio.subprocess.Process, lines: list[str]) -> None:
    assert process.stderr
    async for line in process.stderr:
        lines.append(line.decode())


async def said(lines: list[str], *words: str) -> None:
    async def is_said() -> bool:
        return any(all(word in line for word in words) for line in lines)

    await until(is_said, what=f"a line with {words}")


async def state(redis: Redis, name: str) -> str:
    return ((await redis.hget(key(f"source.{name}"), "state")) or b"").decode()


async def pages(redis: Redis, number: int) -> None:
    async def are_there() -> bool:
        return len(await keys_of(redis, FETCHED.name)) >= number

    await until(are_there, what=f"{number} pages")


def a_site(site: Site) -> None:
    site.replies |= {
        "a.kz/rss": conditional(FEED, '"same"'),
        "a.kz/news/1": reply(PAGE),
        "a.kz/world/2": reply(PAGE),
        "b.kz/rss": reply(FEED.replace(b"a.kz", b"b.kz")),
        "b.kz/news/1": reply(PAGE),
    }


async def test_a_file_that_is_added_changed_or_taken_away_counts_in_every_running_fetcher(
    site: Site, redis: Redis, valkey: Valkey, folder: Path
) -> None:
    a_site(site)
    await prepare(redis)
    (folder / "a.toml").write_text(toml())

    async with fetcher(valkey, site, folder) as one, fetcher(valkey, site, folder) as other:
        await pages(redis, 1)
        (folder / "b.toml").write_text(toml(home="https://b.kz/"))
        await pages(redis, 2)
        # its feed has not changed and would say 304: what the new pattern wants must come in
        (folder / "a.toml").write_text(toml("/(news|world)/"))
        await pages(redis, 3)
        (folder / "b.toml").unlink()
        await said(one, "sources_changed", GONE)
        await said(other, "sources_changed", GONE)

    assert await state(redis, "b.kz") == "removed"
    assert await state(redis, "a.kz") == "ok"
    assert site.paths().count("/world/2") == 1


async def test_a_broken_file_is_told_once_and_its_last_good_version_runs_on(
    site: Site, redis: Redis, valkey: Valkey, folder: Path
) -> None:
    a_site(site)
    await prepare(redis)
    (folder / "a.toml").write_text(toml())

    async with fetcher(valkey, site, folder) as lines:
        await pages(redis, 1)
        (folder / "a.toml").write_text(toml("[").replace("ru-Cyrl", "kz"))
        await said(lines, "source_left_out", "a.toml", "bad regular expression", "write kk")
        (folder / "b.toml").write_text(toml(home="https://b.kz/"))
        await pages(redis, 2)

        assert await state(redis, "a.kz") == "ok"
        (folder / "a.toml").write_text(toml("/world/"))
        await pages(redis, 3)

    assert len([line for line in lines if "a.toml" in line and "left_out" in line]) == 1
