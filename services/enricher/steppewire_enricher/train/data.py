"""Where each corpus lies in the folder of the data, `ner/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from steppewire_enricher.train import corpora
from steppewire_enricher.train.corpora import Text


def kaznerd(part: str) -> Callable[[Path], Iterator[Text]]:
    """Return a reader of KazNERD's `train` or `dev`."""
    return lambda ner: corpora.columns(ner / "kaznerd" / f"{part}.iob2", 0, 1, corpora.KAZNERD)


def kaznerd_names(ner: Path) -> Iterator[Text]:
    """Read KazNERD's people, bodies and places: what its kin can learn from it."""
    types = {"PERSON": "PERSON", "ORGANISATION": "ORGANISATION", "GPE": "GPE", "LOCATION": "GPE"}
    return corpora.columns(ner / "kaznerd" / "train.iob2", 0, 1, types)


def factrueval(ner: Path) -> Iterator[Text]:
    """Read factRuEval-2016."""
    return corpora.factrueval(ner / "factrueval2016" / "devset")


def bsnlp(ner: Path) -> Iterator[Text]:
    """Read BSNLP-2021."""
    return corpora.bsnlp(ner / "bsnlp2021" / "covid-19")


def nerel(part: str) -> Callable[[Path], Iterator[Text]]:
    """Return a reader of NEREL's `train` or `dev`: to measure with, never in what ships."""
    return lambda ner: corpora.brat(ner / "nerel" / part)


def wikinews(ner: Path) -> Iterator[Text]:
    """Read the bare texts of NEREL's `train`: Russian Wikinews, without anybody's labels."""
    for path in sorted((ner / "nerel" / "train").glob("*.txt")):
        yield Text(path.read_text("utf-8"), ())


def wikigold(ner: Path) -> Iterator[Text]:
    """Read wikigold."""
    return corpora.columns(ner / "en" / "wikigold.conll", 0, 1, corpora.SHORT)


def uner(ner: Path) -> Iterator[Text]:
    """Read UNER English EWT dev."""
    return corpora.columns(ner / "en" / "uner_ewt_dev.iob2", 1, 2, corpora.SHORT)


def uzbek(script: str) -> Callable[[Path], Iterator[Text]]:
    """Return a reader of the 100 Uzbek sentences, in `Latn` or `Cyrl`: to measure with."""
    name = {"Latn": "dev.news.iob2", "Cyrl": "dev.news.cyr.iob2"}[script]
    return lambda ner: corpora.columns(ner / "uz" / name, 0, 1, corpora.SHORT)
