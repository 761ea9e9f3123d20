"""`python -m steppewire_fetcher.check NAME|URL|file.toml [--live]`: try a source before running it.

Without `--live` nothing is asked of the site: the declaration is loaded and told. With it, every
discovery point is read once, and the first article is fetched and judged. Needs no broker.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from steppewire.errors import PluginError, SteppewireError, Verdict
from steppewire.events import ArticleDiscovered
from steppewire.plugins import Source
from steppewire.settings import load
from steppewire_fetcher.catalogue import read_toml
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.judge import judge_page
from steppewire_fetcher.memory import UNKNOWN, Document, Subject
from steppewire_fetcher.pace import Health, Turn
from steppewire_fetcher.rulebook import Rulebook
from steppewire_fetcher.settings import FetcherSettings
from steppewire_fetcher.sources.generic import generic
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Visitor
from steppewire_fetcher.web import Web

_SHOWN = 10


class Tray:
    """Takes what discovery finds, to show it."""

    def __init__(self) -> None:
        self.links: list[tuple[ArticleDiscovered, str]] = []

    async def let_in(self, links: Sequence[tuple[ArticleDiscovered, str]]) -> int:
        """Keep everything."""
        self.links += links
        return len(links)


class Oblivion:
    """Remembers no earlier answer, so that every document is read in full."""

    async def recall_document(self, subject: Subject) -> Document:
        """Return nothing known."""
        return UNKNOWN

    async def remember_document(self, subject: Subject, document: Document) -> None:
        """Forget."""


class OneVisitor:
    """Keeps the pace of one process."""

    def __init__(self) -> None:
        self._open: dict[str, float] = {}

    async def turn(
        self, host: str, interval: float, *, patience: float, concurrency: int, lasts: float
    ) -> Turn:
        """Wait for the host's next turn, however long; a check asks one thing at a time."""
        now = time.monotonic()
        turn = max(now, self._open.get(host, now))
        self._open[host] = turn + interval
        await asyncio.sleep(turn - now)
        return Turn(host, "")

    async def done(self, turn: Turn, health: Health) -> None:
        """Keep no books: a check is over soon."""

    async def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone."""
        self._open[host] = time.monotonic() + seconds


class Pocket:
    """Keeps rules of hosts for as long as the check runs."""

    async def get(self, url: str) -> bytes | None:
        """Return nothing: each host is asked once anyway."""
        return None

    async def put(self, url: str, record: str, seconds: int) -> None:
        """Keep nothing."""


def find(what: str, settings: FetcherSettings) -> Source:
    """Return the source that is meant: a TOML file, an address, or a name. Raises PluginError."""
    if what.endswith(".toml"):
        return read_toml(Path(what))
    if "://" in what:
        return generic(what)
    catalogue = settings.catalogue()
    for fault in catalogue.faults:
        print(f"! {fault}")
    if what in catalogue.sources:
        return catalogue.sources[what]
    known = ", ".join(sorted(catalogue.sources))
    raise PluginError(f"no source is named {what!r}; loaded are: {known}")


def told(source: Source) -> str:
    """Return a declaration in a few lines."""
    points = [f"  {p.kind:8} {p.url}" for p in source.discover] or [
        "  (looked for at the home page)"
    ]
    head = f"{source.name}: {source.title} ({', '.join(source.languages) or 'any language'})"
    manners = f"poll {source.poll:g} s, pace {source.pace:g} s, confidence {source.confidence}"
    return "\n".join([head, manners, "discovery:", *points])


async def look(source: Source, settings: FetcherSettings) -> bool:
    """Read every discovery point, fetch the first article, and tell; False if nothing is found."""
    web = Web(reroute=settings.reroute, allowed=settings.allow_networks)
    async with aclosing(web):
        rulebook = Rulebook(web, Pocket(), now=time.monotonic)
        visitor = Visitor(web, rulebook, OneVisitor(), now=_now)
        tray = Tray()
        discoverer = Discoverer(
            visitor=visitor,
            surveyor=Surveyor(visitor, time.monotonic),
            memory=Oblivion(),
            door=tray,
            now=_now,
            manners=settings.manners,
            max_links=settings.max_links,
        )
        poll = await discoverer.poll(source)
        print(f"points {poll.points}, unreadable {poll.failed}, articles {poll.seen}")
        for slug, count in poll.warnings.items():
            print(f"! {slug} x{count}")
        if poll.error:
            print(f"! {poll.error}")
        for event, mark in tray.links[:_SHOWN]:
            print(f"  {event.via:8} {event.url}  {event.title_hint or ''} {mark}".rstrip())
        if tray.links:
            await _fetch_one(tray.links[0][0], source, settings, visitor)
        return bool(tray.links)


async def _fetch_one(
    event: ArticleDiscovered, source: Source, settings: FetcherSettings, visitor: Visitor
) -> None:
    answer = await visitor.visit(event.url, settings.manners(source))
    verdict = judge_page(answer, asked=event.url, now=_now(), challenge_wait=0)
    print(f"first article: {answer.status} {answer.url}, {len(answer.body)} bytes, "
          f"{answer.content_type or 'no content type'}: {verdict or 'a page to keep'}")  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one source; return the exit status."""
    parser = argparse.ArgumentParser(prog="steppewire_fetcher.check", description=__doc__)
    parser.add_argument("what", help="name of a source, address of a site, or a TOML file")
    parser.add_argument("--live", action="store_true", help="ask the site")
    asked = parser.parse_args(arguments)
    try:
        settings = load(FetcherSettings)
        source = find(asked.what, settings)
        print(told(source))
        return 0 if not asked.live or asyncio.run(look(source, settings)) else 1
    except Verdict as verdict:
        print(f"! {type(verdict).__name__.lower()}: {verdict}", file=sys.stderr)
        return 1
    except (SteppewireError, ValueError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", 2)


if __name__ == "__main__":
    sys.exit(main())
