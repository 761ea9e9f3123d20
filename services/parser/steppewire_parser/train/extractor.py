"""Train the extractor: `python -m steppewire_parser.train.extractor DATA [--out FILE]`.

DATA holds unpacked page sets, each a folder with `truth.json` and `pages/`. What ships has learned
from all of their hosts. With --measure it is a trial: one host in four is not learned from, and the
scores are from those hosts, beside nothing; for other tools on the same pages,
`make quality-pages`. The same pages and seed give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np

from steppewire_parser.extract.choose import chosen
from steppewire_parser.extract.context import context
from steppewire_parser.extract.features import Floats, Page, features, page_of
from steppewire_parser.extract.hints import Hints, read_hints
from steppewire_parser.extract.likeness import portrait
from steppewire_parser.extract.model import Model, Stage, stored
from steppewire_parser.extract.walk import walked
from steppewire_parser.nodes import tree_of
from steppewire_parser.train.nets import Flags, Rows, Settings, fit_stage
from steppewire_parser.train.pages import Sample, samples
from steppewire_parser.train.truth import Alignment, kept_and_left, precision_recall

SETS = {"fundus-parser": 1.0, "fundus-eval": 1.0, "wcxb-article": 0.5}
"""What a page of a set counts. The truth of the last was drafted by a model."""
MEASURED = (*SETS, "fundus-eval-kk", "newspaper", "trafilatura-eval")
"""Of the pages of the last, only a few strings are known that are in the body, or are not."""
OTHERS = "wcxb-other"
"""Pages that are no articles."""
FOLDS = 3
LIKENESS = Settings(hidden=(12,), epochs=60, batch=64, decay=1e-2, votes=4)
# Pages whose blocks cannot make up their truth, or that the others contradict, teach noise.
POSSIBLE, PLAUSIBLE, DOUBTED = 0.8, 0.7, 0.15
# Most blocks of a page are menus that anything tells apart: one in five of them is enough.
EASY_LINKED, EASY_CHARS, EASY_SHARE = 0.8, 25, 0.2
# A page of few words does not count more than one of many; nor does a single block.
MIN_SHINGLES, LEAST = 60, 0.003


@dataclass(frozen=True)
class Lesson:
    """A page with its features and its truth."""

    sample: Sample
    page: Page
    hints: Hints
    table: Floats
    label: Flags
    weight: Floats
    kept: Flags


def lesson(sample: Sample, random: np.random.Generator) -> Lesson | None:
    """Return what a page teaches; None where it has no text or its truth cannot be made of it."""
    parser = tree_of(sample.html)
    flat, seen = walked(parser.root) if parser.root else (None, None)
    if flat is None or seen is None or not flat.text or not sample.body:
        return None
    page, hints = page_of(flat), read_hints(seen.named)
    truth = Alignment(flat.text, sample.body)
    if truth.f1 < POSSIBLE:
        return None
    label = truth.labels()
    words = np.array([max(len(tokens), 2) for tokens in truth.tokens], np.float32)
    weight = np.minimum(words / max(truth.size, MIN_SHINGLES), 1) + LEAST
    easy = ~label & ((page.linked > EASY_LINKED * page.solid) | (page.size < EASY_CHARS))
    kept = ~easy | (random.random(len(label)) < EASY_SHARE)
    weight = np.where(easy, weight / EASY_SHARE, weight) * SETS[sample.set]
    table = features(page, hints)
    return Lesson(sample, page, hints, table, label, weight.astype(np.float32), kept)


def stranger(sample: Sample) -> Lesson | None:
    """Return a page that is no article; None where it has no text at all."""
    parser = tree_of(sample.html)
    flat, seen = walked(parser.root) if parser.root else (None, None)
    if flat is None or seen is None or not flat.text:
        return None
    page, hints = page_of(flat), read_hints(seen.named)
    none = np.zeros(page.rows, bool)
    return Lesson(sample, page, hints, features(page, hints), none, page.size, none)


def train(lessons: list[Lesson], others: list[Lesson], settings: Settings, seed: int) -> Model:
    """Fit all stages; each learns from what those before it say about pages they have not seen."""
    trusted = [_trusted(one, score) for one, score in _unseen(lessons, settings, seed)]
    seconds = [_with_context(one, score) for one, score in _unseen(trusted, settings, seed)]
    first = fit_stage(_rows(trusted), settings, seed)
    second = fit_stage(_rows(seconds), settings, seed + 100)
    articles = [
        portrait(one.page, score, one.hints)
        for one, score in _unseen(seconds, settings, seed + 100)
    ]
    strangers = [_strange(one, first, second) for one in others]
    return Model(first, second, fit_stage(_pages(articles, strangers), LIKENESS, seed))


def _strange(one: Lesson, first: Stage, second: Stage) -> Floats:
    with_context = _with_context(one, first.score(one.table))
    return portrait(one.page, second.score(with_context.table), one.hints)


def _pages(articles: list[Floats], others: list[Floats]) -> Rows:
    """Return what tells pages apart; both kinds weigh the same."""
    label = np.array([True] * len(articles) + [False] * len(others))
    weight = np.where(label, 1 / len(articles), 1 / len(others)).astype(np.float32)
    return Rows(np.concatenate((*articles, *others)), label, weight)


def _unseen(
    lessons: list[Lesson], settings: Settings, seed: int
) -> Iterator[tuple[Lesson, Floats]]:
    """Yield each lesson with the scores of networks that learned from other hosts only."""
    stages: list[Stage] = [
        fit_stage(
            _rows(one for one in lessons if one.sample.fold(FOLDS) != part), settings, seed + part
        )
        for part in range(FOLDS)
    ]
    for one in lessons:
        yield one, stages[one.sample.fold(FOLDS)].score(one.table)


def _trusted(one: Lesson, score: Floats) -> Lesson:
    """Return the lesson, with less weight where all the other pages contradict its truth."""
    found = "\n".join(
        text for text, good in zip(one.page.flat.text, score > 0.5, strict=True) if good
    )
    plausible = _f1(*precision_recall(found, one.sample.body or "")) >= PLAUSIBLE
    return one if plausible else replace(one, weight=one.weight * np.float32(DOUBTED))


def _with_context(one: Lesson, score: Floats) -> Lesson:
    return replace(one, table=np.concatenate((one.table, context(one.page, score)), axis=1))


def _rows(lessons: Iterable[Lesson]) -> Rows:
    kept = [(one.table[one.kept], one.label[one.kept], one.weight[one.kept]) for one in lessons]
    tables, labels, weights = zip(*kept, strict=True)
    return Rows(np.concatenate(tables), np.concatenate(labels), np.concatenate(weights))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-9, precision + recall)


def _read(model: Model, sample: Sample) -> str:
    parser = tree_of(sample.html)
    flat, seen = walked(parser.root) if parser.root else (None, None)
    if flat is None or seen is None or not flat.text:
        return ""
    page = page_of(flat)
    keep = chosen(page, model.score(page, features(page, read_hints(seen.named))))
    return "\n".join(text for text, good in zip(flat.text, keep, strict=True) if good)


def report(model: Model, folder: Path, held: Callable[[Sample], bool]) -> Iterator[str]:
    """Yield a line for each set: body F1, precision, recall over pages; else of strings."""
    for name in MEASURED:
        if not (folder / name).is_dir():
            continue
        read = [(one, _read(model, one)) for one in samples(folder, name) if held(one)]
        bodies = [precision_recall(found, one.body) for one, found in read if one.body]
        strings = [kept_and_left(found, one.wanted, one.unwanted) for one, found in read]
        told = _of_bodies(bodies) if bodies else _of_strings(strings)
        yield f"{name:16} {len(bodies or strings):4} pages  {told}"


def _of_bodies(pages: Sequence[tuple[float, float]]) -> str:
    precision, recall = (sum(column) / len(pages) for column in zip(*pages, strict=True))
    bad = sum(_f1(*one) < 0.5 for one in pages)
    return f"F1 {_f1(precision, recall):.4f}  P {precision:.3f}  R {recall:.3f}  below 0.5: {bad}"


def _of_strings(pages: Sequence[tuple[float | None, float | None]]) -> str:
    kept = [share for share, _ in pages if share is not None]
    left = [share for _, share in pages if share is not None]
    return f"wanted strings kept {fmean(kept):.4f}  unwanted left out {fmean(left):.4f}"


def main() -> None:
    """Train, save, and say how good it is."""
    options = _arguments()
    random = np.random.default_rng(options.seed)
    every = not options.measure
    pages = (one for name in SETS for one in _learned(options.data, name, every))
    lessons = [found for one in pages if (found := lesson(one, random)) is not None]
    print(f"learning from {len(lessons)} pages, {sum(len(one.label) for one in lessons)} blocks …")
    others = [found for one in _learned(options.data, OTHERS, every) if (found := stranger(one))]
    model = train(lessons, others, Settings(), options.seed)
    if options.out:
        options.out.write_bytes(stored(model))
        print(f"{options.out}: {options.out.stat().st_size} bytes")
    if options.measure:
        print("hosts that were never learned from:")
        for line in report(model, options.data, lambda one: one.held_out):
            print(line)


def _learned(folder: Path, name: str, every: bool) -> Iterator[Sample]:
    return (one for one in samples(folder, name) if every or not one.held_out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the unpacked page sets")
    default = Path(__file__).parents[1] / "models" / "extractor.npz"
    parser.add_argument("--out", type=Path, help="the file to write (of a trial: none)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help="a trial: score hosts held out")
    options = parser.parse_args()
    if not options.out and not options.measure:
        options.out = default
    needed = (*SETS, OTHERS)
    missing = [name for name in needed if not (options.data / name / "truth.json").is_file()]
    if missing:
        parser.error(f"{options.data} has no {missing[0]}/truth.json: unpack the page sets there")
    return options


if __name__ == "__main__":
    main()
