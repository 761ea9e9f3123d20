"""Pages fetched per CPU-second, beside Scrapy and plain httpx, and how punctual discovery is.

    python benchmarks/fetch.py [--pages N] [--rounds R] [--hosts H] [--json FILE]
    python benchmarks/fetch.py --schedule [--sources N] [--seconds S] [--json FILE]

A local server plays 200 hosts, each with a robots.txt and pages of 30 to 60 KB, sent as gzip. Every
variant asks them by name, two requests to a host and 32 in all at a time, without a pace.

====================  ======================================================================
steppewire            the fetcher as it runs: links from a real Valkey; robots, pace, breaker,
                      checked addresses, limits; blobs and fetch records synced to disk; events
steppewire, visits    the same requests and manners, nothing kept
Scrapy                ROBOTSTXT_OBEY, nothing kept
Scrapy, kept          the same; an item pipeline writes every page to a gzip file (no fsync)
httpx                 a loop around AsyncClient: no robots, no pace, no limits, nothing kept
====================  ======================================================================

Each variant runs in a process of its own, in turn, R rounds; medians are printed. Counting begins
when a tenth has been fetched, so that start-up is not in it. CPU is that of the Python process with
its threads; the broker's is shown beside it; the local server's is not counted. Only the answers of
the name server are made up. Wall time on a shared machine says little.

`--schedule` lets N sources come due, every 300 to 3600 seconds each, in one process on a real
Valkey, and tells how late a look at a due source starts. A look takes between 0.2 and 2 seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import logging
import random
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SCRAPY = ROOT / ".venv" / "bench" / "bin" / "python"
"""Scrapy has an environment of its own: `make bench-fetch` makes it."""
AT_A_TIME, AT_A_HOST = 32, 2
WARM = 0.1
"""Share of the pages that pass before counting begins."""
AGENT = "steppewire/bench (+https://example.kz/bot)"
ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /search\nAllow: /\nSitemap: /sitemap.xml\n"

Figures = dict[str, float]


# the server


def page(path: str) -> bytes:
    """Return an article in a news site's markup, 30 to 60 KB, the same for the same path."""
    chance = random.Random(path)
    letters = "аәбвгғдежзийкқлмнңоөпрстуұүфхһцчшыіэюя"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(900)]
    weights = [1 / rank for rank in range(1, 901)]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, weights, k=count))

    menu = "".join(
        f'<li class="menu__item"><a class="menu__link" href="/{n}">{text(2)}</a></li>'
        for n in range(60)
    )
    cards = "".join(
        f'<div class="card card--small"><a href="/news/{n}-{chance.random()}.html">'
        f'<img loading="lazy" src="/img/{chance.getrandbits(64):x}.webp" alt=""></a>'
        f"<time>12:{n:02}</time><h3>{text(9)}</h3></div>"
        for n in range(40)
    )
    body = "".join(f"<p>{text(chance.randint(30, 80))}</p>" for _ in range(chance.randint(12, 45)))
    script = f"<script>window.__data={{id:{chance.getrandbits(64)}}};{'var a=0;' * 300}</script>"
    return (
        f'<!doctype html><html lang="kk"><head><meta charset="utf-8"><title>{text(8)}</title>'
        f'<link rel="canonical" href="{path}">{script}</head><body><ul class="menu">{menu}</ul>'
        f"<article><h1>{text(8)}</h1>{body}</article><aside>{cards}</aside></body></html>"
    ).encode()


class Host(asyncio.Protocol):
    """One connection to the server of all hosts."""

    pages: dict[bytes, bytes] = {}  # noqa: RUF012 (shared on purpose)

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head.split(b" ", 2)[1], head.lower()))

    def answer(self, path: bytes, head: bytes) -> bytes:
        if path == b"/robots.txt":
            return _response(ROBOTS, b"text/plain", b"")
        host = next(line for line in head.split(b"\r\n") if line.startswith(b"host:"))
        name = host + path
        if name not in self.pages:
            body = gzip.compress(page(name.decode()), 6)
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
            extra = b'Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nETag: "' + etag + b'"\r\n'
            self.pages[name] = _response(body, b"text/html; charset=utf-8", extra)
        return self.pages[name]


def _response(body: bytes, kind: bytes, extra: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 26 Nov 2026 06:00:00 GMT\r\n"
        b"Content-Type: " + kind + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n"
        b"Connection: keep-alive\r\nCache-Control: no-cache, private\r\n"
        b"X-Frame-Options: SAMEORIGIN\r\nStrict-Transport-Security: max-age=31536000\r\n"
        + extra
        + b"\r\n"
        + body
    )


async def serve() -> None:
    """Play all hosts until the parent ends us; the first line of output is the port."""
    server = await asyncio.get_running_loop().create_server(Host, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# what every variant needs


def addresses(pages: int, hosts: int, port: int) -> list[str]:
    """Return the pages, host after host, as a newswire meets them."""
    return [
        f"http://news{n % hosts:03}.bench.example:{port}/news/{n}-article.html"
        for n in range(pages)
    ]


def play_name_server() -> None:
    """Let every name of the hosts lead to the local server, and nowhere else."""
    ask = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        local = isinstance(name, str) and name.endswith(".bench.example")
        return ask("127.0.0.1" if local else host, *args, **kwargs)

    socket.getaddrinfo = answer
    socket.gethostbyname = lambda host: "127.0.0.1"


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Meter:
    """Counts what the pages after the first tenth cost."""

    def __init__(self, pages: int) -> None:
        self.pages, self.done, self.begun = pages, 0, (0, 0.0, 0.0)

    def reached(self, done: int) -> bool:
        """Take note of the pages done so far; tell whether these are all."""
        self.done = done
        if not self.begun[0] and done >= self.pages * WARM:
            self.begun = (done, cpu_seconds(), time.monotonic())
        return done >= self.pages

    def figures(self, **more: float) -> Figures:
        first, cpu, wall = self.begun
        counted = self.done - first
        return {
            "per_cpu": counted / (cpu_seconds() - cpu),
            "per_wall": counted / (time.monotonic() - wall),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "system_share": resource.getrusage(resource.RUSAGE_SELF).ru_stime / cpu_seconds(),
            "loop_share": time.thread_time() / cpu_seconds(),
            "counted": counted,
            **more,
        }


# the variants


async def ours(urls: list[str], folder: Path, broker: str) -> Figures:
    from steppewire.broker import Service, spare_the_collector
    from steppewire.streams import FETCH, FETCHED, key
    from steppewire.testing.service import prepare, publish
    from steppewire_fetcher.app import wire

    service = Service("fetcher", settings(urls, folder, broker))
    redis = service.redis
    await prepare(redis)
    await publish(redis, FETCH.reads.name, [link(url) for url in urls])
    meter, before = Meter(len(urls)), 0.0
    async with wire(service):
        spare_the_collector()
        task = asyncio.create_task(service.serve())
        while not meter.reached(int(await redis.xlen(key(FETCHED.name)))):
            before = before or (await _server_cpu(redis) if meter.begun[0] else 0.0)
            await asyncio.sleep(0.05)
        found = meter.figures()
        found["server_us"] = (await _server_cpu(redis) - before) / found["counted"] * 1e6
        service.stop()
        await task
    await service.close()
    return found


def settings(urls: list[str], folder: Path, broker: str) -> Any:
    """Return the fetcher's settings: every host a source from a TOML file, no pace, no polling."""
    from steppewire_fetcher.settings import FetcherSettings

    sources = folder / "sources"
    sources.mkdir()
    for host in sorted({host_of(url) for url in urls}):
        text = f'name = "{host}"\ntitle = "{host}"\nhome = "https://{host}/"\nhosts = ["{host}"]\n'
        (sources / f"{host}.toml").write_text(text, "utf-8")
    return FetcherSettings.model_validate(
        {
            "redis_url": broker,
            "blobs": str(folder / "blobs"),
            "sources_dir": sources,
            "allow_networks": "127.0.0.0/8",
            "contact": "https://example.kz/bot",
            "pace": 0.0,
            "poll_lanes": 0,
            "fetch_concurrency": AT_A_TIME,
            "max_lag": 10**9,
        }
    )


def host_of(url: str) -> str:
    return url.split("/")[2].partition(":")[0]


def link(url: str) -> Any:
    from steppewire.events import ArticleDiscovered
    from steppewire.identity import link_id

    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source=host_of(url),
        via="feed",
        discovered_at=datetime.now(UTC),
        title_hint="Сауда айналымы өсті",
    )


async def visits(urls: list[str], folder: Path, broker: str) -> Figures:
    from steppewire.broker import connect, spare_the_collector
    from steppewire_fetcher.pace import Pace
    from steppewire_fetcher.rulebook import RedisShelf, Rulebook
    from steppewire_fetcher.visit import Manners, Visitor
    from steppewire_fetcher.web import Web

    redis, web = connect(broker), Web(allowed=("127.0.0.0/8",), connections=2 * AT_A_TIME)
    rulebook = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    visitor = Visitor(web, rulebook, Pace(redis, 1), now=lambda: datetime.now(UTC))
    manners = Manners(AGENT, 0.0, 30.0, 10_000_000, AT_A_HOST)
    spare_the_collector()

    async def visit(url: str) -> None:
        assert (await visitor.visit(url, manners)).status == 200

    found = await lanes(urls, visit)
    await web.aclose()
    await redis.aclose()
    return found


async def httpx(urls: list[str], folder: Path, broker: str) -> Figures:
    import httpx

    async with httpx.AsyncClient(headers={"User-Agent": AGENT}) as client:

        async def get(url: str) -> None:
            assert (await client.get(url)).content

        return await lanes(urls, get)


async def lanes(urls: list[str], get: Callable[[str], Any]) -> Figures:
    """Get every page, so many at a time."""
    meter, rest = Meter(len(urls)), iter(urls)

    async def lane() -> None:
        for url in rest:
            await get(url)
            meter.reached(meter.done + 1)

    await asyncio.gather(*(lane() for _ in range(AT_A_TIME)))
    return meter.figures()


def scrapy(urls: list[str], folder: Path, *, keep: bool) -> Figures:
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    meter, found = Meter(len(urls)), {}

    class News(Spider):
        name = "news"

        async def start(self) -> Any:
            for url in urls:
                yield Request(url)

        def parse(self, response: Any) -> Any:
            if keep:
                yield {"url": response.url, "body": response.body}
            else:
                done()

    class Keep:
        def process_item(self, item: Any) -> Any:
            name = hashlib.sha256(item["body"]).hexdigest()
            (folder / name).write_bytes(gzip.compress(item["body"], 5))
            done()
            return item

    def done() -> None:
        if meter.reached(meter.done + 1):
            found.update(meter.figures())

    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "AUTOTHROTTLE_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": AT_A_TIME,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_A_HOST,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "USER_AGENT": AGENT,
            "ITEM_PIPELINES": {Keep: 100} if keep else {},
        }
    )
    process.crawl(News)
    process.start()
    assert found, f"Scrapy fetched {meter.done} of {len(urls)} pages"
    return found


VARIANTS = ("steppewire", "steppewire, visits", "Scrapy", "Scrapy, kept", "httpx")


def child(variant: str, urls: list[str], broker: str, folder: Path) -> Figures:
    """Run one variant in this process."""
    play_name_server()
    if variant.startswith("Scrapy"):
        return scrapy(urls, folder, keep="kept" in variant)
    from steppewire import logs

    logs.configure("bench", level="ERROR")
    logging.disable(logging.WARNING)  # FastStream tells of every task that ends
    run = {"steppewire": ours, "steppewire, visits": visits, "httpx": httpx}[variant]
    return asyncio.run(run(urls, folder, broker))


async def _server_cpu(redis: Any) -> float:
    info = await redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


# the rounds


def run_variant(name: str, args: argparse.Namespace, port: int) -> Figures:
    from steppewire.valkey import Valkey

    python = str(SCRAPY) if name.startswith("Scrapy") else sys.executable
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder) / "broker") as broker:
        work = Path(folder) / "work"
        work.mkdir()
        command = [python, __file__, "--variant", name, "--url", broker.url, "--port", str(port)]
        command += ["--pages", str(args.pages), "--hosts", str(args.hosts), "--folder", str(work)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: Figures = json.loads(output.splitlines()[-1])
    return result


def compare(args: argparse.Namespace) -> dict[str, list[Figures]]:
    """Run all variants in turn, round after round: what disturbs one disturbs all."""
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE)
    runs: dict[str, list[Figures]] = {name: [] for name in args.only or VARIANTS}
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        print("making the pages …", file=sys.stderr)
        warm_up(addresses(args.pages, args.hosts, port), port)
        for number in range(args.rounds):
            for name, found in runs.items():
                print(f"round {number + 1} of {args.rounds}: {name} …", file=sys.stderr)
                found.append(run_variant(name, args, port))
    finally:
        server.terminate()
        server.wait()
    return runs


def warm_up(urls: list[str], port: int) -> None:
    """Have the server make every page once, outside of the counting."""
    import http.client

    client = http.client.HTTPConnection("127.0.0.1", port)
    for url in urls:
        _, _, host, path = url.split("/", 3)
        client.request("GET", f"/{path}", headers={"Host": host})
        client.getresponse().read()


def report(runs: dict[str, list[Figures]]) -> None:
    def median(name: str, figure: str) -> float:
        return statistics.median(run.get(figure, 0.0) for run in runs[name])

    rounds = len(next(iter(runs.values())))
    counted = max(median(name, "counted") for name in runs)
    print(f"\n{counted:.0f} pages counted, medians of {rounds} rounds\n")
    heads = ("pages/CPU-s", "times Scrapy", "peak MB", "broker us", "pages/s")
    print(f"{'':20}" + "".join(f"{head:>14}" for head in heads))
    for name in runs:
        cpu = median(name, "per_cpu")
        beside = cpu / median("Scrapy", "per_cpu") if "Scrapy" in runs else 0.0
        print(
            f"{name:20}{cpu:14.0f}{beside:14.2f}{median(name, 'peak_mb'):14.0f}"
            f"{median(name, 'server_us'):14.0f}{median(name, 'per_wall'):14.0f}"
        )


# the schedule


async def punctual(broker: str, sources: int, seconds: float) -> Figures:
    """Let sources come due for a while; return how late the looks started, in seconds."""
    from steppewire.broker import connect, spare_the_collector
    from steppewire.plugins import Source
    from steppewire.streams import key
    from steppewire_fetcher.discover import Poll
    from steppewire_fetcher.ledger import Ledger
    from steppewire_fetcher.rounds import Rounds
    from steppewire_fetcher.settings import FetcherSettings

    redis, chance = connect(broker), random.Random(1)
    many = {
        name: Source(
            name=name, title=name, home=f"https://{name}", hosts=(name,),
            poll=round(300 * 12 ** chance.random()),
        )
        for name in (f"news{number:05}.bench.example" for number in range(sources))
    }  # fmt: skip
    now = time.time()
    # as after days of running: each source somewhere between two looks
    due = {name: (now + chance.random() * source.poll) * 1000 for name, source in many.items()}
    await redis.zadd(key("sources.due"), due)
    late: list[float] = []

    async def poll(source: Source) -> Poll:
        late.append(time.time() - due[source.name] / 1000)
        await asyncio.sleep(0.2 * 10 ** chance.random())
        return Poll(seen=30, points=1)

    class Told(Ledger):
        """Notes when each source is due next."""

        async def settle(self, claim: Any, delay: float) -> bool:
            due[claim.source] = (time.time() + delay) * 1000
            return await super().settle(claim, delay)

    rounds = Rounds(Told(redis, lambda: datetime.now(UTC)), many, poll, chance.random)
    lanes = FetcherSettings().poll_lanes
    spare_the_collector()
    tasks = [asyncio.create_task(rounds.go()) for _ in range(lanes)]
    begun = time.monotonic()
    while (spent := time.monotonic() - begun) < seconds:
        print(f"\r{spent:4.0f} of {seconds:.0f} s, {len(late)} looks", end="", file=sys.stderr)
        await asyncio.sleep(1)
    print(file=sys.stderr)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    found = {
        "sources": sources,
        "lanes": lanes,
        "looks": len(late),
        "p50": statistics.median(late),
        "p99": statistics.quantiles(late, n=100)[98],
        "max": max(late),
        "cpu_share": cpu_seconds() / seconds,
        "broker_share": await _server_cpu(redis) / seconds,
    }
    await redis.aclose()
    return found


def schedule(args: argparse.Namespace) -> Figures:
    from steppewire import logs
    from steppewire.valkey import Valkey

    logs.configure("bench", level="ERROR")
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder)) as broker:
        found = asyncio.run(punctual(broker.url, args.sources, args.seconds))
    print(
        f"\n{found['sources']:.0f} sources, {found['looks']:.0f} looks in {args.seconds:.0f} s, "
        f"{found['lanes']:.0f} at a time at most\n"
        f"a due look starts after  p50 {found['p50'] * 1000:.1f} ms  "
        f"p99 {found['p99'] * 1000:.1f} ms  max {found['max'] * 1000:.1f} ms\n"
        f"CPU of one core: process {found['cpu_share']:.1%}, broker {found['broker_share']:.1%}"
    )
    return found


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=VARIANTS, help="this variant (repeat)")
    parser.add_argument("--schedule", action="store_true", help="measure punctuality instead")
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--json", type=Path, help="write every run here, too")
    for hidden in ("--variant", "--url", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser


def main() -> None:
    parser = options()
    args = parser.parse_args()
    if args.serve:
        asyncio.run(serve())
    elif args.variant:
        urls = addresses(args.pages, args.hosts, args.port)
        print(json.dumps(child(args.variant, urls, args.url, Path(args.folder))))
    elif min(args.pages, args.hosts, args.rounds, args.sources, args.seconds) < 1:
        parser.error("give numbers from 1 up")
    elif not args.schedule and not SCRAPY.exists() and not args.only:
        parser.error("Scrapy is not installed: run this as `make bench-fetch`")
    else:
        found = schedule(args) if args.schedule else compare(args)
        if not args.schedule:
            report(found)
        if args.json:
            args.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
