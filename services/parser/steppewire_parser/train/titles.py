"""Learn the weights of titles: `python -m steppewire_parser.train.titles DATA [--out FILE]`.

DATA holds the unpacked page sets. A title is learned from where it is among the candidates; hosts
that are held out are not looked at. Takes ten seconds on one core; the same data, the same file.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from steppewire.errors import Reject
from steppewire_parser import document, ranker
from steppewire_parser.headings import read_headings
from steppewire_parser.headlines import Candidate, candidates, length_of, site_of, words_of
from steppewire_parser.structured import read_structured
from steppewire_parser.train.pages import Sample, samples

SHIPPED = Path(__file__).parents[1] / "models" / "titles.json"
SETS = ("fundus-parser", "wcxb-article", "trafilatura-eval")
RIDGE = 0.001
"""Pull of all weights towards zero."""
RARE = 5
"""A mark on fewer candidates tells of one site, not of all."""
STEPS = 30

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """The candidates of one page, and which of them is the title."""

    host: str
    source: str
    found: tuple[Candidate, ...]
    answer: int


def questions(folder: Path, name: str) -> Iterator[Question]:
    """Read the pages of a set that can be learned from: the title is among the candidates."""
    for sample in samples(folder, name):
        if sample.title and sample.host and not sample.held_out:
            found = read_candidates(sample)
            answer = _answer(found, sample.title)
            if answer is not None and len(found) > 1:
                yield Question(sample.host, name, found, answer)


def read_candidates(sample: Sample) -> tuple[Candidate, ...]:
    """Return what the parser would choose from."""
    try:
        page = document.read(sample.html)
    except Reject:
        return ()
    said = read_structured(page, sample.url)
    host = urlsplit(sample.url).hostname or ""
    told = [*said.headlines, ("title", page.title)]
    return tuple(candidates(told, read_headings(page, host), site_of(host, said.publishers)))


def _answer(found: Sequence[Candidate], title: str) -> int | None:
    wanted = words_of(title)
    right = (i for i, c in enumerate(found) if words_of(c.texts[0][1]) == wanted)
    return next(right, None)


def learn(asked: Sequence[Question]) -> dict[str, float]:
    """Return the weights under which the right candidates are most probable: a convex problem."""
    names = _names(asked)
    rows = np.array([_row(c, names) for q in asked for c in q.found])
    starts = np.cumsum([0, *(len(q.found) for q in asked[:-1])])
    right = starts + np.array([q.answer for q in asked])
    weights = _newton(rows, starts, right, _shares(asked))
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}


def _names(asked: Iterable[Question]) -> list[str]:
    counts = Counter(mark for q in asked for c in q.found for mark in c.marks)
    return [ranker.LENGTH, *sorted(mark for mark, n in counts.items() if n >= RARE)]


def _row(candidate: Candidate, names: Sequence[str]) -> list[float]:
    marks = candidate.marks
    return [length_of(candidate), *(float(name in marks) for name in names[1:])]


def _shares(asked: Sequence[Question]) -> Floats:
    """Weigh pages so that neither a large set nor a site with many pages speaks for all."""
    hosts, sources = Counter(q.host for q in asked), Counter(q.source for q in asked)
    shares = np.array([(hosts[q.host] * sources[q.source]) ** -0.5 for q in asked])
    scaled: Floats = shares / shares.sum()
    return scaled


def _newton(rows: Floats, starts: npt.NDArray[np.int64], right: Floats, shares: Floats) -> Floats:
    """Minimise the regularised log loss of a softmax within each page."""
    page = np.zeros(len(rows), dtype=int)
    page[starts[1:]] = 1
    page = np.cumsum(page)
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chances = _chances(rows @ weights, starts, page)
        weighed = chances * shares[page]
        slope = rows.T @ weighed - rows[right].T @ shares + RIDGE * weights
        means = np.add.reduceat(rows * chances[:, None], starts, axis=0)
        spread = rows.T @ (rows * weighed[:, None]) - (means * shares[:, None]).T @ means
        step = np.linalg.solve(spread + RIDGE * np.eye(len(weights)), slope)
        weights -= step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _chances(scores: Floats, starts: npt.NDArray[np.int64], page: npt.NDArray[np.int64]) -> Floats:
    powers = np.exp(scores - np.maximum.reduceat(scores, starts)[page])
    chances: Floats = powers / np.add.reduceat(powers, starts)[page]
    return chances


def main(argv: Sequence[str] | None = None) -> None:
    """Learn and write the file."""
    parser = argparse.ArgumentParser(description="learn the weights of titles")
    parser.add_argument("data", type=Path, help="folder with the unpacked page sets")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="the file to write")
    options = parser.parse_args(argv)
    missing = [name for name in SETS if not (options.data / name / "truth.json").is_file()]
    if missing:
        parser.error(f"{options.data} has no {missing[0]}/truth.json: unpack the page sets there")
    asked = [question for name in SETS for question in questions(options.data, name)]
    weights = learn(asked)
    note = {"pages": len(asked), "hosts": len({q.host for q in asked}), "weights": weights}
    options.out.write_text(json.dumps(note, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"{len(asked)} pages of {note['hosts']} hosts, {len(weights)} weights: {options.out}")


if __name__ == "__main__":
    main()
