"""The fetcher is the first to stop: without room no page is fetched and no link is marked."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis

from steppewire.delivery.entrance import SEEN
from steppewire.streams import DISCOVERED, FETCH, FETCHED, PARSE, key
from steppewire.testing.service import discovered, fetched, prepare, publish, tallies, until
from steppewire.testing.site import PAGE, Site, reply
from steppewire.valkey import Valkey

from .test_service import fetcher, settings, toml

MARK, LINKS, WAITING = 40, 30, 300
CONCURRENCY = 2


async def test_a_fetcher_without_room_marks_no_link_and_goes_on_by_itself(
    site: Site, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    """The parser's backlog stops fetching; what then waits to be fetched shuts the entrance."""
    items = "".join(f"<item><link>https://a.kz/{n}-new.html</link></item>" for n in range(LINKS))
    feed = f"<rss version='2'><channel>{items}</channel></rss>".encode()
    site.replies["a.kz/rss"] = reply(feed)
    site.replies |= {f"/{n}-new.html": reply(PAGE) for n in range(LINKS)}
    site.replies |= {f"/news/{n}-article.html": reply(PAGE) for n in range(WAITING)}
    (environment := settings(valkey, site, tmp_path, STEPPEWIRE_SOURCES="a.kz")).update(
        STEPPEWIRE_MAX_LAG=str(MARK), STEPPEWIRE_FETCH_CONCURRENCY=str(CONCURRENCY)
    )
    (tmp_path / "sources" / "a.toml").write_text(toml("a.kz"))
    await prepare(redis)
    await publish(redis, FETCHED.name, [fetched(discovered(n)) for n in range(MARK + 1)])
    await publish(redis, DISCOVERED.name, [discovered(n, "a.kz") for n in range(WAITING)])

    async with fetcher(**environment) as process:
        await until(lambda: looked(site), what="a look at the feed")
        still = await fetching_stands_still(redis)
        assert WAITING - still > MARK
        assert await redis.hlen(key(SEEN)) == 0
        assert await redis.xlen(key(DISCOVERED.name)) == WAITING
        await work_off(redis)
        await until(lambda: all_done(redis), what="every page")
        assert process.returncode is None

    assert await redis.hlen(key(SEEN)) == LINKS
    pages = [path for path in site.paths() if path.endswith(".html")]
    assert len(pages) == len(set(pages)) == WAITING + LINKS
    assert site.paths().count("/rss") == 1


async def looked(site: Site) -> bool:
    return "/rss" in site.paths()


async def fetching_stands_still(redis: Redis) -> int:
    """Return how many pages were fetched before the pause, once no more are."""
    counts: list[int] = []

    async def same_for_long() -> bool:
        counts.append((await tallies(redis, FETCH)).get("done|", 0))
        return len(counts) > 100 and counts[-1] == counts[-100]

    await until(same_for_long, what="the fetcher to stop")
    return counts[-1]


async def work_off(redis: Redis) -> None:
    """Be the parser: take all that waits, and go on taking it."""
    await redis.xgroup_setid(key(FETCHED.name), PARSE.group, "$")


async def all_done(redis: Redis) -> bool:
    await work_off(redis)
    return await tallies(redis, FETCH) == {"done|": WAITING + LINKS}
