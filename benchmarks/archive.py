"""How fast the archive takes articles and finds them, beside plain inserts: `make bench-store`.

    python benchmarks/archive.py [--articles 10000] [--batch 250] [--only sqlite|postgresql]
    python benchmarks/archive.py --server postgresql://user@127.0.0.1/empty

The server that comes with the tests compresses by PostgreSQL's own method only; another one of this
machine, with an empty database, may know LZ4, which documents are compressed by where it is known.

Articles are made up, 3 KB of text each, of words that follow Zipf's law in four languages' endings.
Both databases run durably: every batch is on disk before `save` returns. Beside us, in the same
database and the same run: the same records, written as JSON already, by the bare driver's batched
inserts into one table with one key. Nothing is searched, versioned or known again there.

Processor time is ours and the server's together; on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import psutil

from steppewire.archive import Archive, Query, open_archive
from steppewire.archive.engines import PRAGMAS
from steppewire.broker import spare_the_collector
from steppewire.events import ArticleEnriched
from steppewire.testing.articles import entity, story
from steppewire.testing.postgres import running_postgres
from steppewire.testing.samples import NOON
from steppewire_store.migrate import migrate
from steppewire_store.save import lanes_of

SYLLABLES = {
    "kk-Cyrl": ("қа зақ ел ба сы мем ле кет тұр ғын үй жаң а ғы өн ді ріс шы ке", "тың ға да лар"),
    "ru-Cyrl": ("го су дар ство пра ви тель но вый рос ка мин ис тр за кон ро да", "ами ого ые ов"),
    "uz-Latn": ("o‘z be kis ton dav lat mah al la yang i qo nun ish lab chi qa", "ning da lar ga"),
    "en-Latn": ("gov ern ment min is ter par lia new tion al re port coun try", "s ing ed ly"),
}
TEXT_BYTES = 3000


class Press:
    """Writes articles; the same ones for the same seed."""

    def __init__(self, seed: int = 7, vocabulary: int = 20_000) -> None:
        self._dice = random.Random(seed)
        self._words = {
            tag: [self._word(*parts) for _ in range(vocabulary)] for tag, parts in SYLLABLES.items()
        }
        self._weights = [1 / (rank + 3) for rank in range(vocabulary)]
        names = zip(self._names(), self._names(), strict=True)
        self._people = [
            entity(f"{first.title()} {last.title()}", last.title(), id=f"person/{number}")
            for number, (first, last) in enumerate(names)
        ]

    def _word(self, syllables: str, endings: str) -> str:
        count = self._dice.choice((2, 2, 3, 3, 4))
        stem = "".join(self._dice.choices(syllables.split(), k=count))
        return stem + self._dice.choice(("", "", *endings.split()))

    def _names(self) -> list[str]:
        return self._dice.choices(self._words["kk-Cyrl"], k=2000)

    def words(self, tag: str, count: int) -> list[str]:
        """Return words of one language, frequent ones often."""
        return self._dice.choices(self._words[tag], self._weights, k=count)

    def article(self, number: int) -> ArticleEnriched:
        """Write an article of about 3 KB, with ten entities."""
        tag = self._dice.choice(tuple(SYLLABLES))
        text = " ".join(self.words(tag, 400)).encode()[:TEXT_BYTES].decode(errors="ignore")
        return story(
            number,
            title=" ".join(self.words(tag, 8)),
            text=text[: len(text) // 2] + "\n\n" + text[len(text) // 2 :],
            source=f"{number % 12}.test",
            language=tag,
            published=NOON - timedelta(minutes=self._dice.randrange(1_000_000)),
            entities=tuple(self._dice.sample(self._people, 10)),
        )


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the address of an empty database."""
    if kind == "postgresql":
        with running_postgres(durable=True) as server:
            yield server.url()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'archive.sqlite3'}"


def questions(press: Press) -> dict[str, list[Query]]:
    """Return what is asked, by kind."""
    common = [press.words(tag, 1)[0] for tag in SYLLABLES for _ in range(5)]
    pairs = [" ".join(press.words(tag, 2)) for tag in SYLLABLES for _ in range(5)]
    return {
        "newest": [Query()] * 20,
        "one word": [Query(text=word) for word in common],
        "two words": [Query(text=pair) for pair in pairs],
        "three letters": [Query(text=word[:3]) for word in common],
        "word in a language": [Query(text=word, language=("kk",)) for word in common],
        "source": [Query(source=(f"{n % 12}.test",)) for n in range(20)],
        "entity": [Query(entity=f"person/{n}") for n in range(20)],
        "nothing": [Query(text="жоқсөзмүлдем бар")] * 20,
    }


class Spent:
    """Time that passed, and processor time: of this process (SQLite works inside it) and, where
    there is one, of the server's processes."""

    def __init__(self, server: psutil.Process | None) -> None:
        self._server = server
        self.wall = self.ours = self.servers = 0.0

    def __enter__(self) -> Spent:
        self._began = time.perf_counter(), time.process_time(), self._of_server()
        return self

    def __exit__(self, *_: object) -> None:
        wall, ours, servers = self._began
        self.wall += time.perf_counter() - wall
        self.ours += time.process_time() - ours
        self.servers += self._of_server() - servers

    def _of_server(self) -> float:
        if self._server is None:
            return 0.0
        processes = (self._server, *self._server.children())
        return sum(times.user + times.system for p in processes for times in (p.cpu_times(),))

    @property
    def cpu(self) -> float:
        """Seconds of all processors together."""
        return self.ours + self.servers

    def told(self, count: int, plain: Spent | None = None) -> str:
        """Return articles per second, what one costs, and how much that is beside another way."""
        each = f"{self.cpu / count * 1e6:,.0f} µs ({self.ours / count * 1e6:,.0f} ours)"
        beside = f"{self.cpu / plain.cpu:.2f}" if plain else "1"
        return f"{count / self.wall:,.0f}/s | {count / self.cpu:,.0f} | {each} | {beside}"


@asynccontextmanager
async def server_of(url: str) -> AsyncIterator[psutil.Process | None]:
    """Give the first process of a PostgreSQL server."""
    if url.startswith("sqlite"):
        yield None
        return
    connection = await asyncpg.connect(url)
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    try:
        yield psutil.Process(backend).parent()
    finally:
        await connection.close()


# --- the plain way -------------------------------------------------------------------------

CREATE = "CREATE TABLE plain (id TEXT PRIMARY KEY, source TEXT, url TEXT, title TEXT, record TEXT)"
Plain = tuple[str, str, str, str, str]


def plain_row(event: ArticleEnriched) -> Plain:
    """Return a record as it lies on the stream."""
    article = event.article
    return (event.key, article.source, article.url, article.title, event.model_dump_json())


async def insert_plainly(url: str, rows: Sequence[Plain], size: int, spent: Spent) -> None:
    """Insert rows by the bare driver, in transactions of `size`."""
    pieces = [rows[at : at + size] for at in range(0, len(rows), size)]
    if url.startswith("sqlite"):
        insert_into_file(url.removeprefix("sqlite:///"), pieces, spent)
        return
    connection = await asyncpg.connect(url)
    await connection.execute(CREATE)
    with spent:
        for piece in pieces:
            async with connection.transaction():
                await connection.executemany("INSERT INTO plain VALUES ($1, $2, $3, $4, $5)", piece)
    await connection.close()


def insert_into_file(path: str, pieces: Sequence[Sequence[Plain]], spent: Spent) -> None:
    """Insert rows into SQLite as durably as we do."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute(CREATE)
    with spent:
        for piece in pieces:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?)", piece)
            connection.execute("COMMIT")
    connection.close()


# --- our way -------------------------------------------------------------------------------


async def save_all(
    archive: Archive,
    events: Sequence[ArticleEnriched],
    size: int,
    lanes: int,
    *,
    index: bool = True,
) -> None:
    """Save in batches, some at a time, as the store does."""
    batches = iter(range(0, len(events), size))

    async def lane() -> None:
        for at in batches:
            await archive.save(events[at : at + size], index=index)

    await asyncio.gather(*(lane() for _ in range(lanes)))


async def save_in_a_rush(
    archive: Archive, events: Sequence[ArticleEnriched], size: int, lanes: int
) -> list[float]:
    """Save in batches while the index follows, as the store does; return how long articles waited.

    That is for each batch the time from its arrival to when all of it is found.
    """
    saved: list[tuple[int, float]] = []
    waits: list[float] = []
    over, counted, indexed = asyncio.Event(), 0, 0

    async def follow() -> None:
        nonlocal indexed
        while not over.is_set() or indexed < len(events):
            some = await archive.index()
            indexed += some
            while saved and saved[0][0] <= indexed:
                waits.append(time.perf_counter() - saved.pop(0)[1])
            if not some:
                await asyncio.sleep(0.01)

    async def lane() -> None:
        nonlocal counted
        for at in batches:
            began = time.perf_counter()
            await archive.save(events[at : at + size], index=False)
            counted += len(events[at : at + size])
            saved.append((counted, began))

    batches = iter(range(0, len(events), size))
    following = asyncio.gather(*(follow() for _ in range(lanes)))
    await asyncio.gather(*(lane() for _ in range(lanes)))
    over.set()
    await following
    return waits


async def latencies(archive: Archive, queries: Sequence[Query]) -> list[float]:
    """Return the milliseconds of each query."""
    times = []
    for query in queries:
        started = time.perf_counter()
        await archive.find(query)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


async def bench_saving(kind: str, url: str, articles: int, size: int) -> None:
    """Measure how articles are saved, beside plain inserts."""
    press, lanes = Press(), lanes_of(url)
    async with open_archive(url) as archive, server_of(url) as server:
        await save_all(archive, [press.article(n) for n in range(size)], size, lanes)  # it is warm
        plain, later, rush, once = (Spent(server) for _ in range(4))
        third = articles // 3
        events = [press.article(size + n) for n in range(articles)]
        spare_the_collector()  # as every service does at its start
        await insert_plainly(url, [plain_row(event) for event in events], size, plain)
        print(f"| {kind} | plain inserts | {plain.told(articles)} |", flush=True)
        with later:
            await save_all(archive, events[:third], size, lanes, index=False)
        print(
            f"| {kind} | save, index later | {later.told(third, _share(plain, articles, third))} |"
        )
        while await archive.index():
            pass
        with rush:
            waits = await save_in_a_rush(archive, events[third : 2 * third], size, lanes)
        told = rush.told(third, _share(plain, articles, third))
        print(f"| {kind} | save in a rush, until all is found | {told} |")
        print(f"| {kind} | … longest wait until a batch is found | {max(waits):.1f} s | | | |")
        with once:
            await save_all(archive, events[2 * third :], size, lanes)
        rest = len(events) - 2 * third
        told = once.told(rest, _share(plain, articles, rest))
        print(f"| {kind} | save and index at once | {told} |")
        with (again := Spent(server)):
            await save_all(archive, events[:third], size, lanes)
        print(f"| {kind} | save again what is stored | {again.told(third)[:-1]} |")


def _share(plain: Spent, articles: int, part: int) -> Spent:
    """Return what the plain way took for a part of the articles."""
    share = Spent(None)
    share.ours, share.servers = plain.ours * part / articles, plain.servers * part / articles
    return share


async def bench_finding(kind: str, url: str) -> None:
    """Measure how articles are found."""
    press = Press()
    async with open_archive(url) as archive:
        for what, queries in questions(press).items():
            times = await latencies(archive, queries)
            print(f"| {kind} | find: {what} | median {statistics.median(times):.1f} ms, "
                  f"worst {times[-1]:.1f} ms |")  # fmt: skip
        for by in ("source", "language", "entity"):
            started = time.perf_counter()
            await archive.facets(by)
            print(f"| {kind} | facets: {by} | {(time.perf_counter() - started) * 1000:.1f} ms |")


async def bench(kind: str, url: str, articles: int, size: int) -> None:
    """Measure one database and print its part of the tables."""
    await migrate(url)
    print("| database | what | by the clock | per CPU second | each | beside plain |")
    print("|---|---|---|---|---|---|")
    await bench_saving(kind, url, articles, size)
    print("\n| database | what | |\n|---|---|---|")
    await bench_finding(kind, url)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--server", help="an empty database of a PostgreSQL of this machine")
    given = parser.parse_args()
    busy = psutil.getloadavg()[0]
    print(f"{given.articles:,} articles of {TEXT_BYTES:,} bytes, {psutil.cpu_count()} cores, "
          f"load {busy:.1f}\n")  # fmt: skip
    if given.server:
        asyncio.run(bench("postgresql", given.server, given.articles, given.batch))
        return
    for kind in [given.only] if given.only else ["sqlite", "postgresql"]:
        with database(kind) as url:
            asyncio.run(bench(kind, url, given.articles, given.batch))


if __name__ == "__main__":
    main()
