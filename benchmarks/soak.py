"""The soak: the whole newswire at work for hours, and nothing grows, stays behind or goes missing.

    python benchmarks/soak.py [--minutes 60] [--rate 20] [--json FILE]

A site inside this program lists new articles without end; the real services, each a process of its
own, fetch, parse, enrich, store and tell them. Each line of the table is what was seen in that
moment: articles listed and told, entries that wait and that are pending, memory (MB) of each
process with its children, and of the broker.

At the end nothing new is listed, everything drains, and then: each article was told once, nothing
waits or is pending, the API's lag is the broker's, and no process has more memory in the last
quarter of the time than in the second one (the first is for warming up), a tenth or 16 MB granted.
Give it half an hour at least: SQLite alone first fills its page cache of 64 MB.
The exit status is not 0 when one of these does not hold. Last line: `lost N repeated N`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from steppewire.servers import connect
from steppewire.streams import STAGES, STORED, key
from steppewire.testing.newswire import Running, newswire
from steppewire.testing.service import unsettled
from steppewire.testing.site import Reply, Site, reply, running_site

HOST = "soak.test"
SOURCE = f"""name = "{HOST}"
title = "An endless site"
home = "https://{HOST}/"
hosts = ["{HOST}"]
[[discover]]
kind = "feed"
url = "https://{HOST}/rss"
"""
TEXT = (
    "Алматыда жаңа кітапхана ашылды. Ghylym ordasy men universitet birge jumys isteidi. "
    "Библиотека открыта каждый день с девяти утра, вход свободный. "
)
_LISTED = 400
"""Items in the feed: below what the fetcher takes from one document."""
_GRANTED_MB = 16.0


class Press(dict[str, Reply]):
    """An endless site: a feed of the newest articles, and a page for each."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate, self.listed, self.closed = rate, 0, False
        self._since = time.monotonic()

    def get(self, path: str, default: Any = None) -> Any:  # type: ignore[override]
        """Answer by path; `default` for what is neither the feed nor an article."""
        path = path.removeprefix(HOST)
        if path == "/rss":
            return reply(self._feed(), Content_Type="application/rss+xml")
        if path.startswith("/news/"):
            return reply(_page(int(path.removeprefix("/news/").split("-")[0])))
        return default

    def _feed(self) -> bytes:
        now = time.monotonic()
        fresh = 0 if self.closed else min(int((now - self._since) * self.rate), _LISTED)
        self._since = now if fresh else self._since
        self.listed += fresh
        numbers = range(max(0, self.listed - _LISTED), self.listed)
        items = "".join(f"<item><link>https://{HOST}/news/{n}-story</link></item>" for n in numbers)
        return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def _page(number: int) -> bytes:
    body = "".join(f"<p>{TEXT * 3}{number}, {part}.</p>" for part in range(6))
    head = f"<title>Story {number}</title>"
    return (
        f"<!doctype html><html lang='kk'><head><meta charset='utf-8'>{head}</head><body><article>"
        f"<h1>Оқиға {number}: жаңа кітапхана</h1>{body}</article></body></html>"
    ).encode()


@dataclass
class Notes:
    """What has been seen."""

    told: Counter[str] = field(default_factory=Counter)
    memory: dict[str, list[float]] = field(default_factory=dict)
    position: str = "0"

    async def hear(self, redis: Redis) -> None:
        """Read what was told since the last time."""
        while answer := await redis.xread({key(STORED.name): self.position}, count=5000):
            ((_, rows),) = answer
            self.told.update(fields[b"key"].decode() for _, fields in rows)
            self.position = rows[-1][0].decode()

    async def weigh(self, running: Running, redis: Redis) -> dict[str, float]:
        """Note the memory of everything, in MB."""
        now = {program.name: program.memory / 2**20 for program in running.programs}
        now["broker"] = int((await redis.info("memory"))["used_memory"]) / 2**20
        for name, megabytes in now.items():
            self.memory.setdefault(name, []).append(megabytes)
        return now

    def grown(self) -> dict[str, float]:
        """Return by how many MB each has grown from its second quarter to its last."""
        grown = {}
        for name, seen in self.memory.items():
            quarter = max(1, len(seen) // 4)
            before = statistics.median(seen[quarter : 2 * quarter] or seen)
            more = statistics.median(seen[-quarter:]) - before
            if more > max(_GRANTED_MB, before / 10):
                grown[name] = round(more, 1)
        return grown


async def soak(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run it; return its figures."""
    (folder / "sources").mkdir()
    (folder / "sources" / "soak.toml").write_text(SOURCE)
    press, notes = Press(given.rate), Notes()
    async with running_site() as site:
        site.replies = press
        with newswire(folder / "data", settings(site, folder)) as running:
            redis = connect(running.redis_url)
            await work(given, running, redis, press, notes)
            press.closed = True
            left = await drain(running, redis, press, notes)
            await redis.aclose()
    lost = press.listed - len(notes.told)
    repeated = sum(count - 1 for count in notes.told.values())
    restarts = {p.name: p.restarts for p in running.programs if p.restarts}
    figures = {"articles": press.listed, "lost": lost, "repeated": repeated, **left}
    return {**figures, "grown": notes.grown(), "restarts": restarts}


def settings(site: Site, folder: Path) -> dict[str, str]:
    """Return what the services are told."""
    return {
        "STEPPEWIRE_SOURCES_DIR": str(folder / "sources"),
        "STEPPEWIRE_SOURCES": HOST,
        "STEPPEWIRE_REROUTE": f"*={site.url}",
        "STEPPEWIRE_POLL": "1",
        "STEPPEWIRE_PACE": "0",
        "STEPPEWIRE_RETAIN": "60",
    }


async def work(
    given: argparse.Namespace, running: Running, redis: Redis, press: Press, notes: Notes
) -> None:
    """Let it work for its time; print a line now and then."""
    began, names = time.monotonic(), [program.name for program in running.programs]
    every = min(60.0, max(2.0, given.minutes * 60 / 40))
    print(
        f"minute   listed     told  waits  pending  {'  '.join(f'{n:>8}' for n in names)}    broker"
    )
    while (now := time.monotonic() - began) < given.minutes * 60:
        await asyncio.sleep(every)
        running.watch()
        await notes.hear(redis)
        memory = await notes.weigh(running, redis)
        cells = "  ".join(f"{memory[name]:8.0f}" for name in [*names, "broker"])
        waits, pending = await asyncio.to_thread(lag_told, running)
        print(
            f"{now / 60:6.1f} {press.listed:8} {len(notes.told):8} {waits:6} {pending:8}  {cells}",
            flush=True,
        )


def lag_told(running: Running) -> tuple[int, int]:
    """Return how many entries the API says wait, and are pending."""
    stages = (running.get("/stats") or {"stages": []})["stages"]
    return sum(s["lag"] + s["delayed"] for s in stages), sum(s["pending"] for s in stages)


async def drain(running: Running, redis: Redis, press: Press, notes: Notes) -> dict[str, int]:
    """Wait until everything was told, or nothing moves for a minute; return what is left."""
    moved, count = time.monotonic(), -1
    while time.monotonic() - moved < 60:
        await asyncio.sleep(0.5)
        running.watch()
        await notes.hear(redis)
        if len(notes.told) != count:
            moved, count = time.monotonic(), len(notes.told)
        left = sum([await unsettled(redis, stage) for stage in STAGES])
        if len(notes.told) >= press.listed and not left and sum(lag_told(running)) == 0:
            break
    waits, pending = lag_told(running)
    return {"left": left, "told to wait": waits, "told to be pending": pending}


def faults(result: dict[str, Any]) -> Sequence[str]:
    """Return the names of what ought to be nothing, and is not."""
    return [name for name, value in result.items() if name != "articles" and value]


def main() -> None:
    """Soak, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=20.0, help="articles a second")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(soak(given, Path(folder)))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))
    print(f"lost {result['lost']} repeated {result['repeated']}")
    sys.exit(bool(faults(result)))


if __name__ == "__main__":
    main()
