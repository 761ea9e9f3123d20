"""Train the language tables: `python -m steppewire_enricher.train.langid DATA TEXTS [--out FILE]`.

DATA holds `langid/train.jsonl.gz`; rows whose source is a Bible translation are left out: their
licence does not allow to ship what is made of them. TEXTS is what `make langid-texts` fetched.
`langid/dev.jsonl.gz` is split by a hash of its texts: on one half the settings are fitted (two
numbers of sharpness, and a bias for each class), the other is only measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt

from steppewire_enricher import scripts
from steppewire_enricher.langid import COARSE_MOST, MOST, Floats, Scores, Table
from steppewire_enricher.langid_rows import (
    CELLS,
    Cells,
    Rows,
    packed,
    padded,
    pairs,
    places,
)
from steppewire_enricher.ngrams import (
    AT_ONCE,
    BITS,
    COARSE_NOTHING,
    NOTHING,
    SCRIPTS,
    Hashes,
    Words,
    coarse_grams,
    grams,
    words_of,
)
from steppewire_enricher.train.langid_texts import (
    OTHERS,
    Often,
    Row,
    package_grams,
    package_rows,
    read_rows,
)

VERSION = "4"
CLASSES = (
    "ba-Cyrl", "tt-Cyrl", "ru-Cyrl", "uk-Cyrl", "kk-Cyrl", "ky-Cyrl", "tg-Cyrl", "uz-Cyrl",
    "az-Cyrl", "tk-Cyrl", "kaa-Cyrl", "ug-Cyrl", "az-Latn", "tr-Latn", "kaa-Latn", "kk-Latn",
    "ug-Latn", "uz-Latn", "en-Latn", "tk-Latn", "kk-Arab", "ug-Arab",
)  # fmt: skip
"""In pairs that are alike: they are packed together."""
DAMPING = 0.75
"""Exponent of the counts: a word that an interface text repeats a thousand times is no evidence."""
UNSEEN = 3e-8
"""How likely an n-gram is that a class has never shown."""
MOST_NATS = 9.0
"""What one n-gram says at most: what is commoner is common in all languages of a script."""
GRAMS_ARE_WORTH = 1_000_000
"""Characters that a list of counted n-grams stands for, in its weight."""
WITNESS = 0.5
"""Exponent of a source's length in its weight: a long source says more, but not by its length."""
PLAIN_WEIGHS = 1.2
MOST_CHARACTERS = 1_000_000
MOST_OF_OTHERS = 250_000
"""Characters that are read of one source in one language."""
CONVERTED = 500_000
TYPED_PLAINLY = 500_000

Texts = dict[tuple[str, str], list[str]]
"""(class, source) -> texts."""
Counts = npt.NDArray[np.float32]


def shippable(rows: Iterable[Row]) -> Iterator[Row]:
    """Leave out Bible text, and what another converter than ours wrote."""
    return (r for r in rows if "bible" not in r.src and "conv" not in r.src)


def gathered(rows: Iterable[Row]) -> Texts:
    """Return the texts of each class and source, shuffled, once each, up to a length."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        texts[row.cls, row.src].append(row.text)
    out: Texts = {}
    for (cls, src), found in sorted(texts.items()):
        once = found if src.startswith("words") else list(dict.fromkeys(found))
        random.Random(7).shuffle(once)  # noqa: S311  repeatable, not secret
        most = MOST_OF_OTHERS if cls.startswith("other") else MOST_CHARACTERS
        out[cls, src] = up_to(once, most)
    return out


def up_to(texts: Iterable[str], characters: int) -> list[str]:
    """Return the first texts that have so many characters together."""
    out, read = [], 0
    for text in texts:
        if read >= characters:
            break
        out.append(text)
        read += len(text)
    return out


def _kazakh_latin(texts: list[str]) -> list[str]:
    """Write half in the decreed alphabets in turn, half in anybody's own spelling."""
    dice = random.Random(7)  # noqa: S311  repeatable, not secret
    names = scripts.KAZAKH_LATIN
    decreed = [scripts.kk_to_latin(t, names[i % len(names)]) for i, t in enumerate(texts)]
    return decreed + [scripts.kk_to_latin_freely(t, dice) for t in texts[::2]]


def _each(convert: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    return lambda texts: [convert(text) for text in texts]


CONVERTERS: dict[str, tuple[tuple[str, Callable[[list[str]], list[str]]], ...]] = {
    "kk-Cyrl": (("kk-Latn", _kazakh_latin), ("kk-Arab", _each(scripts.kk_to_arabic))),
    "uz-Latn": (("uz-Cyrl", _each(scripts.uz_to_cyrillic)),),
    "kaa-Latn": (("kaa-Cyrl", _each(scripts.kaa_to_cyrillic)),),
    "tk-Latn": (("tk-Cyrl", _each(scripts.tk_to_cyrillic)),),
    "az-Latn": (("az-Cyrl", _each(scripts.az_to_cyrillic)),),
    "ug-Arab": (
        ("ug-Cyrl", _each(scripts.ug_to_cyrillic)),
        ("ug-Latn", _each(scripts.ug_to_latin)),
    ),
}


def converted(texts: Texts) -> Texts:
    """Write texts in the other alphabets of their language, where little is written in them."""
    return {
        (cls, f"{src}>converted"): convert(up_to(found, CONVERTED))
        for (of, src), found in texts.items()
        for cls, convert in CONVERTERS.get(of, ())
        if src != "fitrat"  # has both alphabets
    }


def plainly_typed(texts: Texts) -> Texts:
    """Type a part of the texts without special letters, each in one person's way."""
    dice = random.Random(7)  # noqa: S311  repeatable, not secret
    return {
        (cls, f"{src}>plain"): [
            scripts.typed_plainly(text, cls, dice) for text in up_to(found, TYPED_PLAINLY)
        ]
        for (cls, src), found in texts.items()
        if cls in scripts.PLAINLY_TYPED
    }


def augmented(texts: Texts) -> Texts:
    """Return the texts with their conversions and plain spellings."""
    both = texts | converted(texts)
    return both | plainly_typed(both)


def counted(texts: Sequence[str], cls: str) -> tuple[Counts, Counts]:
    """Return how often the texts of a class have each row of the fine, and of the coarse table.

    Classes that are not ours have no rows in the fine one.
    """
    fine, coarse = [np.zeros(0, dtype=np.uint32)], [np.zeros(0, dtype=np.uint32)]
    joined = "\n".join(texts)
    for at in range(0, len(joined), AT_ONCE):
        words = words_of([joined[at : at + AT_ONCE]])
        coarse.append(coarse_grams(words).ravel())
        if cls in CLASSES:
            fine.append(grams(_in_script_of(words, cls)).ravel())
    return _counts(fine, NOTHING), _counts(coarse, COARSE_NOTHING)


def _counts(rows: Sequence[Hashes], nothing: int) -> Counts:
    counts = np.bincount(np.concatenate(rows), minlength=nothing + 1)
    return counts[:nothing].astype(np.float32)


def _in_script_of(words: Words, cls: str) -> Words:
    """Look for words in the rows of a class's script, whatever letters they have."""
    script = SCRIPTS.index(cls.rpartition("-")[2])
    return replace(words, script=np.full_like(words.script, script), only_script=script)


def counted_grams(often: Often, cls: str) -> Counts:
    """Return the same for n-grams of 3 to 5 letters or spaces whose frequency is known."""
    fine = np.zeros(NOTHING + 1, dtype=np.float32)
    for order, found in often.items():
        for at in range(0, len(found), AT_ONCE // 10):
            some = found[at : at + AT_ONCE // 10]
            words = _in_script_of(words_of([gram.strip() for gram, _ in some]), cls)
            whole = _one_word_each(words, [gram for gram, _ in some])
            first = np.array([not gram.startswith(" ") for gram, _ in some])
            often_so = np.array([frequency for _, frequency in some], dtype=np.float32)
            rows = grams(words)[order - 1, words.starts[whole[words.text]] + first[whole]]
            np.add.at(fine, rows, often_so[whole])
    return fine[:NOTHING]


def _one_word_each(words: Words, found: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Say which n-grams are in one word, with all their letters, and can be met in a text."""
    letters = np.bincount(words.text, words.lengths, minlength=len(found))
    whole = letters == [len(gram.strip()) for gram in found]
    return np.asarray(whole & (np.bincount(words.text, minlength=len(found)) == 1))


def likelihoods(
    texts: Texts, often: dict[str, Often], classes: Sequence[str]
) -> tuple[Counts, Counts]:
    """Return P(n-gram | class) in both tables: the weighed mean over the class's sources."""
    fine = np.zeros((NOTHING, CELLS), dtype=np.float32)
    coarse = np.zeros((COARSE_NOTHING, len(classes)), dtype=np.float32)
    cells = dict(zip(CLASSES, places(CLASSES), strict=True))
    total = np.zeros(len(classes), dtype=np.float32)
    shares = np.zeros((len(SCRIPTS), CELLS), dtype=np.float32)
    for (cls, src), found in sorted(texts.items()):
        weight = sum(map(len, found)) ** WITNESS * (PLAIN_WEIGHS if ">plain" in src else 1)
        counts, rough = counted(found, cls)
        if cls in cells:
            fine[:, cells[cls][1]] += weight * damped(counts)
            shares[cells[cls]] += weight
        coarse[:, classes.index(cls)] += weight * damped(rough)
        total[classes.index(cls)] += weight
    for cls, of_class in sorted(often.items()):
        weight = GRAMS_ARE_WORTH**WITNESS
        fine[:, cells[cls][1]] += weight * damped(counted_grams(of_class, cls))
        shares[cells[cls]] += weight
    fine /= np.maximum(shares, 1).repeat([1 << bits for bits in BITS], axis=0)
    return fine, coarse / total


def damped(counts: Counts) -> Counts:
    """Return shares of a source in which what is frequent has less than it has."""
    powers = counts**DAMPING
    return np.asarray(powers / max(float(powers.sum()), 1e-9))


def quantised(likely: Counts, most: int, most_nats: float | None = None) -> tuple[Cells, float]:
    """Return log P(n-gram | class) against one never seen, in steps, and a step's size.

    What is above `most_nats` is cut; without it, the largest has the last step.
    """
    nats = np.log1p(likely / np.float32(UNSEEN))
    scale = (most_nats or float(nats.max())) / most
    rows, columns = nats.shape
    cells = np.zeros((rows + 1, padded(columns)), dtype=np.uint8)
    cells[:-1, :columns] = np.minimum(np.round(nats / np.float32(scale)), most)
    return cells, scale


def in_rows(cells: Cells) -> Rows:
    """Put sixteen cells of four bits into one number, each beside the next."""
    by_byte = cells[:, ::2] | cells[:, 1::2] << 4
    return np.ascontiguousarray(by_byte).view(np.uint64)[:, 0]


def build(texts: Texts, often: dict[str, Often]) -> Table:
    """Train tables, not yet fitted."""
    others = tuple(f"other-{name}" for name in OTHERS)
    likely, rough = likelihoods(augmented(texts), often, (*CLASSES, *others))
    fine, fine_scale = quantised(likely, MOST, MOST_NATS)
    coarse, coarse_scale = quantised(rough, COARSE_MOST)
    return Table(
        classes=CLASSES, others=others, fine=in_rows(fine), fine_scale=fine_scale, coarse=coarse,
        coarse_scale=coarse_scale, sharpness=(1.0, 0.5),
        bias=np.zeros(len(CLASSES), dtype=np.float32),
        usual=np.zeros(len(CLASSES), dtype=np.float32), version=VERSION,
    )  # fmt: skip


# --- settings ----------------------------------------------------------------------


def is_for_settings(text: str) -> bool:
    """Say whether a development text is for settings; the others are only measured."""
    return zlib.crc32(text.lower().encode()) % 2 == 0


FITTED_ON = ("word", "pair", "w4", "w8", "headline", "sent", "variant", "variant-headline")
"""With those of rare alphabets: without text of its own, a class has only a bias against it."""
STEPS = 400
HELD_TO_NOTHING = 0.01
"""Pull of every bias to none."""


def fitted(table: Table, rows: Sequence[dict[str, str]]) -> Table:
    """Fit sharpness and bias by likelihood, and the readiness to refuse, on development rows."""
    known = [r for r in rows if r["cls"] in CLASSES and r["unit"] in FITTED_ON]
    known += _typed_plainly(known)
    scores = table.scores([r["text"] for r in known])
    truth = np.array([CLASSES.index(r["cls"]) for r in known])
    weight = np.array([1.0 if r["unit"] == "word" else 0.5 for r in known])
    sharpness, bias = _sharpness_and_bias(scores, truth, weight / weight.sum())
    return replace(table, sharpness=sharpness, bias=bias, usual=_usual(table, rows))


def _typed_plainly(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    dice = random.Random(3)  # noqa: S311  repeatable, not secret
    return [
        r | {"text": scripts.typed_plainly(r["text"], r["cls"], dice)}
        for r in rows
        if r["cls"] in scripts.PLAINLY_TYPED and r["unit"] in ("w8", "headline")
    ]


MOST_REACH = 0.5
"""Quantile of a class's own texts that is usual; what is below costs a second look, no more."""


def _usual(table: Table, rows: Sequence[dict[str, str]]) -> Floats:
    """Return for each class the score of a gram that half of the texts of its own reach."""
    units = (*FITTED_ON, "apos", "para")
    own = [r for r in rows if r["cls"] in CLASSES and r["unit"] in units]
    scores = table.scores([r["text"] for r in own])
    truth = np.array([CLASSES.index(r["cls"]) for r in own])
    fit = scores.ours[np.arange(len(own)), truth] / np.maximum(scores.grams, 1)
    # a class without development text always has the second look
    return np.array(
        [
            np.quantile(fit[truth == c], MOST_REACH) if (truth == c).any() else np.inf
            for c in range(len(CLASSES))
        ],
        dtype=np.float32,
    )


def _sharpness_and_bias(
    scores: Scores, truth: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]
) -> tuple[tuple[float, float], Floats]:
    """Go down the slope of the log-loss, with momentum."""
    n = np.maximum(scores.grams, 1).astype(np.float64)
    log_a, b, bias = 0.0, 0.5, np.zeros(scores.ours.shape[1])
    push_a, push_b, push = 0.0, 0.0, np.zeros_like(bias)
    for _ in range(STEPS):
        sharp = (np.exp(log_a) * n**-b)[:, None] * scores.ours
        logits = sharp + bias
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        likely[np.arange(len(truth)), truth] -= 1
        likely *= weight[:, None]
        slope = (likely * sharp).sum(axis=1)
        push_a = 0.9 * push_a + slope.sum()
        push_b = 0.9 * push_b - (slope * np.log(n)).sum()
        push = 0.9 * push + likely.sum(axis=0) + HELD_TO_NOTHING / len(bias) * bias
        log_a, b, bias = log_a - 0.05 * push_a, b - 0.02 * push_b, bias - 0.3 * push
    return (round(float(np.exp(log_a)), 3), round(float(b), 3)), bias.round(2).astype(np.float32)


# --- the command -------------------------------------------------------------------


def save(table: Table, path: Path) -> None:
    """Write a table, each column by itself; the same table gives the same bytes."""
    fine, fine_ends = packed(pairs(table.fine, table.classes))
    width = len(table.classes) + len(table.others)
    coarse, coarse_ends = packed(table.coarse[:-1, column] for column in range(width))
    arrays = {
        "classes": np.array(table.classes),
        "others": np.array(table.others),
        "fine": fine,
        "fine_ends": fine_ends,
        "fine_scale": np.array(table.fine_scale),
        "coarse": coarse,
        "coarse_ends": coarse_ends,
        "coarse_scale": np.array(table.coarse_scale),
        "sharpness": np.array(table.sharpness),
        "bias": table.bias,
        "usual": table.usual,
        "version": np.array(table.version),
    }
    with ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            raw = BytesIO()
            np.save(raw, array)
            # a date of its own would make every training another file
            archive.writestr(ZipInfo(f"{name}.npy"), raw.getvalue())


def development(path: Path) -> list[dict[str, str]]:
    """Read the development texts that settings are fitted on."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if is_for_settings(row["text"])]


def main() -> None:
    """Train, fit, save and say what was made."""
    parser = argparse.ArgumentParser(description="Train the language tables.")
    parser.add_argument("data", type=Path, help="folder that holds langid/train.jsonl.gz")
    parser.add_argument("texts", type=Path, help="folder that `make langid-texts` filled")
    here = Path(__file__).parents[1] / "models" / "langid.npz"
    parser.add_argument("--out", type=Path, default=here)
    options = parser.parse_args()
    for needed in (options.data / "langid" / "train.jsonl.gz", options.texts / "apt"):
        if not needed.exists():
            parser.error(f"{needed} is not there; `make langid-texts` fetches TEXTS")
    rows = [*read_rows(options.data / "langid" / "train.jsonl.gz"), *package_rows(options.texts)]
    table = build(gathered(shippable(rows)), package_grams(options.texts))
    table = fitted(table, development(options.data / "langid" / "dev.jsonl.gz"))
    save(table, options.out)
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB, {len(CLASSES)} classes")
    print(f"sharpness {table.sharpness}; measure with make quality-langid")


if __name__ == "__main__":
    main()
