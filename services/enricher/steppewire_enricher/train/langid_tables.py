"""From texts to tables of n-grams: what each class and source weighs, counts, and says."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from steppewire_enricher import scripts
from steppewire_enricher.langid import COARSE_MOST, MOST, Table
from steppewire_enricher.langid_rows import (
    CELLS,
    Cells,
    Rows,
    padded,
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
