"""How fast the archive takes articles and finds them, on both databases, with search on.

    python benchmarks/archive.py [--articles 20000] [--batch 100] [--only sqlite|postgresql]

Articles are made up, 3 KB of text each, of words that follow Zipf's law in four languages' endings.
Both databases run durably: every batch is on disk before `save` returns.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from steppewire.archive import Archive, Query, open_archive
from steppewire.events import ArticleEnriched
from steppewire.testing.articles import entity, story
from steppewire.testing.postgres import running_postgres
from steppewire.testing.samples import NOON
from steppewire_store.migrate import migrate

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
    """Time that passed, and processor time of this process (SQLite works inside it)."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> Spent:
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._began[0]
        self.cpu += time.process_time() - self._began[1]

    def rate(self, count: int) -> str:
        """Return articles per second, and per second of our processor time."""
        return f"{count / self.wall:,.0f} articles/s, {count / self.cpu:,.0f} per CPU second"


async def save_all(archive: Archive, events: Sequence[ArticleEnriched], size: int) -> None:
    """Save in batches."""
    for at in range(0, len(events), size):
        await archive.save(events[at : at + size])


async def latencies(archive: Archive, queries: Sequence[Query]) -> list[float]:
    """Return the milliseconds of each query."""
    times = []
    for query in queries:
        started = time.perf_counter()
        await archive.find(query)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


async def bench(kind: str, url: str, articles: int, size: int) -> None:
    """Measure one database and print its part of the table."""
    await migrate(url)
    press = Press()
    async with open_archive(url) as archive:
        spent = Spent()
        for at in range(0, articles, 5000):
            events = [press.article(n) for n in range(at, min(at + 5000, articles))]
            with spent:
                await save_all(archive, events, size)
        print(f"| {kind} | save, batches of {size} | {spent.rate(articles)} |")
        with (again := Spent()):
            await save_all(archive, events, size)
        print(f"| {kind} | save again what is stored | {again.rate(len(events))} |")
        for what, queries in questions(press).items():
            times = await latencies(archive, queries)
            print(f"| {kind} | find: {what} | median {statistics.median(times):.1f} ms, "
                  f"worst {times[-1]:.1f} ms |")  # fmt: skip
        for by in ("source", "language", "entity"):
            started = time.perf_counter()
            await archive.facets(by)
            print(f"| {kind} | facets: {by} | {(time.perf_counter() - started) * 1000:.1f} ms |")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    print(f"{given.articles:,} articles of {TEXT_BYTES:,} bytes\n")
    print("| database | what | |\n|---|---|---|")
    for kind in [given.only] if given.only else ["sqlite", "postgresql"]:
        with database(kind) as url:
            asyncio.run(bench(kind, url, given.articles, given.batch))


if __name__ == "__main__":
    main()
