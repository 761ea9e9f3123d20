"""The service as it is run: a process of its own, settings by environment, stopped by a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from steppewire.pauses import Pause, Pauses
from steppewire.streams import FETCH, FETCHED, key
from steppewire.testing.service import keys_of, prepare, tallies, until
from steppewire.testing.site import PAGE, Site, conditional, raw, reply
from steppewire.valkey import Valkey

BROKEN = b"<rss version='2.0'><channel><item><link>https://a.kz/1-one.html</link></item><item></b"
FINE = """<rss version='2.0'><channel>
<item><link>https://b.kz/1-one.html</link></item><item><link>https://b.kz/2-gone.html</link></item>
<item><link>https://b.kz/3-pdf.html</link></item><item><link>https://b.kz/4-in.html</link></item>
</channel></rss>"""


def toml(name: str, kind: str = "feed") -> str:
    return (
        f'name = "{name}"\ntitle = "{name}"\nhome = "https://{name}/"\nhosts = ["{name}"]\n'
        f'concurrency = 64\n[[discover]]\nkind = "{kind}"\nurl = "https://{name}/rss"\n'
    )


@asynccontextmanager
async def fetcher(**environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "steppewire_fetcher",
        env={**clean, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def settings(valkey: Valkey, site: Site, folder: Path, **more: str) -> dict[str, str]:
    sources = folder / "sources"
    sources.mkdir()
    return {
        "STEPPEWIRE_REDIS_URL": valkey.url,
        "STEPPEWIRE_BLOBS": str(folder / "blobs"),
        "STEPPEWIRE_SOURCES_DIR": str(sources),
        "STEPPEWIRE_REROUTE": f"*={site.url}",
        "STEPPEWIRE_PACE": "0",
        **more,
    }


async def test_it_discovers_fetches_counts_and_stops_when_told(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    environment = settings(valkey, site, tmp_path, STEPPEWIRE_SOURCES="a.kz,b.kz")
    for name in ("a.kz", "b.kz"):
        (tmp_path / "sources" / f"{name}.toml").write_text(toml(name))
    (tmp_path / "sources" / "wrong.toml").write_text(toml("wrong", kind="carrier-pigeon"))
    site.replies |= {
        "a.kz/rss": reply(BROKEN),
        "b.kz/rss": reply(FINE.encode()),
        "/1-one.html": reply(PAGE),
        "/3-pdf.html": reply(b"%PDF-1.4"),
        "/4-in.html": raw(b"HTTP/1.1 302 X\r\nLocation: http://10.0.0.1/\r\n\r\n"),
    }
    await prepare(redis)
    ends = {"done|": 2, "skip|gone": 1, "skip|not-html": 1, "reject|forbidden-address": 1}

    async def all_ended() -> bool:
        return await tallies(redis, FETCH) == ends

    async with fetcher(**environment) as process:
        await until(all_ended, what="every page to be counted with its reason")
        process.send_signal(signal.SIGTERM)
        _, told = await process.communicate()

    assert process.returncode == 0
    assert "wrong.toml: discover.0" in told.decode()
    assert len(await keys_of(redis, FETCHED.name)) == 2
    assert await redis.hget(key("source.a.kz"), "warning.feed-malformed") == b"1"


async def test_a_feed_that_takes_gigabytes_stops_no_other_source(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    """A tag of a million attributes: a gigabyte, in a process that is given 300 MB."""
    environment = settings(valkey, site, tmp_path, STEPPEWIRE_SOURCES="a.kz,b.kz")
    for name in ("a.kz", "b.kz"):
        (tmp_path / "sources" / f"{name}.toml").write_text(toml(name))
    tag = b"<item " + b"a='b' " * 1_500_000 + b"/>"
    items = "".join(f"<item><link>https://b.kz/{n}-x.html</link></item>" for n in range(5))
    large = f"<rss version='2.0'><channel>{items}<!--{'x' * 100_000}--></channel></rss>"
    site.replies["a.kz/rss"] = reply(b"<rss version='2.0'><channel>" + tag + b"</channel></rss>")
    site.replies["b.kz/rss"] = reply(large.encode())
    site.replies |= {f"/{n}-x.html": reply(PAGE) for n in range(5)}
    await prepare(redis)

    async def both_ended() -> bool:
        told = await redis.hget(key("source.a.kz"), "warning.too-hungry")
        return told == b"1" and await tallies(redis, FETCH) == {"done|": 5}

    async with fetcher(**environment) as process:
        await until(both_ended, what="the one to be given up, the other to be read", seconds=60)
        process.send_signal(signal.SIGTERM)
        await process.communicate()

    assert process.returncode == 0


async def test_two_fetchers_share_the_work_and_fetch_nothing_twice(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    items = "".join(f"<item><link>https://a.kz/{n}-x.html</link></item>" for n in range(60))
    site.replies["a.kz/rss"] = reply(f"<rss version='2'><channel>{items}</channel></rss>".encode())
    site.replies |= {f"/{n}-x.html": reply(PAGE) for n in range(60)}
    environment = settings(valkey, site, tmp_path, STEPPEWIRE_SOURCES="a.kz")
    (tmp_path / "sources" / "a.toml").write_text(toml("a.kz"))
    await prepare(redis)

    async def all_ended() -> bool:
        return await tallies(redis, FETCH) == {"done|": 60}

    async with fetcher(**environment), fetcher(**environment):
        await until(all_ended, what="sixty pages")

    asked = [path for path in site.paths() if path.endswith("-x.html")]
    assert sorted(set(asked)) == sorted(asked)
    assert site.paths().count("/rss") == 1


async def test_a_fetcher_that_is_killed_loses_nothing_and_says_nothing_twice(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    items = "".join(f"<item><link>https://a.kz/{n}-x.html</link></item>" for n in range(80))
    site.replies["a.kz/rss"] = reply(f"<rss version='2'><channel>{items}</channel></rss>".encode())
    site.replies |= {f"/{n}-x.html": conditional(PAGE, f'"{n}"') for n in range(80)}
    environment = settings(valkey, site, tmp_path, STEPPEWIRE_LEASE="0.6")
    environment |= {"STEPPEWIRE_SOURCES": "a.kz", "STEPPEWIRE_FETCH_CONCURRENCY": "4"}
    (tmp_path / "sources" / "a.toml").write_text(toml("a.kz"))
    await prepare(redis)

    async def some_ended() -> bool:
        return bool(await tallies(redis, FETCH))

    async def all_ended() -> bool:
        return await tallies(redis, FETCH) == {"done|": 80}

    async with fetcher(**environment) as process:
        await until(some_ended, what="a first page")
        process.kill()
    async with fetcher(**environment):
        await until(all_ended, what="all eighty pages")

    assert len(set(await keys_of(redis, FETCHED.name))) == 80
    assert len(await keys_of(redis, FETCHED.name)) == 80


async def test_a_wrong_setting_is_one_line_and_an_exit_status(tmp_path: Path) -> None:
    async with fetcher(STEPPEWIRE_REROUTE="el.kz") as process:
        _, told = await process.communicate()

    assert process.returncode == 78
    assert told.decode().count("\n") == 1
    assert "give el.kz=http://127.0.0.1:8700" in told.decode()


async def test_a_folder_of_sources_that_is_not_there_is_one_line(
    valkey: Valkey, tmp_path: Path
) -> None:
    missing = str(tmp_path / "nowhere")
    async with fetcher(STEPPEWIRE_SOURCES_DIR=missing, STEPPEWIRE_REDIS_URL=valkey.url) as process:
        _, told = await process.communicate()

    assert process.returncode == 78
    assert "STEPPEWIRE_SOURCES_DIR" in told.decode()
    assert "Traceback" not in told.decode()


async def test_a_callback_for_hubs_without_a_port_is_told_with_its_remedy(
    site: Site, valkey: Valkey, tmp_path: Path
) -> None:
    environment = settings(
        valkey, site, tmp_path, STEPPEWIRE_WEBSUB_CALLBACK="https://wire.example"
    )

    async with fetcher(**environment) as process:
        _, told = await process.communicate()

    assert process.returncode == 78
    assert b"set STEPPEWIRE_HEALTH_PORT, or unset the callback" in told
    assert b"Traceback" not in told


async def test_a_paused_source_is_left_alone_from_the_start_on_and_resumed_without_a_restart(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    environment = settings(valkey, site, tmp_path, STEPPEWIRE_SOURCES="a.kz,b.kz")
    for name in ("a.kz", "b.kz"):
        (tmp_path / "sources" / f"{name}.toml").write_text(toml(name))
        feed = f"<rss version='2'><channel><item><link>https://{name}/1-x.html</link></item>"
        site.replies[f"{name}/rss"] = reply(f"{feed}</channel></rss>".encode())
    site.replies["/1-x.html"] = reply(PAGE)
    await prepare(redis)
    await Pauses(redis).pause("a.kz", Pause(at=datetime.now(UTC), by="newsroom"))

    def fetched(count: int) -> Callable[[], Awaitable[bool]]:
        async def enough() -> bool:
            return await tallies(redis, FETCH) == {"done|": count}

        return enough

    async with fetcher(**environment):
        await until(fetched(1), what="the page of the other one")
        looked = await redis.hget(key("source.a.kz"), "polls")
        await Pauses(redis).resume("a.kz")
        await until(fetched(2), what="the page of the resumed one")

    assert looked is None
