"""How well the enricher reads: names, base forms, speed and memory.

    python benchmarks/enricher_quality.py DATA [forms] [speed]

DATA is the folder of the development data (`ner/`). Prints tables.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from steppewire.events import (
    Article,
    ArticleParsed,
    Extraction,
    Fetch,
    Paragraph,
)
from steppewire_enricher.enrich import enrich
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.train import data as read
from steppewire_enricher.train.corpora import Text

# --- base forms ----------------------------------------------------------------------------


def measure_forms(data: Path) -> None:
    treebanks = {
        "kk": data / "ner/morphology/ud_kazakh_ktb/kk_ktb-ud-test.conllu",
        "uz": data / "ner/morphology/ud_uzbek_ut/uz_ut-ud-test.conllu",
    }
    print("\nBase form of proper nouns, word by word, against UD lemmas (identity beside it)")
    for language, path in treebanks.items():
        pairs = list(_proper_nouns(path))
        bases = ((normal_form(word, "MISCELLANEOUS", language), lemma) for word, lemma in pairs)
        right = sum(_same(base, lemma) for base, lemma in bases)
        same = sum(_same(word, lemma) for word, lemma in pairs)
        print(f"{language}  n {len(pairs):5}  {right / len(pairs):.3f}  ({same / len(pairs):.3f})")
    pairs = list(_mentions_and_bases(data / "ner/bsnlp2021/covid-19"))
    for type_ in ("PERSON", "GPE"):
        some = [(m, b) for t, m, b in pairs if t == type_]
        right = sum(_same(normal_form(m, type_, "ru"), b) for m, b in some)
        print(
            f"ru  n {len(some):5}  {right / len(some):.3f}  "
            f"({sum(_same(m, b) for m, b in some) / len(some):.3f})  {type_}, BSNLP-2021 covid-19"
        )


def _same(one: str, other: str) -> bool:
    def plain(text: str) -> str:
        return "".join(c for c in text.casefold().replace("ё", "е") if c.isalnum())

    return plain(one) == plain(other)


def _proper_nouns(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").split("\n"):
        cells = line.split("\t")
        if len(cells) > 3 and cells[3] == "PROPN":
            yield cells[1], cells[2]


def _mentions_and_bases(folder: Path) -> Iterator[tuple[str, str, str]]:
    types = {"PER": "PERSON", "LOC": "GPE"}
    seen = set()
    for path in sorted((folder / "annotations").glob("*.out")):
        for line in path.read_text("utf-8").split("\n")[1:]:
            cells = line.split("\t")
            if len(cells) == 4 and cells[2] in types:
                seen.add((types[cells[2]], cells[0], cells[1]))
    yield from sorted(seen)


# --- speed ---------------------------------------------------------------------------------


def measure_speed(data: Path) -> None:
    articles = list(_articles(data))
    started = time.process_time()
    enrich(articles[0])
    first = time.process_time() - started
    for article in articles[:20]:
        enrich(article)
    print(f"\nSpeed of the whole recipe, articles of 2,500 characters; first article {first:.2f} s")
    by: dict[str, list[float]] = defaultdict(list)
    for article in articles[20:]:
        started = time.process_time()
        enriched = enrich(article)
        by[enriched.enrichment.languages.article.tag].append(time.process_time() - started)
    for tag, seconds in sorted(by.items()):
        print(f"{tag:8} n {len(seconds):4}  {1 / np.mean(seconds):6.1f} articles per CPU second")
    spent = [s for seconds in by.values() for s in seconds]
    print(f"{'all':8} n {len(spent):4}  {1 / np.mean(spent):6.1f} articles per CPU second")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _articles(data: Path) -> Iterator[ArticleParsed]:
    folder = data / "ner"
    streams = [
        iter(_chunks(read.kaznerd("dev")(folder))),
        iter(_chunks(read.nerel("dev")(folder))),
        iter(_chunks(read.wikigold(folder))),
        iter(_chunks(_uzbek_plain(folder))),
    ]
    for _ in range(30):
        for stream in streams:
            text = next(stream, None)
            if text is not None:
                yield _parsed(text)


def _uzbek_plain(folder: Path) -> Iterator[Text]:
    yield from read.uzbek("Latn")(folder)
    yield from read.uzbek("Cyrl")(folder)


def _chunks(texts: Iterable[Text]) -> Iterator[str]:
    gathered = ""
    for text in texts:
        gathered = f"{gathered}\n{text.text}" if gathered else text.text
        while len(gathered) >= 2_500:
            yield gathered[:2_500]
            gathered = gathered[2_500:]


def _parsed(text: str) -> ArticleParsed:
    now = datetime(2024, 3, 10, tzinfo=UTC)
    lines = [line for line in text.split("\n") if line.strip()]
    grouped = ["\n".join(lines[i : i + 3]) for i in range(1, len(lines), 3)]
    return ArticleParsed(
        article=Article(
            article_id="0" * 32,
            version_id="0" * 32,
            url="https://example.org/1",
            source="bench",
            title=lines[0][:120],
            paragraphs=tuple(Paragraph(text=p) for p in grouped),
            published_at=now,
        ),
        fetch=Fetch(
            link_id="0" * 32, url="https://example.org/1", final_url="https://example.org/1",
            source="bench", fetched_at=now, status=200, blob=f"sha256:{'0' * 64}", size=1,
        ),
        extraction=Extraction(parser="bench", method="generic", charset="utf-8"),
    )  # fmt: skip


PARTS = {
    "forms": measure_forms, "speed": measure_speed,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the enricher.")
    parser.add_argument("data", type=Path)
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], default=[])
    options = parser.parse_args()
    for part in options.part or PARTS:
        PARTS[part](options.data)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
