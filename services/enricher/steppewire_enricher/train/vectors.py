"""Reads what the package natasha ships, without importing it: word vectors and a first network.

navec's vectors (250,000 Russian words, trained on a billion words of news) and slovnet's name
network are MIT. The vectors ship with us, cut to the frequent words; the network is where the
Russian one starts from.
"""

from __future__ import annotations

import gzip
import tarfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
SHAPE_WIDTH = 30


def _natasha() -> Path:
    spec = find_spec("natasha")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("natasha is missing: pip install 'steppewire-enricher[train]'")
    return Path(spec.submodule_search_locations[0]) / "data"


@dataclass(frozen=True)
class Vectors:
    """Words and their product-quantised vectors (Jégou et al. 2011)."""

    words: list[str]
    counts: Array
    codes: Array
    """Row of each word: one byte for each part of the vector."""
    parts: Array
    """part x byte -> numbers."""

    def dense(self, rows: Array) -> Array:
        """Return the vectors of some rows."""
        some = self.parts[np.arange(self.parts.shape[0]), self.codes[rows]]
        return np.asarray(some.reshape(len(rows), -1), dtype=np.float32)


@lru_cache(maxsize=1)
def navec() -> Vectors:
    """Return navec's vectors; the last row but one is that of unknown words."""
    with tarfile.open(_natasha() / "emb" / "navec_news_v1_1B_250K_300d_100q.tar") as tar:
        vocab = gzip.decompress(_read(tar, "vocab.bin"))
        packed = _read(tar, "pq.bin")
    count = int(np.frombuffer(vocab, np.uint32, 1)[0])
    counts = np.frombuffer(vocab, np.uint32, count, 4)
    words = vocab[4 + 4 * count :].decode("utf-8").split("\n")
    rows, _, parts, levels = (int(n) for n in np.frombuffer(packed, np.uint32, 4))
    codes = np.frombuffer(packed, np.uint8, rows * parts, 16).reshape(rows, parts)
    numbers = np.frombuffer(packed, np.float32, -1, 16 + rows * parts)
    return Vectors(words, counts, codes, numbers.reshape(parts, levels, -1))


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


@dataclass(frozen=True)
class First:
    """slovnet's network: arrays in the order of its file, and its two vocabularies."""

    arrays: list[Array]
    shapes: list[str]
    tags: list[str]


ARRAYS = (
    (66, 30), (256, 330, 3), (256,), (256,), (256,), (256,), (256,), (128, 256, 3), (128,), (128,),
    (128,), (128,), (128,), (64, 128, 3), (64,), (64,), (64,), (64,), (64,), (64, 8), (8,), (8, 8),
)  # fmt: skip


def slovnet() -> First:
    """Return the network of slovnet_ner_news_v1."""
    with tarfile.open(_natasha() / "model" / "slovnet_ner_news_v1.tar") as tar:
        arrays = [
            np.frombuffer(_read(tar, f"arrays/{i}.bin"), np.float32).reshape(shape)
            for i, shape in enumerate(ARRAYS)
        ]
        shapes, tags = (
            gzip.decompress(_read(tar, f"vocabs/{name}.gz")).decode().split("\n")
            for name in ("shape", "tag")
        )
    return First(arrays, shapes, tags)
