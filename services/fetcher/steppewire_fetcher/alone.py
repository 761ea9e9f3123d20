"""A fetcher's parts without a broker: for commands that a person runs once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import UTC, datetime

from steppewire.errors import Reject
from steppewire.events import ArticleDiscovered
from steppewire.plugins import Source
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.judge import judge_page
from steppewire_fetcher.lookup import Owners
from steppewire_fetcher.memory import UNKNOWN, Document, Subject
from steppewire_fetcher.pace import Health, Turn
from steppewire_fetcher.rulebook import Rulebook
from steppewire_fetcher.settings import FetcherSettings, at_hand
from steppewire_fetcher.sources.generic import generic
from steppewire_fetcher.visit import Visitor
from steppewire_fetcher.web import Web


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
        """Wait for the host's next turn, however long; a command asks one thing at a time."""
        now = time.monotonic()
        turn = max(now, self._open.get(host, now))
        self._open[host] = turn + interval
        await asyncio.sleep(turn - now)
        return Turn(host, "")

    async def done(self, turn: Turn, health: Health) -> None:
        """Keep no books: a command is over soon."""

    async def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone."""
        self._open[host] = time.monotonic() + seconds


class Pocket:
    """Keeps rules of hosts for as long as the command runs."""

    async def get(self, url: str) -> bytes | None:
        """Return nothing: each host is asked once anyway."""
        return None

    async def put(self, url: str, record: str, seconds: int) -> None:
        """Keep nothing."""


@asynccontextmanager
async def visiting(settings: FetcherSettings) -> AsyncIterator[Visitor]:
    """Hold a polite visitor with robots.txt and pace of its own."""
    web = Web(reroute=settings.reroute, allowed=settings.allow_networks)
    async with aclosing(web):
        rulebook = Rulebook(web, Pocket(), now=time.monotonic)
        yield Visitor(web, rulebook, OneVisitor(), now=utc_now)


@contextmanager
def asking() -> Iterator[Callable[[str], Answer]]:
    """Hold what asks for pages one after another, as politely as the newswire does.

    It returns the answer that is a page, and raises a Verdict (`robots`, `gone`, …) for any other.
    """
    settings = at_hand()
    with asyncio.Runner() as runner:
        visits = visiting(settings)
        visitor = runner.run(visits.__aenter__())
        owners = Owners()
        try:
            yield lambda url: runner.run(_page(url, owners(url), visitor, settings))
        finally:
            runner.run(visits.__aexit__(None, None, None))


async def _page(
    url: str, source: Source | None, visitor: Visitor, settings: FetcherSettings
) -> Answer:
    try:
        source = settings.adjusted(source or generic(url))
    except ValueError as error:
        raise Reject("bad-url", f"{url[:200]} is no address of a page: {error}") from None
    answer = await visitor.visit(url, settings.manners(source))
    if verdict := judge_page(answer, asked=url, now=utc_now(), challenge_wait=0):
        raise verdict
    return answer


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
