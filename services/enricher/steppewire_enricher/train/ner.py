"""Train the name models: `python -m steppewire_enricher.train.ner DATA [MODEL …]`.

DATA holds the folder `ner/` of the development data. Needs the extra `train` (python-crfsuite).
One core, about five minutes in all; the result does not depend on the machine.

======== ============================================ =============== =====================
model    trained on                                   licence         measured on
======== ============================================ =============== =====================
kk       KazNERD (train)                              CC BY 4.0       KazNERD (dev)
ru       factRuEval-2016 devset, BSNLP-2021 covid-19  MIT, CC BY-SA   NEREL dev, never shipped
en       wikigold, half of UNER English EWT dev       CC BY, CC BY-SA the other half
turkic   KazNERD, factRuEval-2016 in Latin letters    CC BY 4.0, MIT  100 Uzbek sentences
======== ============================================ =============== =====================
"""

from __future__ import annotations

import argparse
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from steppewire_enricher.features import View, sentence_features
from steppewire_enricher.gazetteer import gazetteer
from steppewire_enricher.train import corpora
from steppewire_enricher.train.corpora import Sentence, Text

VERSION = "1"
TINY = 0.01
"""Weights smaller than this change no answer and are not shipped."""


@dataclass(frozen=True)
class Recipe:
    """How one model is trained: (language of the text, where to read it) and CRF settings."""

    view: View
    sources: tuple[tuple[str, Callable[[Path], Iterable[Text]]], ...]
    l1: float = 0.08
    l2: float = 0.02
    iterations: int = 130


def kaznerd(part: str) -> Callable[[Path], Iterator[Text]]:
    """Return a reader of KazNERD's `train` or `dev`."""
    return lambda ner: corpora.columns(ner / "kaznerd" / f"{part}.iob2", 0, 1, corpora.KAZNERD)


def factrueval(ner: Path) -> Iterator[Text]:
    """Read factRuEval-2016."""
    return corpora.factrueval(ner / "factrueval2016" / "devset")


def bsnlp(ner: Path) -> Iterator[Text]:
    """Read BSNLP-2021."""
    return corpora.bsnlp(ner / "bsnlp2021" / "covid-19")


def wikigold(ner: Path) -> Iterator[Text]:
    """Read wikigold."""
    return corpora.columns(ner / "en" / "wikigold.conll", 0, 1, corpora.SHORT)


def uner_half(measured: bool) -> Callable[[Path], list[Text]]:
    """Return a reader of one half of UNER English EWT dev: one is trained on, one is measured."""
    return lambda ner: corpora.split(
        corpora.columns(ner / "en" / "uner_ewt_dev.iob2", 1, 2, corpora.SHORT), 2
    )[measured]


RECIPES: dict[str, Recipe] = {
    "kk": Recipe("kk", (("kk", kaznerd("train")),)),
    "ru": Recipe("ru", (("ru", factrueval), ("ru", bsnlp))),
    "en": Recipe("en", (("en", wikigold), ("en", uner_half(False))), l1=0.01, l2=0.05),
    "turkic": Recipe("turkic", (("kk", kaznerd("train")), ("ru", factrueval))),
}


def rows(recipe: Recipe, ner: Path) -> Iterator[tuple[list[list[str]], tuple[str, ...]]]:
    """Return features and labels of every training sentence."""
    for language, read in recipe.sources:
        names = gazetteer(language)
        for text in read(ner):
            for sentence in corpora.labelled(text):
                yield _row(sentence, language, recipe.view, names)


def _row(
    sentence: Sentence, language: str, view: View, names: Any
) -> tuple[list[list[str]], tuple[str, ...]]:
    known = names.match(sentence.words) if names else []
    return sentence_features(sentence.words, known, language, view), sentence.labels


def fit(recipe: Recipe, ner: Path, verbose: bool = False) -> Any:
    """Train with L-BFGS; return the dump of the trained model."""
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


def save(info: Any, view: View, path: Path) -> None:
    """Write the weights as numpy arrays: see `tagger.Tagger`."""
    labels = sorted(info.labels, key=lambda label: int(info.labels[label]))
    index = {label: i for i, label in enumerate(labels)}
    table: dict[int, np.ndarray[Any, np.dtype[np.float32]]] = {}
    for (feature, label), weight in info.state_features.items():
        if abs(weight) >= TINY:
            row = table.setdefault(
                zlib.crc32(feature.encode("utf-8", "replace")),
                np.zeros(len(labels), dtype=np.float32),
            )
            row[index[label]] += weight
    steps = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (before, after), weight in info.transitions.items():
        steps[index[before], index[after]] = weight
    for i, before in enumerate(labels):
        for j, after in enumerate(labels):
            if after.startswith("I-") and before[2:] != after[2:]:
                steps[i, j] = -100  # no name begins in its middle
    keys = np.array(sorted(table), dtype=np.uint32)
    np.savez_compressed(
        path,
        labels=np.array(labels),
        keys=keys,
        weights=np.stack([table[int(key)] for key in keys]).astype(np.float16),
        steps=steps,
        view=view,
        version=VERSION,
    )


def main() -> None:
    """Train the named models, or all of them, one after the other."""
    parser = argparse.ArgumentParser(description="Train the name models.")
    parser.add_argument("data", type=Path, help="folder that holds ner/")
    parser.add_argument("model", nargs="*", default=list(RECIPES), help=" ".join(RECIPES))
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "models")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    for name in options.model:
        info = fit(RECIPES[name], options.data / "ner", options.verbose)
        path = options.out / f"ner-{name}.npz"
        save(info, RECIPES[name].view, path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(info.attributes)} features")


if __name__ == "__main__":
    main()
