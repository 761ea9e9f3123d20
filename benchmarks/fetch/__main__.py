"""Pages fetched per CPU-second, beside Scrapy and plain httpx, and how punctual discovery is.

    PYTHONPATH=benchmarks python -m fetch [--pages N] [--rounds R] [--hosts H] [--json FILE]
    PYTHONPATH=benchmarks python -m fetch --schedule [--sources N] [--seconds S] [--json FILE]

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
import json
from pathlib import Path
from typing import Any

from fetch.hosts import addresses, serve
from fetch.rounds import SCRAPY, VARIANTS, child, compare, report


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


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Measure and tell what was asked for; return the figures."""
    if args.schedule:
        # Scrapy's environment, which reads this module, too, has nothing of ours
        from fetch.schedule import schedule

        return dict(schedule(args))
    runs = compare(args)
    report(runs)
    return runs


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
        found = measured(args)
        if args.json:
            args.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
