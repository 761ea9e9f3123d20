"""Train the linear tagger with L-BFGS, by way of python-crfsuite; `train/ner.py` calls it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from steppewire_enricher.features import crc
from steppewire_enricher.gazetteer import gazetteer
from steppewire_enricher.linear_features import sentence_features
from steppewire_enricher.spans import IMPOSSIBLE
from steppewire_enricher.train import corpora
from steppewire_enricher.train.corpora import Text

VERSION = "3"
TINY = 0.01
"""Weights smaller than this change no answer and are not shipped."""


@dataclass(frozen=True)
class LinearRecipe:
    """How a model is trained: (language of the text, where to read it), and the CRF's settings."""

    sources: tuple[tuple[str, Callable[[Path], Iterable[Text]]], ...]
    l1: float = 0.08
    l2: float = 0.02
    iterations: int = 130


def train(recipe: LinearRecipe, ner: Path, path: Path, *, verbose: bool = False) -> None:
    """Train a model and write it to `path`."""
    save(fit(recipe, ner, verbose=verbose), path)


def rows(recipe: LinearRecipe, ner: Path) -> Iterator[tuple[list[list[str]], tuple[str, ...]]]:
    """Return features and labels of every training sentence."""
    for language, read in recipe.sources:
        names = gazetteer(language)
        for text in read(ner):
            for sentence in corpora.labelled(text):
                known = names.match(sentence.words) if names else []
                yield sentence_features(sentence.words, known, language), sentence.labels


def fit(recipe: LinearRecipe, ner: Path, *, verbose: bool = False) -> Any:
    """Return the dump of a trained model."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=verbose)
    trainer.set_params(
        {
            "c1": recipe.l1,
            "c2": recipe.l2,
            "max_iterations": recipe.iterations,
            "feature.possible_transitions": True,
        }
    )
    for features, labels in rows(recipe, ner):
        trainer.append(features, labels)
    with tempfile.NamedTemporaryFile(suffix=".crfsuite") as file:
        trainer.train(file.name)
        opened = pycrfsuite.Tagger()
        opened.open(file.name)
        return opened.info()


def save(info: Any, path: Path) -> None:
    """Write the weights as numpy arrays: see `tagger.load_linear`."""
    labels = sorted(info.labels, key=lambda label: (label != "O", int(info.labels[label])))
    table = _table(info.state_features, labels)
    keys = np.array(sorted(table), dtype=np.uint32)
    np.savez_compressed(
        path,
        labels=np.array(labels),
        keys=keys,
        weights=np.stack([table[int(key)] for key in keys]).astype(np.float16),
        steps=_steps(info.transitions, labels),
        version=VERSION,
    )


def _table(weights: Any, labels: list[str]) -> dict[int, Any]:
    """Return the key of a feature -> its weight for each label."""
    table: dict[int, Any] = {}
    for (feature, label), weight in weights.items():
        if abs(weight) >= TINY:
            empty = np.zeros(len(labels), dtype=np.float32)
            table.setdefault(crc(feature), empty)[labels.index(label)] += weight
    return table


def _steps(weights: Any, labels: list[str]) -> Any:
    """Return the score of each label after each; no name begins in its middle."""
    steps = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (before, after), weight in weights.items():
        steps[labels.index(before), labels.index(after)] = weight
    for i, before in enumerate(labels):
        for j, after in enumerate(labels):
            if after.startswith("I-") and before[2:] != after[2:]:
                steps[i, j] = IMPOSSIBLE
    return steps
