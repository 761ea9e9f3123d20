"""How well the parser reads pages without site rules, beside trafilatura alone in the same run.

Usage: python benchmarks/parser_quality.py FOLDER [--limit N] [--sets a,b] [--worst N]

FOLDER holds the unpacked page sets, each with `truth.json` and `pages/`. Bodies are scored by
precision and recall of 4-token shingles, averaged over pages, and their F1; where the truth is only
a list of strings, by the share of `with` strings found and of `without` strings left out.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from steppewire.errors import Verdict
from steppewire.events import ArticleFetched, Fetch
from steppewire_parser.recipe import parse_page

Truth = dict[str, Any]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Reading:
    """What a tool read out of a page."""

    body: str = ""
    title: str = ""
    date: str | None = None
    authors: tuple[str, ...] = ()
    refused: str = ""


def ours(data: bytes, url: str) -> Reading:
    fetch = Fetch(
        link_id="0", url=url, final_url=url, source="bench", fetched_at=NOW, status=200,
        blob="sha256:" + "0" * 64, size=len(data),
    )  # fmt: skip
    try:
        article = parse_page(data, ArticleFetched(fetch=fetch)).article
    except Verdict as verdict:
        return Reading(refused=str(verdict))
    at = article.published_at
    body = "\n".join(filter(None, (article.lead, *(p.text for p in article.paragraphs))))
    return Reading(body, article.title, at.date().isoformat() if at else None, article.authors)


def trafilatura_alone(data: bytes, url: str) -> Reading:
    found = bare_extraction(
        data, url=url, favor_precision=True, include_comments=False, with_metadata=True
    )
    if found is None:
        return Reading(refused="nothing found")
    names = tuple(n.strip() for n in (found.author or "").split(";") if n.strip())
    return Reading(found.text or "", found.title or "", found.date, names)


TOOLS: dict[str, Callable[[bytes, str], Reading]] = {
    "steppewire": ours,
    "trafilatura": trafilatura_alone,
}


@dataclass
class Score:
    """Sums over the pages of one set."""

    pages: int = 0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    title: list[bool] = field(default_factory=list)
    date_right: list[bool] = field(default_factory=list)
    date_wrong: list[bool] = field(default_factory=list)
    authors: list[float] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, reading: Reading, truth: Truth, seconds: float) -> None:
        self.pages += 1
        self.seconds += seconds
        self.refused.append(bool(reading.refused))
        if truth.get("body"):
            precision, recall = shingle_score(reading.body, truth["body"])
            self.precision.append(precision)
            self.recall.append(recall)
        text = " ".join(reading.body.split())
        if truth.get("with"):
            self.kept.append(mean(" ".join(s.split()) in text for s in truth["with"]))
        if truth.get("without"):
            self.left.append(mean(" ".join(s.split()) not in text for s in truth["without"]))
        if truth.get("title"):
            self.title.append(words(reading.title) == words(truth["title"]))
        if truth.get("date"):
            self.date_right.append(reading.date == str(truth["date"])[:10])
            self.date_wrong.append(reading.date not in (None, str(truth["date"])[:10]))
        if truth.get("authors"):
            self.authors.append(name_f1(reading.authors, truth["authors"]))


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingle_score(found: str, truth: str) -> tuple[float, float]:
    a, b = shingles(found), shingles(truth)
    common = sum((a & b).values())
    return common / max(1, sum(a.values())), common / max(1, sum(b.values()))


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    tokens = words(text)
    return Counter(tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1)))


def name_f1(found: Iterable[str], truth: Iterable[str]) -> float:
    a, b = ({" ".join(words(n)) for n in flat(names)} for names in (found, truth))
    return 2 * len(a & b) / max(1, len(a) + len(b))


def flat(names: Iterable[Any]) -> Iterable[str]:
    """Some truths are lists of lists."""
    for name in names:
        if isinstance(name, str):
            yield name
        else:
            yield from flat(name)


def mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def row(name: str, tool: str, score: Score) -> str:
    precision, recall = mean(score.precision), mean(score.recall)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    cells = [
        f"{f1:.3f} {precision:.3f} {recall:.3f}" if score.precision else "    -     -     -",
        *(f"{mean(v):.3f}" if v else "    -" for v in (score.kept, score.left, score.title)),
        f"{mean(score.date_right):.3f}/{mean(score.date_wrong):.3f}"
        if score.date_right
        else "    -      ",
        f"{mean(score.authors):.3f}" if score.authors else "    -",
        f"{mean(score.refused):.3f}",
        f"{1000 * score.seconds / max(1, score.pages):6.0f}",
    ]
    return f"{name:20} {tool:12} {score.pages:5}  " + "  ".join(cells)


HEADER = (
    f"{'set':20} {'tool':12} {'pages':>5}  body F1  P     R    kept   left   title  "
    "date r/w      auth   none   ms"
)


def main() -> None:
    options = arguments()
    print(HEADER)
    for folder in sorted(p.parent for p in options.folder.glob("*/truth.json")):
        if options.sets and folder.name not in options.sets.split(","):
            continue
        scores, worst = measured(folder, options.limit, options.seed)
        for tool, score in scores.items():
            print(row(folder.name, tool, score), flush=True)
        for line in worst[: options.worst]:
            print("   ", line)


def measured(folder: Path, limit: int, step_from: int) -> tuple[dict[str, Score], list[str]]:
    truths = json.loads((folder / "truth.json").read_text())
    chosen = sorted(truths.items())
    if limit:
        chosen = chosen[step_from :: max(1, len(chosen) // limit)][:limit]
    scores = {tool: Score() for tool in TOOLS}
    worst: list[tuple[float, str]] = []
    for key, truth in chosen:
        data = (folder / truth["file"]).read_bytes()
        url = str(truth.get("url"))
        if not url.startswith("http"):
            url = "https://example.org/news/page.html"
        for tool, read in TOOLS.items():
            started = time.process_time()
            reading = read(data, url)
            scores[tool].add(reading, truth, time.process_time() - started)
            if tool == "steppewire":
                worst.append(judged(key, reading, truth))
    return scores, [line for _, line in sorted(worst)]


def judged(key: str, reading: Reading, truth: Truth) -> tuple[float, str]:
    precision, recall = shingle_score(reading.body, truth.get("body") or reading.body)
    notes = [f"{key}: P {precision:.2f} R {recall:.2f} {reading.refused}"]
    if truth.get("title") and words(reading.title) != words(truth["title"]):
        notes.append(f"title {reading.title!r} not {truth['title']!r}")
    if truth.get("date") and reading.date != str(truth["date"])[:10]:
        notes.append(f"date {reading.date} not {truth['date']}")
    if truth.get("authors") and name_f1(reading.authors, truth["authors"]) < 1:
        notes.append(f"authors {reading.authors} not {truth['authors']}")
    return min(precision, recall) - 0.1 * (len(notes) - 1), "; ".join(notes)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with the unpacked page sets")
    parser.add_argument("--limit", type=int, default=0, help="pages of each set (0: all)")
    parser.add_argument("--seed", type=int, default=0, help="first page taken when limited")
    parser.add_argument("--sets", default="", help="names of sets, separated by commas")
    parser.add_argument("--worst", type=int, default=0, help="print this many of our worst pages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
