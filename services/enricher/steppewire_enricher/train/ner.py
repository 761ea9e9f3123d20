"""Train the name models: `python -m steppewire_enricher.train.ner DATA [MODEL …]`.

DATA holds the folder `ner/` of the development data. Needs the extra `train` (JAX, natasha,
python-crfsuite).
About 11 CPU-minutes in all; each model by itself where it is named.

======== ============================================ =============== =====================
model    trained on                                   licence         measured on
======== ============================================ =============== =====================
kk       KazNERD (train)                              CC BY 4.0       KazNERD (dev)
ru       factRuEval-2016 devset; begins as slovnet's  MIT,            itself, five folds; NEREL
         network, over navec's vectors; bare texts    CC BY 2.5       dev, never trained on
         of Wikinews
en       wikigold, UNER English EWT dev               CC BY, CC BY-SA UNER dev, five folds
turkic   names of KazNERD (train) and factRuEval in    CC BY 4.0, MIT  100 Uzbek sentences
         Latin letters
======== ============================================ =============== =====================
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from steppewire_enricher.features import View, crc, sentence_features
from steppewire_enricher.gazetteer import gazetteer
from steppewire_enricher.tagger import known_names, load_tagger
from steppewire_enricher.tagger import vectors as tagger_vectors
from steppewire_enricher.train import corpora, vectors
from steppewire_enricher.train.corpora import Sentence, Text
from steppewire_enricher.train.data import (
    factrueval,
    kaznerd,
    kaznerd_names,
    uner,
    wikigold,
    wikinews,
)
from steppewire_enricher.train.linear import LinearRecipe
from steppewire_enricher.train.linear import train as train_linear
from steppewire_enricher.train.network import (
    Example,
    Network,
    Params,
    Settings,
    forbidden,
    fresh,
    labels_of,
    train,
    vocabulary_of,
)

VERSION = "2"
SHIPPED_WORDS = 120_000
"""Of navec's 250,000: the others are rarer than once in two million words."""


NORMAL = Settings()


@dataclass(frozen=True)
class Recipe:
    """How one model is trained: (language of the text, where to read it), and networks."""

    view: View
    sources: tuple[tuple[str, Callable[[Path], Iterable[Text]]], ...]
    settings: Settings = NORMAL
    networks: int = 1
    vectors: bool = False
    """Word vectors, and the network that the training starts from."""
    raw: Callable[[Path], Iterable[Text]] | None = None
    """Text that nobody labelled: the networks label it, and one more learns from all of it."""
    pupil: Settings = NORMAL
    """How that one is built."""


RUSSIAN = Settings(
    width=64, layers=(256, 128, 64), epochs=10, rate=1e-3, batch=16, drop=0.3, drop_features=0.2
)
DEEP = Settings(layers=(128, 128, 128), reaches=(1, 1, 2))
RECIPES: dict[str, Recipe] = {
    "kk": Recipe("kk", (("kk", kaznerd("train")),), DEEP),
    "ru": Recipe(
        "ru", (("ru", factrueval),), RUSSIAN, networks=3, vectors=True,
        raw=wikinews, pupil=replace(RUSSIAN, epochs=6),
    ),
    "en": Recipe("en", (("en", wikigold), ("en", uner)), Settings(epochs=15)),
}  # fmt: skip
LINEAR = {"turkic": LinearRecipe((("kk", kaznerd_names), ("ru", factrueval)))}
MODELS = (*RECIPES, *LINEAR)


class Words:
    """The rows of navec's vectors that a training text needs; row 0 is empty."""

    def __init__(self) -> None:
        self._all = vectors.navec()
        self._row_of = {word: i for i, word in enumerate(self._all.words)}
        self._unknown = self._row_of["<unk>"]
        self._used: dict[int, int] = {}

    def __call__(self, word: str) -> int:
        """Return the row of a word in `table`."""
        row = self._row_of.get(word.casefold(), self._unknown)
        return self._used.setdefault(row, len(self._used) + 1)

    def table(self) -> Any:
        """Return the vectors of the words asked for."""
        dense = self._all.dense(np.array(list(self._used)))
        return np.vstack([np.zeros((1, dense.shape[1]), dtype=np.float32), dense])


def examples(
    texts: Iterable[Text], language: str, view: View, words: Words | None = None
) -> Iterator[Example]:
    """Return the sentences of texts with their features."""
    names = gazetteer(language)
    for text in texts:
        for sentence in corpora.labelled(text):
            yield example(sentence, language, view, names, words)


def example(
    sentence: Sentence, language: str, view: View, names: Any, words: Words | None = None
) -> Example:
    """Return a sentence with its features."""
    known = names.match(sentence.words) if names else []
    features = sentence_features(sentence.words, known, language, view)
    rows = tuple(words(word) for word in sentence.words) if words else ()
    return Example(tuple(features), sentence.labels, rows)


def fit(
    recipe: Recipe, some: Sequence[Example], words: Words | None = None, *, verbose: bool = False
) -> list[Network]:
    """Train the networks of a model, each from its own start."""
    vocabulary = vocabulary_of(some, recipe.settings.rarest)
    table = words.table() if words else None
    out = []
    for seed in range(1, recipe.networks + 1):
        settings = replace(recipe.settings, seed=seed)
        network = Network(labels_of(some), vocabulary, settings, table)
        if recipe.vectors:
            network.params = begun(network)
        out.append(train(network, some, verbose=verbose))
    return out


ALL_AT_ONCE = 200
"""Sentences that are labelled together."""
REPEATED = 2
"""How often a sentence with labels is shown for one that our networks labelled."""


def taught(
    recipe: Recipe, teachers: Sequence[Network], some: Sequence[Example], ner: Path, words: Words
) -> list[Network]:
    """Train one network on `some` and on raw text as its teachers read it (self-training)."""
    language = recipe.sources[0][0]
    assert recipe.raw is not None
    raw = [s for text in recipe.raw(ner) for s in corpora.labelled(text)]
    names = gazetteer(language)
    told = [
        example(sentence, language, recipe.view, names, words)
        for sentence in read_by(teachers, recipe.view, language, raw)
    ]
    shown = [*[*some] * REPEATED, *told]
    return fit(replace(recipe, settings=recipe.pupil, networks=1), shown, words)


def read_by(
    teachers: Sequence[Network], view: View, language: str, sentences: Sequence[Sentence]
) -> Iterator[Sentence]:
    """Return the sentences with the labels that trained networks give them."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "teachers.npz")
        save(teachers, view, path, with_vectors=True)
        tags = load_tagger(path.read_bytes(), tagger_vectors())
    words = [sentence.words for sentence in sentences]
    for at in range(0, len(words), ALL_AT_ONCE):
        some = words[at : at + ALL_AT_ONCE]
        found = tags.tag(some, known_names(gazetteer(language), some), language)
        for each, spans in zip(some, found, strict=True):
            yield Sentence(each, corpora.labels_of(len(each), spans))


def begun(network: Network) -> Params:
    """Return slovnet's weights in our shape: the outline of a word is one of our features.

    The numbers of an embedding that slovnet does not have begin small.
    """
    first, width = vectors.slovnet(), network.settings.width
    arrays, own = first.arrays, vectors.SHAPE_WIDTH
    params = {name: np.array(value) for name, value in fresh(network).items()}
    params["rows"][:, :own] = 0
    for shape, row in zip(first.shapes, arrays[0], strict=True):
        if f"o:{shape}" in network.vocabulary:
            params["rows"][network.vocabulary[f"o:{shape}"]] = [*row, *[0.0] * (width - own)]
    turn = arrays[1].transpose(2, 1, 0)  # place x (vector, outline) x channel
    small = params["turn0"].reshape(3, -1, turn.shape[2])[:, own:width] * 0.7
    params["turn0"] = np.concatenate([turn[:, 300:], small, turn[:, :300]], 1)
    params["turn0"] = params["turn0"].reshape(-1, turn.shape[2])
    params["turn1"] = arrays[7].transpose(2, 1, 0).reshape(-1, 128)
    params["turn2"] = arrays[13].transpose(2, 1, 0).reshape(-1, 64)
    for i, at in enumerate((2, 8, 14)):
        bias, weight, shift, mean, spread = arrays[at : at + 5]
        params[f"bias{i}"] = bias
        params[f"scale{i}"], params[f"shift{i}"] = weight / spread, shift - mean * weight / spread
    tags = [first.tags.index(_slovnet_tag(label)) for label in network.labels]
    params["out"], params["base"] = arrays[19][:, tags], arrays[20][tags]
    params["steps"], params["direct"] = arrays[21][np.ix_(tags, tags)], params["direct"] * 0
    return {name: np.asarray(value, dtype=np.float32) for name, value in params.items()}


def _slovnet_tag(label: str) -> str:
    short = {"PERSON": "PER", "GPE": "LOC", "ORGANISATION": "ORG"}
    return label if label == "O" else label[:2] + short[label[2:]]


# --- files ---------------------------------------------------------------------------------


def save(networks: Sequence[Network], view: View, path: Path, *, with_vectors: bool) -> None:
    """Write networks as numpy arrays: see `tagger.load_tagger`."""
    labels, vocabulary = networks[0].labels, networks[0].vocabulary
    by_key = sorted((crc(feature), row) for feature, row in vocabulary.items())
    order = [0, *(row for _, row in by_key)]
    arrays: dict[str, Any] = {
        "labels": np.array(labels),
        "keys": np.array([key for key, _ in by_key], dtype=np.uint32),
        "networks": len(networks),
        "view": view,
        "version": VERSION,
        "vectors": with_vectors,
    }
    for i, network in enumerate(networks):
        for name, value in shipped(network, order).items():
            arrays[f"{i}.{name}"] = value
    np.savez_compressed(path, **arrays)


def shipped(network: Network, order: Sequence[int]) -> dict[str, Any]:
    """Return a network's arrays as they are stored: embeddings in bytes, weights in halves."""
    params = dict(network.params)
    rows = params.pop("rows")[list(order)]
    rows[0] = 0
    step = np.abs(rows).max(axis=0) / 127
    steps = params.pop("steps") + forbidden(network.labels)
    halves = {name: value.astype(np.float16) for name, value in params.items()}
    return {
        "rows": np.round(rows / step).astype(np.int8),
        "step": step.astype(np.float32),
        "steps": steps.astype(np.float32),
        "layers": len(network.settings.layers),
        "reaches": np.array(network.settings.reaches),
        **halves,
    }


def save_vectors(path: Path) -> None:
    """Write the vectors of the frequent words, and of unknown ones as the last row."""
    every = vectors.navec()
    unknown = every.words.index("<unk>")
    kept = np.argsort(-every.counts.astype(np.int64), kind="stable")[:SHIPPED_WORDS]
    by_key = sorted(
        {crc(every.words[i]): int(i) for i in kept if every.words[i] != "<unk>"}.items()
    )
    np.savez_compressed(
        path,
        keys=np.array([key for key, _ in by_key], dtype=np.uint32),
        codes=every.codes[[*(row for _, row in by_key), unknown]],
        parts=every.parts.astype(np.float16),
    )


def main() -> None:
    """Train the named models, or all of them, one after the other."""
    parser = argparse.ArgumentParser(description="Train the name models.")
    parser.add_argument("data", type=Path, help="folder that holds ner/")
    parser.add_argument("model", nargs="*", default=MODELS, help=" ".join(MODELS))
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "models")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    for name in options.model:
        path = options.out / f"ner-{name}.npz"
        if name in LINEAR:
            train_linear(LINEAR[name], options.data / "ner", path, verbose=options.verbose)
        else:
            train_networks(RECIPES[name], options.data / "ner", path, verbose=options.verbose)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def train_networks(recipe: Recipe, ner: Path, path: Path, *, verbose: bool) -> None:
    """Train the networks of a model and write them, and its vectors if it has any, to files."""
    words = Words() if recipe.vectors else None
    some = [
        each
        for language, read in recipe.sources
        for each in examples(read(ner), language, recipe.view, words)
    ]
    if recipe.vectors:
        save_vectors(path.with_name("vectors-ru.npz"))
    networks = fit(recipe, some, words, verbose=verbose)
    if recipe.raw and words:
        networks = taught(recipe, networks, some, ner, words)
    save(networks, recipe.view, path, with_vectors=recipe.vectors)


if __name__ == "__main__":
    main()
