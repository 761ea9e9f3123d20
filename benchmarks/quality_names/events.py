"""Do articles about the same events in several languages name the same ids?

Reads `tests/data/events.txt`, which is ours, runs the whole enricher over each article by itself,
as if they came on different days, and compares ids by B-cubed (Bagga and Baldwin 1998).
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from steppewire.events import Article, Paragraph
from steppewire_enricher.enrich import enrichment_of
from steppewire_enricher.mentions import Named
from steppewire_enricher.merge import merge

FILE = Path(__file__).parents[2] / "tests" / "data" / "events.txt"
TYPES = {"p": "PERSON", "o": "ORGANISATION", "g": "GPE"}
TAGS = {"kk": "kk-Cyrl", "ru": "ru-Cyrl", "uz": "uz-Latn", "uzc": "uz-Cyrl", "en": "en-Latn"}
_MARK = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")


class Gold(NamedTuple):
    """A mention and whom it means."""

    start: int
    end: int
    id: str


class Telling(NamedTuple):
    """One article about an event."""

    event: str
    language: str
    text: str
    mentions: tuple[Gold, ...]

    @property
    def part(self) -> str:
        """Half of the events is for developing, half for reporting."""
        return "test" if zlib.crc32(self.event.encode()) % 2 else "dev"


def read(path: Path = FILE) -> list[Telling]:
    """Return all articles of the file."""
    out: list[Telling] = []
    event = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            event = line[3:]
        elif event and ": " in line:
            language, _, marked = line.partition(": ")
            out.append(Telling(event, language, *_unmarked(marked)))
    return out


def _unmarked(marked: str) -> tuple[str, tuple[Gold, ...]]:
    text, mentions, done = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[done : found.start()]
        mentions.append(Gold(len(text), len(text) + len(found[1]), found[2]))
        text += found[1]
        done = found.end()
    return text + marked[done:], tuple(mentions)


def article_of(telling: Telling) -> Article:
    """Return it as the article that the recipe reads."""
    return Article(
        article_id="a", version_id="v", url="https://wire.example/a", source="wire", title="",
        paragraphs=(Paragraph(text=telling.text),),
    )  # fmt: skip


def found_ids(telling: Telling) -> list[str | None]:
    """Return for each mention the id that the whole enricher gives; None where it sees nobody."""
    entities = enrichment_of(article_of(telling), telling.language[:2]).entities
    spans = [(m.start, m.end, e.id) for e in entities for m in e.mentions]
    return [
        next((id_ for start, end, id_ in spans if start < gold.end and gold.start < end), None)
        for gold in telling.mentions
    ]


def told_ids(telling: Telling) -> list[str | None]:
    """Return for each mention the id, where its place and type are told: ids alone."""
    language = telling.language[:2]
    named = [
        Named(
            "text", gold.start, gold.end, telling.text[gold.start : gold.end],
            TYPES[gold.id[0]], language,  # type: ignore[arg-type]
        )
        for gold in telling.mentions
    ]  # fmt: skip
    entities = merge(named, TAGS[telling.language], article=article_of(telling))
    by_start = {m.start: e.id for e in entities for m in e.mentions}
    return [by_start.get(gold.start) for gold in telling.mentions]


class Figures(NamedTuple):
    """B-cubed, and how many mentions there were."""

    precision: float
    recall: float
    mentions: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def b_cubed(gold: Sequence[str], said: Sequence[str]) -> Figures:
    """Return the mean over mentions of how pure and how whole their clusters are."""
    both = Counter(zip(gold, said, strict=True))
    golds, saids = Counter(gold), Counter(said)
    pairs = list(zip(gold, said, strict=True))
    precision = sum(both[pair] / saids[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / golds[pair[0]] for pair in pairs) / len(pairs)
    return Figures(precision, recall, len(pairs))


def measured(tellings: Iterable[Telling], *, alone: bool) -> tuple[Figures, list[str]]:
    """Return the figures, and what went apart or together wrongly."""
    gold: list[str] = []
    said: list[str] = []
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for number, telling in enumerate(tellings):
        ids = told_ids(telling) if alone else found_ids(telling)
        for at, (mention, id_) in enumerate(zip(telling.mentions, ids, strict=True)):
            gold.append(mention.id)
            said.append(id_ or f"nobody-{number}-{at}")
            words = telling.text[mention.start : mention.end]
            seen[mention.id][id_ or "-"].add(f"{telling.language}:{words}")
    return b_cubed(gold, said), list(_errors(seen))


def _errors(seen: dict[str, dict[str, set[str]]]) -> Iterator[str]:
    for id_, ids in seen.items():
        if len(ids) > 1:
            yield f"{id_}: " + "; ".join(f"{k} {sorted(v)}" for k, v in ids.items())
    golds = defaultdict(set)
    for id_, ids in seen.items():
        for said in ids:
            golds[said].add(id_)
    for said, ids_ in golds.items():
        if len(ids_) > 1 and said != "-":
            yield f"joined wrongly: {said}: {sorted(ids_)}"


def main(argv: Sequence[str] | None = None) -> None:
    """Print both parts, with mentions found and with mentions told."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    ask.add_argument("--errors", action="store_true", help="show the errors of the dev part")
    said = ask.parse_args(argv)
    print(f"{'events':6} {'':22}{'mentions':>9} {'B3 P':>6} {'R':>6} {'F1':>6}")
    out: dict[str, dict[str, float]] = {}
    for part in ("dev", "test"):
        tellings = [t for t in read() if t.part == part]
        for alone in (False, True):
            figures, errors = measured(tellings, alone=alone)
            how = "mentions told" if alone else "the whole enricher"
            values = f"{figures.precision:6.3f} {figures.recall:6.3f} {figures.f1:6.3f}"
            print(f"{part:6} {how:22}{figures.mentions:>9} {values}")
            out[f"{part}, {how}"] = {**figures._asdict(), "f1": figures.f1}
            if said.errors and part == "dev":
                print("\n".join(f"    {error}" for error in errors))
    if said.json:
        said.json.write_text(json.dumps(out, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
