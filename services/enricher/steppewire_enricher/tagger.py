"""The name taggers: small convolutional networks with a CRF, or a linear CRF, read from files.

Training is `train/ner.py`'s. Up to the first convolution a network only adds, so a word's share
of its sums is computed once and kept; all sentences of a text pass through the rest together, and
the networks of one model, trained from different starts, answer with one voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from io import BytesIO
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from steppewire_enricher.features import View, context_features, crc, word_keys
from steppewire_enricher.folding import folded_each, small_all
from steppewire_enricher.gazetteer import Gazetteer, Match
from steppewire_enricher.kept import Floats, Ints, Kept, Places
from steppewire_enricher.linear import Linear
from steppewire_enricher.spans import Span, spans, viterbi
from steppewire_enricher.steady import steady

WORDS_KEPT = 5_000
"""Words of a language whose shares are remembered: up to 3 KB each."""
CONTEXTS_KEPT = 1_000
"""The same of what stands around words."""


@dataclass(frozen=True)
class Vectors:
    """Words and product-quantised vectors that were trained on raw text (Jégou et al. 2011)."""

    keys: npt.NDArray[np.uint32]
    """CRC-32 of each word in lower case, sorted."""
    codes: npt.NDArray[np.uint8]
    """One row for each key, and a last one for all other words."""
    parts: Floats

    def __call__(self, words: Sequence[str]) -> Floats:
        """Return the vectors of some words."""
        wanted = np.array([*map(crc, small_all(words))], dtype=np.uint32)
        rows = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        rows[self.keys[rows] != wanted] = len(self.keys)
        count, size, width = self.parts.shape
        cells = self.codes[rows] + np.arange(0, count * size, size)
        some = self.parts.reshape(-1, width).take(cells, axis=0)
        return np.asarray(some.reshape(len(words), -1), dtype=np.float32)


@dataclass(frozen=True)
class Layer:
    """A convolution over three words, a rectifier, and a scaling."""

    turn: Floats
    """Channels of a word -> its share as a word before, itself, and behind."""
    bias: Floats
    scale: Floats
    shift: Floats
    reach: int = 1
    """How many words away its neighbours stand."""

    def finish(self, sums: Floats, gaps: Ints) -> Floats:
        """Return the channels for what the convolution adds up to, in its place; none in gaps."""
        sums += self.bias
        np.maximum(sums, 0, out=sums)
        sums *= self.scale
        sums += self.shift
        sums[gaps] = 0
        return sums


@dataclass(frozen=True)
class Network:
    """One trained network."""

    rows: npt.NDArray[np.int8]
    """An embedding for each feature."""
    step: Floats
    """What one unit of a row is worth, by column."""
    first: Floats
    """Embedding (and vector) -> share as a word before, itself, and behind; share of labels."""
    layers: tuple[Layer, ...]
    out: Floats
    base: Floats
    steps: Floats

    @property
    def channels(self) -> int:
        """Channels of the first convolution."""
        return len(self.layers[0].bias)

    def shares(self, rows: npt.NDArray[np.int32], vectors: Floats | None) -> Floats:
        """Return what words add to their own and their neighbours' sums: one row a word.

        `rows` has a column for each word, with its features; row 0 is of zeros and fills it up.
        """
        sums = self.rows.take(rows, axis=0).sum(axis=0, dtype=np.int16) * self.step
        seen = sums if vectors is None else np.hstack([sums, vectors])
        out: Floats = seen @ self.first[: seen.shape[1]]
        return out

    def scores(self, shares: Floats, gaps: Ints) -> Floats:
        """Return the score of every label at every word of a row of sentences."""
        first = self.layers[0]
        h = first.finish(_gathered(shares, self.channels, first.reach), gaps)
        for layer in self.layers[1:]:
            z = layer.finish(_gathered(h @ layer.turn, len(layer.bias), layer.reach), gaps)
            if z.shape == h.shape:
                z += h
            h = z
        out: Floats = h @ self.out
        out += shares[:, 3 * self.channels :]
        out += self.base
        return out


def _gathered(shares: Floats, n: int, reach: int) -> Floats:
    """Return what words get from themselves and from both neighbours; `n` is how many channels."""
    sums = shares[:, n : 2 * n].copy()
    sums[reach:] += shares[:-reach, :n]
    sums[:-reach] += shares[reach:, 2 * n : 3 * n]
    return sums


class Tagger:
    """A trained model. Not thread-safe: it remembers words."""

    def __init__(
        self,
        labels: tuple[str, ...],
        keys: npt.NDArray[np.uint32],
        networks: Sequence[Network],
        view: View,
        version: str,
        vectors: Vectors | None = None,
    ) -> None:
        self.labels, self.view, self.version = labels, view, version
        self._places, self._networks, self._vectors = Places(keys), tuple(networks), vectors
        self.steps: Floats = np.mean([network.steps for network in networks], axis=0)
        # no neighbour may stand in another sentence
        self._gap = max(layer.reach for network in networks for layer in network.layers)
        self._widths = [3 * network.channels + len(labels) for network in networks]
        self._words: dict[str, Kept[str]] = {}
        """Language -> what is kept of its words."""
        self._contexts = Kept[tuple[str, ...]](
            CONTEXTS_KEPT, sum(self._widths), self._of_contexts, nothing=()
        )

    def tag(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[list[Span]]:
        """Return the names in each sentence."""
        scores = self.scores(sentences, known, language) if sentences else []
        return _named(self.labels, viterbi(scores, self.steps))

    def scores(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[Floats]:
        """Return the score of every label at every word."""
        shares, gaps, starts = self._laid_out(sentences, known, language)
        total = np.zeros((len(shares), len(self.labels)), dtype=np.float32)
        at = 0
        for network, width in zip(self._networks, self._widths, strict=True):
            total += network.scores(shares[:, at : at + width], gaps)
            at += width
        total /= len(self._networks)
        return [
            total[start : start + len(words)]
            for start, words in zip(starts, sentences, strict=True)
        ]

    def _laid_out(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> tuple[Floats, Ints, list[int]]:
        """Return the shares of all words in a row; where gaps between sentences are, and starts."""
        words: list[str] = []
        more: dict[int, tuple[str, ...]] = {}
        starts: list[int] = []
        gap = [_NO_WORD] * self._gap
        for sentence, matches in zip(sentences, known, strict=True):
            start = len(words)
            starts.append(start)
            context = context_features(sentence, matches)
            more |= {start + i: row for i, row in enumerate(context) if row}
            words += sentence
            words += gap
        kept = self._kept(language)
        at = kept.at(words)
        shares = kept.rows(at)
        if more:
            shares[[*more]] += self._contexts.rows(self._contexts.at([*more.values()]))
        return shares, np.flatnonzero(at == 0), starts

    def _kept(self, language: str) -> Kept[str]:
        kept = self._words.get(language)
        if kept is None:
            computed = partial(self._of_words, language)
            kept = Kept(WORDS_KEPT, sum(self._widths), computed, nothing=_NO_WORD)
            self._words[language] = kept
        return kept

    def _of_words(self, language: str, words: Sequence[str]) -> Floats:
        affixes, others = word_keys(words, language, self.view)
        keys = np.hstack([affixes, _padded(others)])
        return self._computed(keys, self._vectors(words) if self._vectors else None)

    def _of_contexts(self, contexts: Sequence[tuple[str, ...]]) -> Floats:
        return self._computed(_padded([[*map(crc, context)] for context in contexts]), None)

    def _computed(self, keys: npt.NDArray[np.uint32], vectors: Floats | None) -> Floats:
        """Return what words add to the sums; each has a row of keys, with zeros that are none."""
        rows = self._places.at(keys)
        rows[keys == 0] = 0
        return np.hstack([n.shares(rows.T, vectors) for n in self._networks])


def _padded(groups: Sequence[Sequence[int]]) -> npt.NDArray[np.uint32]:
    """Return groups of keys as rows of one length."""
    sizes = np.array([len(group) for group in groups])
    out = np.zeros((len(groups), sizes.max()), dtype=np.uint32)
    out[np.arange(sizes.max()) < sizes[:, None]] = [*chain.from_iterable(groups)]
    return out


_NO_WORD = ""
"""Stands between sentences."""


class LinearTagger(Linear):
    """A linear CRF that is asked as a network is."""

    def tag(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[list[Span]]:
        """Return the names in each sentence."""
        scores = self.scores(sentences, known, language)
        return _named(self.labels, viterbi(scores, self.steps))


def _named(labels: Sequence[str], paths: Sequence[Sequence[int]]) -> list[list[Span]]:
    return [spans([labels[i] for i in path]) for path in paths]


def known_names(
    gazetteer: Gazetteer | None,
    sentences: Sequence[Sequence[str]],
    folded: Sequence[Sequence[str]] | None = None,
) -> list[list[Match]]:
    """Return the listed names of each sentence; `folded` are its words, where they are known."""
    if gazetteer is None:
        return [[] for _ in sentences]
    return [*map(gazetteer.match, sentences, folded or folded_each(sentences))]


# --- files ---------------------------------------------------------------------------------


def load_tagger(data: bytes, vectors: Vectors | None = None) -> Tagger:
    """Read a model from the bytes of its file."""
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return Tagger(
            labels=tuple(str(label) for label in stored["labels"]),
            keys=stored["keys"],
            networks=[_network(stored, i) for i in range(int(stored["networks"]))],
            view=str(stored["view"]),  # type: ignore[arg-type]  # written by train/ner.py
            version=str(stored["version"]),
            vectors=vectors if bool(stored["vectors"]) else None,
        )


def load_linear(data: bytes) -> LinearTagger:
    """Read a linear model from the bytes of its file."""
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return LinearTagger(
            labels=tuple(str(label) for label in stored["labels"]),
            keys=stored["keys"],
            weights=stored["weights"],
            steps=stored["steps"].astype(np.float32),
            version=str(stored["version"]),
        )


def _network(stored: Any, number: int) -> Network:
    def read(name: str) -> Floats:
        return np.ascontiguousarray(stored[f"{number}.{name}"], dtype=np.float32)

    reaches = stored.get(f"{number}.reaches", (1, 1, 1))
    count = int(stored[f"{number}.layers"])
    first, direct = np.hstack(np.split(read("turn0"), 3)), read("direct")
    labels = np.zeros((len(first), direct.shape[1]), dtype=np.float32)
    labels[: len(direct)] = direct
    return Network(
        rows=stored[f"{number}.rows"],
        step=read("step"),
        first=np.hstack([first, labels]),
        layers=tuple(
            Layer(
                turn=np.hstack(np.split(read(f"turn{i}"), 3)),
                bias=read(f"bias{i}"),
                scale=read(f"scale{i}"),
                shift=read(f"shift{i}"),
                reach=int(reaches[i]),
            )
            for i in range(count)
        ),
        out=read("out"),
        base=read("base"),
        steps=read("steps"),
    )


@lru_cache(maxsize=1)
def vectors() -> Vectors:
    """Return the shipped vectors of Russian words, loaded once per process."""
    data = (files("steppewire_enricher") / "models" / "vectors-ru.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return Vectors(stored["keys"], stored["codes"], stored["parts"].astype(np.float32))


@lru_cache(maxsize=8)
def tagger(name: str) -> Tagger | LinearTagger:
    """Return the shipped model `name` (`kk`, `ru`, `en`, `turkic`), loaded once per process."""
    steady()
    data = (files("steppewire_enricher") / "models" / f"ner-{name}.npz").read_bytes()
    if name == "turkic":
        return load_linear(data)
    return load_tagger(data, vectors() if name == "ru" else None)
