"""Real pages through all services: articles per second, and how many were lost or repeated.

    python benchmarks/pipeline.py PAGES [PAGES …] [--limit N] [--workers W]

PAGES is a folder, or a .tar.xz of one, with a truth.json (id -> file, url) and the pages as
fetched. A local server plays all their hosts: robots.txt, a sitemap of the pages, the pages.
The real fetcher reads every host as a generic source ("any site by URL"), and the real parser,
enricher and store do the rest, each a process of its own, on an embedded broker and SQLite.

A page is lost when it is neither stored nor ended with a counted reason; it is repeated when
the stream of stored articles names one version twice. Both must be 0; else the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import tarfile
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from steppewire.local.processes import Program, end_all
from steppewire.servers import connect
from steppewire.streams import DISCOVERED, STAGES, STORED, key
from steppewire.testing.newswire import Running, newswire


@dataclass(frozen=True)
class Page:
    """One page of a set."""

    url: str
    file: Path


def load_pages(paths: list[Path], limit: int | None, folder: Path) -> list[Page]:
    """Read the pages of all sets; unpack archives into `folder`."""
    pages: dict[str, Page] = {}
    for path in paths:
        root = unpack(path, folder) if path.suffix == ".xz" else path
        for item in json.loads((root / "truth.json").read_text("utf-8")).values():
            url, file = item.get("url"), root / item["file"]
            if url and urlsplit(url).hostname and file.is_file():
                pages.setdefault(url, Page(url, file))
    return list(pages.values())[:limit]


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a set; return its folder."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.xz")


def serve(pages: list[Page], port: int) -> None:
    """Play every host of the pages."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    by_target = {target(page.url): page for page in pages}
    by_host: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_host[(urlsplit(page.url).hostname or "")].append(page)

    async def answer(request: Request) -> Response:
        host = (request.headers.get("host") or "").split(":")[0]
        path = request.url.path
        if path == "/robots.txt":
            return PlainTextResponse(f"User-agent: *\nSitemap: https://{host}/sitemap.xml\n")
        if path == "/sitemap.xml":
            return Response(sitemap(by_host.get(host, [])), media_type="application/xml")
        query = f"?{request.url.query}" if request.url.query else ""
        page = by_target.get(f"{host}{path}{query}")
        if page is None:
            return PlainTextResponse("not in this set", status_code=404)
        # no charset in the header: as fetched, the page must tell by itself
        return Response(page.file.read_bytes(), headers={"content-type": "text/html"})

    app = Starlette(routes=[Route("/{path:path}", answer)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def target(url: str) -> str:
    """Return host, path and query of an address, as a server sees them."""
    parts = urlsplit(url)
    from urllib.parse import unquote

    return f"{parts.hostname}{unquote(parts.path) or '/'}{'?' + parts.query if parts.query else ''}"


def sitemap(pages: list[Page]) -> str:
    """Return a sitemap of pages."""
    rows = "".join(f"<url><loc>{escape(page.url)}</loc></url>" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )


def settings(pages: list[Page], port: int, workers: int) -> dict[str, str]:
    """Return the settings of the services: every host a generic source, no waiting."""
    hosts = sorted({urlsplit(page.url).hostname or "" for page in pages})
    return {
        "STEPPEWIRE_SITES": ",".join(f"https://{host}/" for host in hosts),
        # only these: not the sources that ship with the fetcher
        "STEPPEWIRE_SOURCES": ",".join(host.removeprefix("www.") for host in hosts),
        "STEPPEWIRE_REROUTE": f"*=http://127.0.0.1:{port}",
        "STEPPEWIRE_POLL": "3600",
        "STEPPEWIRE_PACE": "0",
        "STEPPEWIRE_POLL_LANES": "16",
        "STEPPEWIRE_MAX_ATTEMPTS": "2",
        "STEPPEWIRE_PARSER_WORKERS": str(workers),
        "STEPPEWIRE_ENRICHER_WORKERS": str(workers),
        "STEPPEWIRE_LOG_LEVEL": "WARNING",
    }


async def measure(running: Running, hosts: int, patience: float) -> dict[str, Any]:
    """Wait until everything has ended; return the figures."""
    redis = connect(running.redis_url)
    started = last = time.monotonic()
    ended, first = 0, None
    cpu: dict[str, float] = {}
    memory: dict[str, int] = {}
    while True:
        running.watch()
        endings = running.endings()
        done = sum(endings.values())
        discovered = int((await info(redis, key(DISCOVERED.name))).get("entries-added", 0))
        if discovered and first is None:
            first = time.monotonic()
        if done != ended:
            ended, last = done, time.monotonic()
            print(f"\r{progress(endings)}", end="", file=sys.stderr)
        cpu |= {p.name: seconds for p in running.programs if (seconds := cpu_seconds(p))}
        for program in running.programs:
            memory[program.name] = max(memory.get(program.name, 0), program.memory)
        polled = len((running.get("/sources") or {}).get("items", []))
        quiet = time.monotonic() - last
        if (discovered and running.idle() and polled >= hosts and quiet > 5) or quiet > patience:
            break
        await asyncio.sleep(1.0)
    print(file=sys.stderr)
    stored = Counter(
        (f[b"key"], json.loads(f[b"data"])["version_id"])
        for _, f in await redis.xrange(key(STORED.name))
        if json.loads(f[b"data"])["change"] != "unchanged"
    )
    await redis.aclose()
    return {
        "discovered": discovered,
        "endings": endings,
        "repeated": sum(count - 1 for count in stored.values()),
        "stored": len(stored),
        "seconds": max(last - (first or started), 1e-9),
        "cpu": cpu,
        "memory": memory,
    }


async def info(redis: Any, stream: str) -> Mapping[str, Any]:
    """Return XINFO STREAM, or nothing while it does not exist."""
    try:
        result: Mapping[str, Any] = await redis.xinfo_stream(stream)
    except Exception:
        return {}
    return result


def cpu_seconds(program: Program) -> float:
    """Return the CPU seconds of a process and its children."""
    import psutil

    try:
        me = psutil.Process(program.process.pid) if program.process else None
        times = [p.cpu_times() for p in [me, *me.children(recursive=True)]] if me else []
    except psutil.Error:
        return 0.0
    return sum(t.user + t.system for t in times)


def progress(endings: Mapping[tuple[str, str, str, str], int]) -> str:
    """Return one line of progress."""
    totals = Counter()
    for (stage, _, outcome, _), count in endings.items():
        totals[stage, outcome] += count
    return "  ".join(f"{stage.group} {totals[stage.group, 'done']}" for stage in STAGES) + "   "


def report(pages: int, figures: dict[str, Any]) -> bool:
    """Print the tables; return True when nothing was lost or repeated."""
    endings: dict[tuple[str, str, str, str], int] = figures["endings"]
    otherwise: Counter[str] = Counter()
    for (stage, _, outcome, reason), count in endings.items():
        if outcome in ("skip", "reject", "dead"):
            otherwise[f"{stage} {outcome} {reason}"] += count
    unchanged = sum(c for (s, *_), c in endings.items() if s == "store") - figures["stored"]
    lost = figures["discovered"] - sum(otherwise.values()) - figures["stored"] - unchanged
    print(f"\npages in the set      {pages:8}")
    print(f"links discovered      {figures['discovered']:8}")
    print(f"articles stored       {figures['stored']:8}")
    print(f"the same under another address {unchanged:4}")
    for reason, count in otherwise.most_common():
        print(f"  ended: {reason:28} {count:6}")
    print(f"lost                  {lost:8}\nrepeated              {figures['repeated']:8}")
    print(f"seconds               {figures['seconds']:8.1f}")
    print(f"articles a second     {figures['stored'] / figures['seconds']:8.1f}")
    print(f"\n{'process':10} {'CPU s':>8} {'ms an article':>14} {'peak MB':>8}")
    for name, seconds in figures["cpu"].items():
        each = 1000 * seconds / max(figures["stored"], 1)
        print(f"{name:10} {seconds:8.1f} {each:14.1f} {figures['memory'][name] / 2**20:8.0f}")
    return lost == 0 and figures["repeated"] == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="+", help="folder or .tar.xz with truth.json")
    parser.add_argument("--limit", type=int, help="only the first N pages")
    parser.add_argument("--workers", type=int, default=1, help="parser and enricher processes")
    parser.add_argument("--patience", type=float, default=90, help="seconds without progress")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = load_pages(args.pages, args.limit, Path(scratch))
        if not pages:
            sys.exit(f"no pages in {', '.join(map(str, args.pages))}: is there a truth.json?")
        if args.serve:
            serve(pages, args.serve)
            return
        sys.exit(0 if run(pages, args, Path(scratch)) else 1)


def run(pages: list[Page], args: argparse.Namespace, scratch: Path) -> bool:
    """Run the newswire over the pages and report."""
    from steppewire.ports import free_port

    port = free_port()
    command = [sys.executable, __file__, *map(str, args.pages), "--serve", str(port)]
    if args.limit:
        command += ["--limit", str(args.limit)]
    server = Program("pages", command, {}, scratch / "logs" / "pages.log")
    hosts = len({urlsplit(page.url).hostname for page in pages})
    print(f"{len(pages)} pages of {hosts} hosts", file=sys.stderr)
    server.start()
    try:
        wait_for(port)
        with newswire(scratch, settings(pages, port, args.workers)) as running:
            figures = asyncio.run(measure(running, hosts, args.patience))
            if not figures["discovered"]:
                sys.exit(f"nothing was discovered\n{running.logs()}")
    finally:
        end_all([server], patience=5)
    return report(len(pages), figures)


def wait_for(port: int) -> None:
    """Return when the server of the pages answers: it unpacks them first."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server of the pages did not start")


if __name__ == "__main__":
    main()
