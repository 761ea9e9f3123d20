"""The language table: naive Bayes over hashed n-grams of letters inside words, and whole words.

A text's score in a language is the sum of the table's cells of its n-grams (Cavnar & Trenkle 1994
for the idea, `models/README.md` for data and scores). Each script has rows of its own, because
languages in one never have n-grams of another. A row is one number of 64 bits with a cell of four
bits for each language of the script. A second, coarser table holds the languages that are not
ours, so that a text of theirs is refused. All texts of an article are read in one pass of a few
numpy operations.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import IO

import numpy as np
import numpy.typing as npt

from steppewire_enricher.scripts import APOSTROPHES
from steppewire_enricher.steady import steady

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]
Cells = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

SCRIPTS = ("Latn", "Cyrl", "Arab")
BITS = (19, 20, 17)
"""Each script has two to the power of this many rows in the fine table."""
ROWS = sum(1 << bits for bits in BITS)
NOTHING = ROWS
"""The row of what is no n-gram: its cells are zero."""
ORDERS = 5
COARSE_BITS = 15
COARSE_ORDERS = 4
COARSE_WORDS = 24
CELLS = 16
"""Cells of four bits in a row of the fine table."""
MOST, COARSE_MOST = 15, 31
"""The largest cell: a byte holds the sum of the cells of all orders."""
LONGEST_WORD = 64
"""Letters: what is longer is no word, and has no say."""
LEAST_WHOLE_WORD = 4
"""Letters: a shorter word is one of its own n-grams already."""
AT_ONCE = 60_000
"""Characters that are read in one pass; bounds the memory that a long text takes."""
NAMES_WEIGH = 0.2
"""Weight of capitalised words: names travel between languages ("Tokayev meets Mirziyoyev")."""
FEW_WORDS = 2
"""In a text of so few words each counts twice as a whole: its letters repeat what it says."""
LEAST_PLAIN = 6
"""With fewer letters than this in small words, a text is a row of names, or all capitals."""
FEW_GRAMS = 80
AHEAD, SHORT_AHEAD = 0.25, -1.0
"""What another language is given ahead to have a text refused, in nats by root of the number of
n-grams: less than nothing where there are few, as in a headline."""
LEAST_OURS = 0.5
"""Share of a text's letters that must be Latin, Cyrillic or Arabic: else it is none of ours."""

_SPACE = 32
_CYRILLIC, _ARABIC = 0x400, 0x600
_LAST = 0xFFFF
_TABLE_END = 0x3000
_LETTER = np.uint32(0xFFFF)
_CAPITAL, _FOREIGN, _COMPOSES, _INSIDE = (1 << bit for bit in (16, 17, 18, 22))
_SCRIPT = 19
"""What a code point is, above its small letter: the highest bit says that it is in a word, those
before which of `SCRIPTS` it is in."""
_PRIME = np.uint32(0x01000193)
_GOLDEN = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x2C1B3C6D)
_SALTS = (np.arange(1, ORDERS + 1) * 0x85EBCA6B).astype(np.uint32)[:, None]
_WORD_SALT = np.uint32(0xC2B2AE35)
_ORDERS = np.arange(1, ORDERS + 1, dtype=np.int32)[:, None]
_SHIFTS = np.array([32 - bits for bits in BITS], dtype=np.uint32)
_BASES = np.array([0, 1 << BITS[0], (1 << BITS[0]) + (1 << BITS[1])], dtype=np.uint32)
_EVERY_OTHER = np.uint64(0x0F0F0F0F0F0F0F0F)
_OUR_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "COMBINING", "MODIFIER")


def _letters() -> Hashes:
    """Return for each code point of 16 bits: its small letter or a space, and what it is."""
    of = np.full(_LAST + 1, _SPACE | _FOREIGN, dtype=np.uint32)  # ideographs, most of them
    of[:_TABLE_END] = [_info(chr(code)) for code in range(_TABLE_END)]
    of[_LAST] = _SPACE  # emoji and what else is beyond
    for apostrophe in APOSTROPHES:
        of[ord(apostrophe)] = ord("'") | _INSIDE
    return of


def _info(letter: str) -> int:
    category = unicodedata.category(letter)
    if category[0] not in "LM":
        return _SPACE
    composes = _COMPOSES if category[0] == "M" else 0
    if category in {"Mc", "Me"}:
        return _SPACE | composes
    if unicodedata.name(letter, "").split(" ")[0] not in _OUR_SCRIPTS:
        return _SPACE | _FOREIGN | composes
    small = letter.lower()
    capital = _CAPITAL if letter != small else 0
    script = 1 << _SCRIPT + _script_of(ord(small[0])) if category[0] == "L" else 0
    return ord(small[0]) | _INSIDE | script | capital | composes


def _script_of(letter: int) -> int:
    return int(letter >= _CYRILLIC) + int(letter >= _ARABIC)


_INFO = _letters()
_POWERS = np.cumprod(
    np.concatenate(([1], np.full(AT_ONCE * 2, _PRIME))).astype(np.uint32), dtype=np.uint32
)
_INVERSES = np.cumprod(
    np.concatenate(([1], np.full(AT_ONCE * 2, pow(int(_PRIME), -1, 1 << 32)))).astype(np.uint32),
    dtype=np.uint32,
)


@dataclass(frozen=True)
class Words:
    """The words of some texts as one array of letters, a space before each and one at the end."""

    letters: Hashes
    starts: Ints
    """Where the space before each word is."""
    lengths: Ints
    """How many letters each word has."""
    text: Ints
    """Which text each word is in."""
    capital: Flags
    loud: Flags
    """Is it all capitals?"""
    foreign: Ints
    """For each text, how many letters of other scripts it has."""
    script: Ints
    """For each text, which of `SCRIPTS` most of its words are in."""
    only_script: int | None
    """The script of all texts, if they are in one."""


_ONLY = {0: 0} | {1 << script: script for script in range(len(SCRIPTS))}


def _points(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """Return what the code points of the texts are, one break before all and one behind each.

    And where these breaks are.
    """
    joined = "\n".join(("", *texts, ""))
    raw = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    return _INFO.take(np.minimum(raw, _LAST)), np.array([len(t) + 1 for t in texts]).cumsum()


def words_of(texts: Sequence[str]) -> Words:
    """Cut texts into words: runs of small letters and apostrophes."""
    info, ends = _points(texts)
    seen = np.bitwise_or.reduce(info)
    if seen & _COMPOSES:
        info, ends = _points([unicodedata.normalize("NFC", text) for text in texts])
    inside = info >= _INSIDE
    kept = inside.copy()
    kept[:-1] |= inside[1:]  # the space before a word
    kept[-1] = True
    at = kept.nonzero()[0]
    line = info.take(at)
    spaces = (line < _INSIDE).nonzero()[0]
    starts = spaces[:-1]
    capitals = (line & _CAPITAL).astype(bool)
    lengths = spaces[1:] - starts - 1
    per_word = np.add.reduceat(capitals, starts, dtype=np.int64) if len(starts) else starts
    letters = _spaced(line & _LETTER, spaces)
    text = ends.searchsorted(at.take(starts) + 1)
    capital = capitals.take(starts + 1)
    only = _ONLY.get(int(seen) >> _SCRIPT & 7)
    if only is None:
        # a name in Latin letters may have a Cyrillic ending, and a Cyrillic word a Latin one
        either = np.maximum(letters.take(starts + 1), letters.take(starts + lengths))
        script = _scripts(either, lengths, text, capital, len(texts))
        only = int(script[0]) if script.min() == script.max() else None
    else:
        script = np.full(len(texts), only)
    return Words(
        letters=letters,
        starts=starts,
        lengths=lengths,
        text=text,
        capital=capital,
        loud=per_word == lengths,
        foreign=_foreign(info, ends) if seen & _FOREIGN else np.zeros(len(texts), dtype=np.int64),
        script=script,
        only_script=only,
    )


def _scripts(letter: Hashes, lengths: Ints, text: Ints, capital: Flags, texts: int) -> Ints:
    """Return which script most letters of each text are in, by one of each word.

    Names count little: "Show һәм The Colbert Report" is Cyrillic.
    """
    kinds = len(SCRIPTS)
    where = text * kinds + (letter >= _CYRILLIC) + (letter >= _ARABIC)
    weights = lengths * np.where(capital, NAMES_WEIGH, 1)
    counts = np.bincount(where, weights, minlength=texts * kinds)
    return np.asarray(counts.reshape(texts, kinds).argmax(axis=1))


def _spaced(line: Hashes, spaces: Ints) -> Hashes:
    line[spaces] = _SPACE
    return line


def _foreign(info: Hashes, ends: Ints) -> Ints:
    where = (info & _FOREIGN).nonzero()[0]
    return np.bincount(ends.searchsorted(where), minlength=len(ends))


def grams(words: Words) -> Hashes:
    """Return the rows of the n-grams that start at each letter: one for each order.

    An n-gram may start or end with the space beside its word, and never crosses one. Where a
    space stands, the first order has the row of the whole word behind it.
    """
    hashes, none = _hashed(words)
    script: int | Ints | None = words.only_script
    if script is None:
        script = np.zeros(len(words.letters), dtype=np.int64)
        script[:-1] = words.script.take(words.text).repeat(words.lengths + 1)
    hashes >>= _SHIFTS[script]
    hashes += _BASES[script]
    np.putmask(hashes, none, NOTHING)
    return hashes


COARSE_NOTHING = 1 << COARSE_BITS


def coarse_grams(words: Words) -> Hashes:
    """Return the buckets of the coarse table: fewer of them, and whole words have none."""
    hashes, none = _hashed(words)
    buckets, none = hashes[:COARSE_ORDERS], none[:COARSE_ORDERS]
    buckets >>= np.uint32(32 - COARSE_BITS)
    none[0, words.starts] = True
    np.putmask(buckets, none, COARSE_NOTHING)
    return buckets


def _hashed(words: Words) -> tuple[Hashes, Flags]:
    """Return the hashes of what may start at each letter, and which of them are no n-gram."""
    line, starts, lengths = words.letters, words.starts, words.lengths
    n = len(line)
    rolled = np.empty((ORDERS, n), dtype=np.uint32)
    rolled[0] = line
    for order in range(1, ORDERS):
        np.multiply(rolled[order - 1], _PRIME, out=rolled[order])
        rolled[order, : max(0, n - order)] += line[order:]
    rolled *= _GOLDEN
    rolled += _SALTS
    rolled[0, starts] = _whole_words(words) * _GOLDEN + _WORD_SALT
    rolled ^= rolled >> np.uint32(15)
    rolled *= _MIX
    left = np.zeros(n, dtype=np.int32)  # the space behind the last word starts none
    np.subtract(np.repeat(starts + lengths + 2, lengths + 1), np.arange(n - 1), out=left[:-1])
    none = left < _ORDERS
    none[0, starts] = lengths < LEAST_WHOLE_WORD
    return rolled, none


def _whole_words(words: Words) -> Hashes:
    line, first = words.letters, words.starts + 1
    sums = np.zeros(len(line) + 1, dtype=np.uint32)
    np.cumsum(line * _POWERS[: len(line)], out=sums[1:], dtype=np.uint32)
    of_word = sums.take(first + words.lengths) - sums.take(first)
    return np.asarray(of_word * _INVERSES.take(first))


@dataclass(frozen=True)
class Scores:
    """What the tables say about some texts: one row each."""

    ours: Floats
    """Log-likelihood ratios, one column for each of our languages."""
    grams: Floats
    """How many n-grams each text has, names counted less."""
    foreign: Flags
    """Is most of the text in a script of no language of ours?"""
    names: Flags
    """Is there nothing but names?"""

    def of(self, some: slice) -> Scores:
        """Return the scores of some of the texts, as a view."""
        return Scores(self.ours[some], self.grams[some], self.foreign[some], self.names[some])

    def put(self, where: Ints, scores: Scores) -> None:
        """Take the scores of some texts that were read again."""
        self.ours[where], self.grams[where] = scores.ours, scores.grams
        self.foreign[where], self.names[where] = scores.foreign, scores.names


@dataclass(frozen=True)
class Table:
    """Two trained tables; a cell times its scale is a log-likelihood ratio in nats."""

    classes: tuple[str, ...]
    others: tuple[str, ...]
    fine: Rows
    fine_scale: float
    coarse: Cells
    coarse_scale: float
    sharpness: tuple[float, float]
    """(a, b): a text of n grams has log-odds `a * n**-b * score`: grams overlap, so that plain
    naive Bayes would be far too sure."""
    bias: Floats
    """Log-odds that each class has before a text is read: alphabets that are rare have less."""
    usual: Floats
    """For each class, the score of a gram that most texts of its own reach."""
    version: str

    def scores(self, texts: Sequence[str]) -> Scores:
        """Score texts, many at once."""
        parts = [self._scores(part) for part in _portions(texts)]
        if len(parts) == 1:
            return parts[0]
        return Scores(
            np.concatenate([p.ours for p in parts]),
            np.concatenate([p.grams for p in parts]),
            np.concatenate([p.foreign for p in parts]),
            np.concatenate([p.names for p in parts]),
        )

    def _scores(self, texts: Sequence[str]) -> Scores:
        words = words_of(texts)
        weights, names = word_weights(words, len(texts))
        rows = self.fine.take(grams(words))
        sums = _reduced(_cells(rows), words.starts)
        few = (np.bincount(words.text, minlength=len(texts)) <= FEW_WORDS).take(words.text)
        if few.any():
            sums[few] += _cells(rows[:1, words.starts[few]])
        many = (ORDERS * words.lengths - 2) * weights
        by_cell = _by_text(sums, weights * np.float32(self.fine_scale), words.text, len(texts))
        return Scores(
            ours=_by_class(by_cell, words, self.classes),
            grams=np.bincount(words.text, many, minlength=len(texts)).astype(np.float32),
            foreign=_mostly_foreign(words),
            names=names,
        )

    def probabilities(self, scores: Scores) -> Floats:
        """Turn scores into calibrated probabilities over our languages."""
        a, b = self.sharpness
        sharp = scores.ours * (a * np.maximum(scores.grams, 1)[:, None] ** -b) + self.bias
        sharp -= sharp.max(axis=1, keepdims=True)
        likely = np.exp(sharp)
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float32)

    def strange(self, texts: Sequence[str], scores: Scores, usually: Flags | None = None) -> Flags:
        """Say which texts are in none of our languages: another script, or another language.

        Only what fits its best class worse than usual is compared with the other languages;
        `usually` tells which texts need no second look whatever their fit.
        """
        strange = scores.foreign | (scores.grams == 0)
        asked = ~strange if usually is None else ~(strange | usually)
        if not asked.any():
            return np.asarray(strange)
        where = (asked & (self.fit(scores) < 1)).nonzero()[0]
        if len(where):
            parts = _portions([texts[i] for i in where.tolist()])
            strange[where] = np.concatenate([self._is_other(part) for part in parts])
        return np.asarray(strange)

    def fit(self, scores: Scores) -> Floats:
        """Return how well each text fits its best class; 1 is usual."""
        best = scores.ours.argmax(axis=1)
        score = scores.ours[np.arange(len(best)), best]
        return np.asarray(score / (np.maximum(scores.grams, 1) * self.usual[best]))

    def _is_other(self, texts: Sequence[str]) -> Flags:
        """Compare our languages with the others, on the first words of each text."""
        coarse, grams = self.coarse_scores(texts)
        n = len(self.classes)
        grams = np.maximum(grams, 1)
        ahead = np.where(grams < FEW_GRAMS, SHORT_AHEAD, AHEAD) * np.sqrt(grams)
        return np.asarray(coarse[:, n:].max(axis=1) + ahead > coarse[:, :n].max(axis=1))

    def coarse_scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Score the first words of texts in all languages, ours first, and count n-grams."""
        words = _first_words(words_of(texts))
        weights, _ = word_weights(words, len(texts))
        # five cells of at most `COARSE_MOST` fit a byte, those of a word of `LONGEST_WORD` two
        cells = self.coarse.take(coarse_grams(words), axis=0).sum(axis=0, dtype=np.uint8)
        sums = _reduced(cells, words.starts)
        columns = len(self.classes) + len(self.others)
        scaled = weights * np.float32(self.coarse_scale)
        many = (COARSE_ORDERS * words.lengths - 1) * weights
        counts = np.bincount(words.text, many, minlength=len(texts))
        of_text = _by_text(sums[:, :columns], scaled, words.text, len(texts))
        return of_text, counts.astype(np.float32)


def places(classes: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each class the number of its script, and of its cell in a row."""
    seen = [0] * len(SCRIPTS)
    out = []
    for name in classes:
        script = SCRIPTS.index(name.rpartition("-")[2])
        out.append((script, seen[script]))
        seen[script] += 1
    if max(seen) >= CELLS:
        raise ValueError(f"a row has room for {CELLS - 1} languages of one script")
    return out


def _by_class(by_cell: Floats, words: Words, classes: tuple[str, ...]) -> Floats:
    """Return the sums of each text by class; they are nothing in classes of other scripts."""
    cells, script = _cells_of(classes), words.only_script
    if script is not None:
        return np.asarray(by_cell.take(cells[script], axis=1))
    where = cells.take(words.script, axis=0) + np.arange(0, by_cell.size, CELLS)[:, None]
    return np.asarray(by_cell.take(where))


@lru_cache(maxsize=4)
def _cells_of(classes: tuple[str, ...]) -> Ints:
    """Return for each script where `_cells` puts each class: the last cell, if in another script.

    No class has the last cell: it is zero.
    """
    out = np.full((len(SCRIPTS), len(classes)), CELLS - 1)
    for number, (script, place) in enumerate(places(classes)):
        out[script, number] = place // 2 + place % 2 * (CELLS // 2)
    return out


def _cells(rows: Rows) -> Cells:
    """Return the sums of the cells of all orders: first the even ones of a row, then the odd.

    A byte holds each sum, so that eight are added at once, as one number of 64 bits.
    """
    out = np.empty((rows.shape[1], 2), dtype=np.uint64)
    np.add.reduce(rows & _EVERY_OTHER, axis=0, out=out[:, 0])
    np.add.reduce(rows >> np.uint64(4) & _EVERY_OTHER, axis=0, out=out[:, 1])
    return out.view(np.uint8)


def _mostly_foreign(words: Words) -> Flags:
    texts = len(words.foreign)
    if not words.foreign.any():
        return np.zeros(texts, dtype=bool)
    letters = np.bincount(words.text, words.lengths, minlength=texts)
    return np.asarray(words.foreign > (letters + words.foreign) * LEAST_OURS)


def _first_words(words: Words) -> Words:
    """Keep the first words of each text."""
    texts = len(words.foreign)
    first = np.searchsorted(words.text, np.arange(texts))
    kept = np.arange(len(words.text)) - first[words.text] < COARSE_WORDS
    lengths = words.lengths[kept]
    return Words(
        letters=words.letters[np.append(np.repeat(kept, words.lengths + 1), True)],
        starts=np.cumsum(lengths + 1) - lengths - 1,
        lengths=lengths,
        text=words.text[kept],
        capital=words.capital[kept],
        loud=words.loud[kept],
        foreign=words.foreign,
        script=words.script,
        only_script=words.only_script,
    )


def _portions(texts: Sequence[str]) -> list[list[str]]:
    """Gather texts to what is read at once; a text that is longer than that is cut."""
    portions: list[list[str]] = [[]]
    room = AT_ONCE
    for text in texts:
        cut = text[:AT_ONCE]
        if len(cut) + 1 > room and portions[-1]:
            portions.append([])
            room = AT_ONCE
        portions[-1].append(cut)
        room -= len(cut) + 1
    return portions


def word_weights(words: Words, texts: int) -> tuple[Floats, Flags]:
    """Return how much each word says, names little; and which texts are nothing but names.

    A text without enough small words is all names, unless it is WRITTEN LIKE THIS.
    """
    lengths = words.lengths
    weight = np.where(words.capital, np.float32(NAMES_WEIGH), np.float32(1))
    small = np.bincount(words.text, lengths * ~words.capital, minlength=texts)
    bare = small < LEAST_PLAIN
    if bare.any():
        loud = np.bincount(words.text, words.loud, minlength=texts) * 2
        shouted = bare & (loud >= np.bincount(words.text, minlength=texts))
        bare &= ~shouted
        weight[bare.take(words.text)] = NAMES_WEIGH
        weight[shouted.take(words.text)] = 1
    weight[lengths > LONGEST_WORD] = 0
    return weight, bare


def _reduced(sums: Cells, at: Ints) -> npt.NDArray[np.uint16]:
    """Sum the cells of each word. Four sums are added at once, as one number of 64 bits."""
    if not len(at):
        return np.zeros((0, sums.shape[1]), dtype=np.uint16)
    fours = sums.astype(np.uint16).view(np.uint64)
    return np.add.reduceat(fours, at, axis=0).view(np.uint16)


def _by_text(sums: npt.NDArray[np.uint16], weights: Floats, text: Ints, texts: int) -> Floats:
    out = np.zeros((texts, sums.shape[1]), dtype=np.float32)
    if len(text):
        begins = np.ones(len(text), dtype=bool)
        np.not_equal(text[1:], text[:-1], out=begins[1:])
        first = begins.nonzero()[0]
        out[text.take(first)] = np.add.reduceat(sums * weights[:, None], first, axis=0)
    return out


def load_table(file: IO[bytes]) -> Table:
    """Read a table from its file."""
    with np.load(file, allow_pickle=False) as stored:
        classes = tuple(str(name) for name in stored["classes"])
        others = tuple(str(name) for name in stored["others"])
        coarse = len(classes) + len(others)
        return Table(
            classes=classes,
            others=others,
            fine=unpacked_rows(stored["fine"], stored["fine_ends"], classes),
            fine_scale=float(stored["fine_scale"]),
            coarse=unpacked(stored["coarse"], stored["coarse_ends"], 1 << COARSE_BITS, coarse),
            coarse_scale=float(stored["coarse_scale"]),
            sharpness=(float(stored["sharpness"][0]), float(stored["sharpness"][1])),
            bias=stored["bias"],
            usual=stored["usual"],
            version=str(stored["version"]),
        )


_LANES = 4


def padded(columns: int) -> int:
    """Return how wide a table is: the two-byte sums of a row are whole numbers of 64 bits."""
    return -(-columns // _LANES) * _LANES


def packed(columns: Iterable[Cells]) -> tuple[Cells, Ints]:
    """Pack a table column by column, and say where each ends.

    Each has Huffman codes of its own and nothing else: hashes do not repeat, so that LZMA packs
    them no better, and is read in six times as long.
    """
    out = []
    for column in columns:
        pack = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_HUFFMAN_ONLY)
        out.append(pack.compress(column.tobytes()) + pack.flush())
    ends = np.array([len(part) for part in out], dtype=np.int64).cumsum()
    return np.frombuffer(b"".join(out), dtype=np.uint8), ends


def pairs(rows: Rows, classes: Sequence[str]) -> Iterator[Cells]:
    """Yield the columns of the fine table, script by script: two cells are a column of bytes.

    Languages that are next to each other and alike take less room so: their cells are alike.
    """
    by_byte = rows.view(np.uint8).reshape(-1, CELLS // 2)
    for begin, end, byte in _pairs(classes):
        yield by_byte[begin:end, byte]


def _pairs(classes: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the first row of each column of bytes, the row behind its last, and its number."""
    for script, (begin, bits) in enumerate(zip(_BASES.tolist(), BITS, strict=True)):
        last = max((cell for of, cell in places(classes) if of == script), default=-1)
        yield from ((begin, begin + (1 << bits), byte) for byte in range(last // 2 + 1))


def unpacked_rows(data: Cells, ends: Ints, classes: Sequence[str]) -> Rows:
    """Read the fine table."""
    rows = np.zeros(ROWS + 1, dtype=np.uint64)
    by_byte = rows.view(np.uint8).reshape(-1, CELLS // 2)
    starts = [0, *ends.tolist()]
    for (begin, end, byte), (start, stop) in zip(_pairs(classes), pairwise(starts), strict=True):
        read = zlib.decompress(data[start:stop].tobytes(), -15, end - begin)
        by_byte[begin:end, byte] = np.frombuffer(read, dtype=np.uint8)
    return rows


def unpacked(data: Cells, ends: Ints, buckets: int, columns: int) -> Cells:
    """Read a table, four columns at a time: two of them are never in memory."""
    cells = np.zeros((buckets + 1, padded(columns)), dtype=np.uint8)
    fours = cells.view(np.uint32)
    starts = [0, *ends.tolist()]
    some = np.zeros((buckets, _LANES), dtype=np.uint8)
    for column in range(columns):
        part = data[starts[column] : starts[column + 1]].tobytes()
        read = zlib.decompress(part, -15, buckets)
        some[:, column % _LANES] = np.frombuffer(read, dtype=np.uint8)
        if column % _LANES == _LANES - 1 or column == columns - 1:
            some[:, column % _LANES + 1 :] = 0
            fours[:-1, column // _LANES] = some.view(np.uint32)[:, 0]
    return cells


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the shipped table, loaded once per process."""
    steady()
    with (files("steppewire_enricher") / "models" / "langid.npz").open("rb") as file:
        return load_table(file)
