"""How well the enricher reads: languages, names, base forms, speed and memory.

    python benchmarks/enricher_quality.py DATA [langid] [forms] [speed]

DATA is the folder of the development data (`langid/`, `ner/`). Languages are measured beside
py3langid in the same run, if it is installed. Prints tables.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
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
from steppewire_enricher.langid import table
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.train import data as read
from steppewire_enricher.train.corpora import Text

UNITS = ("word", "pair", "w4", "w8", "headline", "sent", "para", "doc", "apos", "variant")
UNKNOWN_TO_PEER = ("kaa-Cyrl", "kaa-Latn", "kk-Arab", "kk-Latn")


# --- languages -----------------------------------------------------------------------------


def measure_langid(data: Path) -> None:
    model = table()
    rows = list(_langid_rows(data))
    ours = [r for r in rows if r["cls"] in model.classes]
    truth = np.array([model.classes.index(r["cls"]) for r in ours])
    units = np.array([r["unit"] for r in ours])

    started = time.process_time()
    scores, counts = model.scores([r["text"] for r in ours])
    likely = model.probabilities(scores, counts)
    strange = model.strange(scores, counts)
    seconds = time.process_time() - started
    guess = likely.argmax(axis=1)
    other = _py3langid(ours)
    shared = np.array([r["cls"] not in UNKNOWN_TO_PEER for r in ours])

    print(f"\nLanguage with script, {len(ours)} texts of other origin than the training text")
    print(f"{'unit':10} {'n':>6} {'accuracy':>9} {'macro-F1':>9} {'refused':>8} | shared classes*")
    print(f"{'':45} | {'n':>6} {'ours':>7} {'py3langid':>9}")
    for unit in UNITS:
        mask = units == unit
        both = mask & shared
        mine = _percent((guess == truth)[both])
        peer = _percent((other == truth)[both]) if other is not None else "-"
        right, f1 = (guess == truth)[mask].mean(), _macro_f1(truth[mask], guess[mask])
        print(
            f"{unit:10} {mask.sum():6} {100 * right:9.2f} {100 * f1:9.2f} "
            f"{100 * strange[mask].mean():8.2f} | "
            f"{both.sum():6} {mine:>7} {peer:>9}"
        )
    print("* classes py3langid knows, restricted to them; script read off the letters")
    print(f"{len(ours) / seconds:.0f} texts per CPU second")
    _reliability(likely.max(axis=1), guess == truth)
    _by_class(model.classes, truth, guess, units)
    _foreign(rows, model.classes)


def _langid_rows(data: Path) -> Iterator[dict[str, str]]:
    with gzip.open(data / "langid" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _percent(right: np.ndarray) -> str:
    return f"{100 * right.mean():.2f}" if len(right) else "-"


def _macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    scores = []
    for cls in np.unique(truth):
        right = ((guess == cls) & (truth == cls)).sum()
        scores.append(2 * right / ((guess == cls).sum() + (truth == cls).sum()))
    return float(np.mean(scores))


def _py3langid(rows: list[dict[str, str]]) -> np.ndarray | None:
    try:
        import py3langid
    except ImportError:
        return None
    known = {language for language, _ in py3langid.rank("a")}
    py3langid.set_languages(sorted({name.split("-")[0] for name in table().classes} & known))
    return np.array([_class_of(py3langid.classify(r["text"])[0], r["text"]) for r in rows])


def _class_of(language: str, text: str) -> int:
    cyrillic = sum("а" <= c <= "ӿ" or c in "ёіқғңөұүһ" for c in text.lower())
    arabic = sum("\u0600" <= c <= "\u06ff" for c in text)
    latin = sum("a" <= c <= "z" for c in text.lower())
    script = max((cyrillic, "Cyrl"), (arabic, "Arab"), (latin, "Latn"))[1]
    classes = table().classes
    return classes.index(f"{language}-{script}") if f"{language}-{script}" in classes else -1


def _reliability(confidence: np.ndarray, right: np.ndarray) -> None:
    print("\nconfidence     n   said  right")
    edges = (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)
    for low, high in pairwise(edges):
        mask = (confidence >= low) & (confidence < high)
        if mask.any():
            print(
                f"{low:4.2f}-{min(high, 1):4.2f} {mask.sum():6} "
                f"{confidence[mask].mean():6.3f} {right[mask].mean():6.3f}"
            )


def _by_class(
    classes: tuple[str, ...], truth: np.ndarray, guess: np.ndarray, units: np.ndarray
) -> None:
    print("\nclass      sentences and longer: n  accuracy   headlines: n  accuracy")
    long = np.isin(units, ("sent", "para", "doc", "apos", "variant"))
    short = np.isin(units, ("headline", "variant-headline"))
    for i, name in enumerate(classes):
        cells = [(mask & (truth == i)) for mask in (long, short)]
        figures = [
            f"{m.sum():6} {100 * (guess[m] == i).mean():8.2f}" if m.any() else "     0        -"
            for m in cells
        ]
        print(f"{name:10} {figures[0]:>34} {figures[1]:>20}")


def _foreign(rows: list[dict[str, str]], classes: tuple[str, ...]) -> None:
    model = table()
    foreign = [r for r in rows if r["cls"] not in classes]
    scores, counts = model.scores([r["text"] for r in foreign])
    refused = model.strange(scores, counts) | (counts == 0)
    by: dict[str, list[bool]] = defaultdict(list)
    for row, no in zip(foreign, refused, strict=True):
        by[row["cls"].removeprefix("other-")].append(bool(no))
    print(f"\nother languages: {100 * refused.mean():.1f} % of {len(foreign)} texts refused (und)")
    print(", ".join(f"{k} {sum(v)}/{len(v)}" for k, v in sorted(by.items())))


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
    "langid": measure_langid, "forms": measure_forms, "speed": measure_speed,
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
