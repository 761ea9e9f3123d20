"""The language table: naive Bayes over hashed character 1-5-grams inside words.

A text's score in a language is the sum of the table's rows of its n-grams (Cavnar & Trenkle 1994
for the idea, `models/README.md` for data and scores). Everything is a few numpy operations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from steppewire_enricher.scripts import APOSTROPHES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BITS = 18
ORDERS = 5
PREFIX = 600
"""Characters of one text that are read: more changes no answer, see models/README.md."""
NAMES_WEIGH = 0.2
"""Weight of capitalised words: names travel between languages ("Tokayev meets Mirziyoyev")."""
LEAST_PLAIN = 6
"""With fewer letters than this in small words, a text is a row of names, or all capitals."""
DEVIATIONS = 2.75
"""How unusual a text must be to be called none of our languages."""

_SPACE = 32
_ALPHABET_END = 0x3000  # CJK and above are in none of our languages: they read as spaces
_FNV = np.uint64(0x100000001B3)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _letters() -> npt.NDArray[np.uint16]:
    table = np.full(_ALPHABET_END, _SPACE, dtype=np.uint16)
    for code in range(_ALPHABET_END):
        category = unicodedata.category(chr(code))
        if category[0] == "L" or category == "Mn":
            table[code] = code
    for apostrophe in APOSTROPHES:
        table[ord(apostrophe)] = ord("'")
    return table


_LETTERS = _letters()


def _codes(text: str) -> npt.NDArray[np.uint64]:
    """Return lower-case letters, with one space before, between and after the words."""
    lowered = unicodedata.normalize("NFC", text).lower()
    raw = np.frombuffer(lowered.encode("utf-32-le", "replace"), dtype=np.uint32)
    known = _LETTERS[np.where(raw < _ALPHABET_END, raw, 0)]
    padded = np.concatenate(([_SPACE], known, [_SPACE])).astype(np.uint64)
    double = (padded[1:] == _SPACE) & (padded[:-1] == _SPACE)
    return padded[np.concatenate(([True], ~double))]


def grams(text: str) -> Ints:
    """Return the buckets of the 1-5-grams of `text` that do not cross a space."""
    codes = _codes(text)
    space = codes == _SPACE
    found: list[Ints] = []
    rolling = np.zeros(len(codes), dtype=np.uint64)
    whole = np.ones(len(codes), dtype=bool)  # no space strictly inside the gram
    for order in range(1, ORDERS + 1):
        length = len(codes) - order + 1
        if length <= 0:
            break
        rolling = rolling[:length] * _FNV + codes[order - 1 :] + np.uint64(order)
        if order > 2:
            whole = whole[:length] & ~space[order - 2 : order - 2 + length]
        wanted = ~space if order == 1 else whole[:length]
        buckets = (rolling * _GOLDEN) >> np.uint64(64 - BITS)
        found.append(buckets[wanted].astype(np.int64))
    return np.concatenate(found)


_WORD = re.compile(rf"\w[\w{re.escape(APOSTROPHES)}-]*")


def plain_and_names(text: str) -> tuple[str, str]:
    """Split a text into its small words and its capitalised ones.

    A text without enough small words is all names, unless it is WRITTEN LIKE THIS.
    """
    words = _WORD.findall(text)
    small = " ".join(word for word in words if not word[0].isupper())
    if len(small) >= LEAST_PLAIN:
        return small, " ".join(word for word in words if word[0].isupper())
    loud = sum(word.isupper() for word in words) * 2 >= len(words)
    return (text, "") if loud else ("", text)


@dataclass(frozen=True)
class Table:
    """A trained table: `rows[bucket, class] * scale` is a log-likelihood ratio in nats."""

    classes: tuple[str, ...]
    rows: npt.NDArray[np.int8]
    scale: float
    sharpness: tuple[float, float]
    """(a, b): a text of n grams has log-odds `a * n**-b * score`: grams overlap, so that plain
    naive Bayes would be far too sure."""
    usual: Floats
    """For each class: mean score of a gram of its own texts, and how far that spreads for one
    gram and for whole texts. See `strange`."""
    version: str

    def scores(self, texts: Sequence[str]) -> tuple[Floats, Ints]:
        """Return one row of log-odds for each text, and how many grams each has."""
        sums = np.zeros((len(texts), len(self.classes)), dtype=np.float32)
        counts = np.zeros(len(texts), dtype=np.int64)
        for index, text in enumerate(texts):
            small, names = plain_and_names(text[:PREFIX])
            for part, weight in ((small, 1.0), (names, NAMES_WEIGH)):
                buckets = grams(part) if part else ()
                if len(buckets):
                    sums[index] += weight * self.rows[buckets].sum(axis=0, dtype=np.int32)
                    counts[index] += round(weight * len(buckets))
        return sums * np.float32(self.scale), counts

    def probabilities(self, scores: Floats, counts: Ints) -> Floats:
        """Turn scores into calibrated probabilities over the classes."""
        a, b = self.sharpness
        sharp = scores * (a * np.maximum(counts, 1)[:, None] ** -b)
        sharp -= sharp.max(axis=1, keepdims=True)
        likely = np.exp(sharp)
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float32)

    def strange(self, scores: Floats, counts: Ints) -> npt.NDArray[np.bool_]:
        """Say which texts are none of our languages: even the best class fits them badly.

        A text's mean score lies around its class's usual one, the closer the longer the text is;
        `DEVIATIONS` of that spread below is strange.
        """
        best = scores.argmax(axis=1)
        n = np.maximum(counts, 1)
        mean, of_gram, of_text = self.usual[best].T
        spread = np.sqrt(of_gram**2 / n + of_text**2)
        return np.asarray(scores.max(axis=1) / n < mean - DEVIATIONS * spread)


def load_table(data: bytes) -> Table:
    """Read a table from the bytes of its file."""
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return Table(
            classes=tuple(str(name) for name in stored["classes"]),
            rows=stored["rows"],
            scale=float(stored["scale"]),
            sharpness=(float(stored["sharpness"][0]), float(stored["sharpness"][1])),
            usual=stored["usual"],
            version=str(stored["version"]),
        )


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the shipped table, loaded once per process."""
    return load_table((files("steppewire_enricher") / "models" / "langid.npz").read_bytes())
