"""How well articles are found: `make quality-search`.

Recall: of the articles that a reader means, how many are found. Precision at ten: of the first
ten found, how many are meant; both are means over queries (a query that means nothing and finds
nothing has both). One half of the queries was looked at while the search was made, the other not.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from quality_search.sets import Asked, articles, queries
from steppewire.archive import Archive, Query, open_archive
from steppewire_store.migrate import migrate


class Answer(NamedTuple):
    """What a query found, the most relevant first."""

    asked: Asked
    found: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Of what is meant, the share that is found."""
        meant = self.asked.meant
        return len(meant & set(self.found)) / len(meant) if meant else 1.0

    @property
    def precision(self) -> float:
        """Of the first ten found, the share that is meant."""
        first = self.found[:10]
        if not first:
            return float(not self.asked.meant)
        return len(self.asked.meant & set(first)) / len(first)


@asynccontextmanager
async def filled() -> AsyncIterator[tuple[Archive, dict[str, str]]]:
    """Give an archive of all articles, and their names by id."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'archive.sqlite3'}"
        await migrate(url)
        async with open_archive(url) as archive:
            told = articles()
            await archive.save(list(told.values()))
            yield archive, {event.key: name for name, event in told.items()}


async def answers(asked: Sequence[Asked]) -> list[Answer]:
    """Ask all queries."""
    async with filled() as (archive, names):
        found = []
        for one in asked:
            query = Query.model_validate({one.by: one.words, "limit": 200, "order": "relevance"})
            records = (await archive.find(query)).items
            found.append(Answer(one, tuple(names[r.article.article_id] for r in records)))
        return found


def figures(half: str) -> dict[str, float]:
    """Return recall and precision at ten of one half of the queries."""
    found = asyncio.run(answers(queries(half)))
    return {"recall": mean(a.recall for a in found), "precision": mean(a.precision for a in found)}


def show(half: str, *, every: bool) -> None:
    """Print the figures of one half, and with `every` which answers are not as they should be."""
    found = asyncio.run(answers(queries(half)))
    for by in ("text", "entity"):
        some = [answer for answer in found if answer.asked.by == by]
        recall, precision = mean(a.recall for a in some), mean(a.precision for a in some)
        print(f"| {half} | {by} | {len(some)} | {recall:.3f} | {precision:.3f} |")
    for answer in found if every else ():
        if answer.recall < 1 or answer.precision < 1:
            missed = " ".join(sorted(answer.asked.meant - set(answer.found)))
            more = " ".join(sorted(set(answer.found) - answer.asked.meant))
            print(f"  {answer.asked.by} {answer.asked.words!r}: missed {missed}; more {more}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", action="store_true", help="show what dev gets wrong")
    given = parser.parse_args()
    print(f"{len(articles())} articles\n\n| half | by | queries | recall | precision@10 |")
    print("|---|---|---|---|---|")
    show("dev", every=given.every)
    show("test", every=False)


if __name__ == "__main__":
    main()
