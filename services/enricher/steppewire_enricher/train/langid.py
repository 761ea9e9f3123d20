"""Train the language table: `python -m steppewire_enricher.train.langid DATA [--out FILE]`.

DATA holds `langid/train.jsonl.gz` (and `dev.jsonl.gz`, which is only measured). Rows whose
source is a Bible translation are left out: their licence does not allow to ship what is made of
them. Takes about a minute on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from steppewire_enricher import scripts
from steppewire_enricher.langid import BITS, Floats, Table, grams

VERSION = "1"
CLASSES = (
    "az-Latn", "ba-Cyrl", "en-Latn", "kaa-Cyrl", "kaa-Latn", "kk-Arab", "kk-Cyrl", "kk-Latn",
    "ky-Cyrl", "ru-Cyrl", "tg-Cyrl", "tk-Latn", "tr-Latn", "tt-Cyrl", "ug-Arab", "uk-Cyrl",
    "uz-Cyrl", "uz-Latn",
)  # fmt: skip
DAMPING = 0.5
"""Exponent of the counts: a word that an interface text repeats a thousand times is no evidence."""
SMOOTHING = 0.05
OTHER_ORIGIN = ("tatoeba", "ud", "gatitos")
"""Sources held out to calibrate: text of other origin than the rest of the training text."""
PLAIN = {
    "kk-Cyrl": ("әғқңөұүіһ", "агкноууих"),
    "ky-Cyrl": ("ңөү", "ноу"),
    "tt-Cyrl": ("әөүҗңһ", "аоужнх"),
    "ba-Cyrl": ("ғҙҡңөҫүһә", "гзкносуха"),
    "tg-Cyrl": ("ғӣқӯҳҷ", "гикухч"),
    "uz-Cyrl": ("ўқғҳ", "укгх"),
    "az-Latn": ("əğıöşüç", "egiosuc"),
    "tr-Latn": ("ğıöşüç", "giosuc"),
    "tk-Latn": ("äžňöşüýç", "ajnosuyc"),
}
"""Text typed without the special letters, as phones and old sites write it."""
PLAIN_SHARE = 0.15


@dataclass(frozen=True)
class Row:
    """One training text."""

    text: str
    cls: str
    src: str


def read(path: Path) -> Iterator[Row]:
    """Read rows of `langid/*.jsonl.gz` in our classes."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["cls"] in CLASSES:
                yield Row(row["text"], row["cls"], row["src"])


def shippable(rows: Iterable[Row]) -> list[Row]:
    """Leave out Bible text and repeated lines."""
    return list({(r.cls, r.text): r for r in rows if "bible" not in r.src}.values())


def converted(rows: Iterable[Row]) -> Iterator[Row]:
    """Write texts in the other alphabets of their language, where little is written in them."""
    for i, row in enumerate(rows):
        if "conv" in row.src:
            continue
        if row.cls == "kk-Cyrl":
            alphabet = scripts.KAZAKH_LATIN[i % len(scripts.KAZAKH_LATIN)]
            yield Row(scripts.kk_to_latin(row.text, alphabet), "kk-Latn", row.src)
            if i % 2:
                yield Row(scripts.kk_to_arabic(row.text), "kk-Arab", row.src)
        elif row.cls == "uz-Latn":
            yield Row(scripts.uz_to_cyrillic(row.text), "uz-Cyrl", row.src)
        elif row.cls == "kaa-Latn" and i % 2:
            yield Row(scripts.kaa_to_cyrillic(row.text), "kaa-Cyrl", row.src)


def plainly_typed(rows: Iterable[Row]) -> Iterator[Row]:
    """Type a share of the texts without special letters."""
    dice = random.Random(7)  # noqa: S311  repeatable, not secret
    for row in rows:
        if row.cls in PLAIN and dice.random() < PLAIN_SHARE:
            special, plain = PLAIN[row.cls]
            table = str.maketrans(special + special.upper(), plain + plain.upper())
            yield Row(row.text.translate(table), row.cls, row.src)


def augmented(rows: list[Row]) -> list[Row]:
    """Return the rows with their conversions and plain spellings."""
    rows = rows + list(converted(rows))
    return rows + list(plainly_typed(rows))


def counts(rows: Iterable[Row]) -> npt.NDArray[np.float64]:
    """Return how often each class has each bucket."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[row.cls].append(row.text)
    columns = [np.bincount(grams("\n".join(texts[name])), minlength=1 << BITS) for name in CLASSES]
    return np.stack(columns, axis=1).astype(np.float64)


def log_ratios(table: npt.NDArray[np.float64]) -> Floats:
    """Return log P(gram | class) against a gram that the class has never seen, in nats."""
    damped = table**DAMPING
    total = damped.sum(axis=0) + SMOOTHING * len(table)
    likely = np.log((damped + SMOOTHING) / total)
    return np.asarray(likely - likely.min(), dtype=np.float32)


def quantised(rows: Floats) -> tuple[npt.NDArray[np.int8], float]:
    """Return the table in 256 steps, and the size of a step."""
    scale = float(rows.max()) / 254
    return (np.round(rows / scale) - 127).astype(np.int8), scale


def build(rows: list[Row], sharpness: tuple[float, float], usual: Floats) -> Table:
    """Train a table."""
    cells, scale = quantised(log_ratios(counts(rows)))
    return Table(CLASSES, cells, scale, sharpness, usual, VERSION)


def windows(rows: Iterable[Row]) -> Iterator[Row]:
    """Cut texts to 1, 2, 4, 8, 16 words, or leave them whole."""
    dice = random.Random(11)  # noqa: S311  repeatable, not secret
    for row in rows:
        words = row.text.split()
        size = dice.choice((1, 2, 4, 8, 16, len(words)))
        start = dice.randint(0, max(0, len(words) - size))
        cut = " ".join(words[start : start + size])
        if any(letter.isalpha() for letter in cut):
            yield Row(cut, row.cls, row.src)


def calibrate(rows: list[Row]) -> tuple[tuple[float, float], Floats]:
    """Fit sharpness and strangeness on sources that a second table was not trained on."""
    base = [row for row in rows if row.src not in OTHER_ORIGIN]
    held = [row for row in rows if row.src in OTHER_ORIGIN]
    classes = {row.cls for row in base}
    random.Random(5).shuffle(held)  # noqa: S311  repeatable, not secret
    held = list(windows([row for row in held if row.cls in classes]))[:30_000]
    trial = build(augmented(base), (1.0, 0.0), np.zeros((len(CLASSES), 3), dtype=np.float32))
    scores, n = trial.scores([row.text for row in held])
    truth = np.array([CLASSES.index(row.cls) for row in held])
    return _sharpness(trial, scores, n, truth), _usual(scores, n, truth)


def _sharpness(
    trial: Table, scores: Floats, n: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]
) -> tuple[float, float]:
    def loss(a: float, b: float) -> float:
        fitted = Table(trial.classes, trial.rows, trial.scale, (a, b), trial.usual, VERSION)
        likely = fitted.probabilities(scores, n)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(likely, 1e-6)).mean())

    grid = [(a, b) for a in np.geomspace(0.02, 8, 30) for b in np.linspace(0, 1, 11)]
    best = min(grid, key=lambda pair: loss(*pair))
    return float(best[0]), float(best[1])


def _usual(scores: Floats, n: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> Floats:
    """Return (mean, spread of a gram, spread of a text) for each class; robust, from medians."""
    fit = scores[np.arange(len(truth)), truth] / np.maximum(n, 1)
    rows = [_usual_of(fit[truth == c], n[truth == c]) for c in range(len(CLASSES))]
    # Classes without text of other origin get the mean of the others, and more room.
    known = np.array([row for row in rows if row is not None]).mean(axis=0) * (1, 1.3, 1.6)
    return np.array([known if row is None else row for row in rows], dtype=np.float32)


def _usual_of(fit: Floats, n: npt.NDArray[np.int64]) -> tuple[float, float, float] | None:
    short, long = fit[n < 60], fit[n >= 60]
    if len(short) < 50 or len(long) < 50:
        return None  # too little text of other origin: the mean over the other classes serves
    mean = float(np.median(long))
    of_text = float(np.median(np.abs(long - mean))) * 1.4826
    scaled = np.abs(short - mean) * np.sqrt(np.maximum(n[n < 60], 1))
    return mean, float(np.median(scaled)) * 1.4826, of_text


def save(table: Table, path: Path) -> None:
    """Write a table."""
    np.savez_compressed(
        path,
        classes=np.array(table.classes),
        rows=table.rows,
        scale=table.scale,
        sharpness=np.array(table.sharpness),
        usual=table.usual,
        version=table.version,
    )


def main() -> None:
    """Train, save and say what was made."""
    parser = argparse.ArgumentParser(description="Train the language table.")
    parser.add_argument("data", type=Path, help="folder that holds langid/train.jsonl.gz")
    here = Path(__file__).parents[1] / "models" / "langid.npz"
    parser.add_argument("--out", type=Path, default=here)
    options = parser.parse_args()
    rows = shippable(read(options.data / "langid" / "train.jsonl.gz"))
    sharpness, usual = calibrate(rows)
    table = build(augmented(rows), sharpness, usual)
    save(table, options.out)
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB, {len(CLASSES)} classes")
    print(f"sharpness {sharpness}; measure with benchmarks/enricher_quality.py")


if __name__ == "__main__":
    main()
