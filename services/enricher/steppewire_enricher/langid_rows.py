"""How the rows of the language table are laid out, and packed in its file.

A row is one number of 64 bits with a cell of four bits for each language of its script.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from steppewire_enricher.ngrams import BASES, BITS, ROWS, SCRIPTS, Ints

Cells = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.uint64]

CELLS = 16
"""Cells of four bits in a row of the fine table."""


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
    for script, (begin, bits) in enumerate(zip(BASES.tolist(), BITS, strict=True)):
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
