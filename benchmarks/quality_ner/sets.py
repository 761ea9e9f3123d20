"""What is read to measure: corpora by path, and our own sentences with values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from steppewire_enricher.places import PLACES
from steppewire_enricher.scripts import uz_to_cyrillic
from steppewire_enricher.train import data
from steppewire_enricher.train.corpora import CharSpan, Text

VALUES = Path(__file__).with_name("values.txt")
COARSE = ("PERSON", "ORGANISATION", "PLACE")


@dataclass(frozen=True)
class Set:
    """Texts in one language whose names are known."""

    name: str
    tag: str
    read: Callable[[Path], Iterable[Text]]
    fine: bool = False
    """All 25 types are told apart; else people, bodies and places."""


SETS = (
    Set("kk KazNERD dev", "kk-Cyrl", data.kaznerd("dev"), fine=True),
    Set("ru NEREL dev", "ru-Cyrl", data.nerel("dev")),
    Set("ru BSNLP covid-19", "ru-Cyrl", data.bsnlp),
    Set("uz-Latn news", "uz-Latn", data.uzbek("Latn")),
    Set("uz-Cyrl news", "uz-Cyrl", data.uzbek("Cyrl")),
)
FOLDED = (
    Set("ru factRuEval devset, folds", "ru-Cyrl", data.factrueval),
    Set("en UNER-EWT dev, folds", "en-Latn", data.uner),
)
"""Sets that the shipped model has seen: measured with models that saw only the other folds."""


def coarse(spans: Iterable[CharSpan]) -> set[CharSpan]:
    """Return people, bodies and places, all places alike."""
    alike = ((s, e, "PLACE" if t in PLACES else t) for s, e, t in spans)
    return {span for span in alike if span[2] in COARSE}


# --- values --------------------------------------------------------------------------------

_VALUE = re.compile(r"\{([^|{}]+)\|([A-Z]+)(?:\|([^{}]+))?\}")
TAGS = {"kk": "kk-Cyrl", "ru": "ru-Cyrl", "uz": "uz-Latn", "en": "en-Latn"}


@dataclass(frozen=True)
class Worth:
    """A sentence of ours: where its values stand, and what they are worth."""

    tag: str
    text: str
    spans: frozenset[CharSpan]
    worth: frozenset[tuple[int, str]]
    """Start of a value, and its date, or its amount and currency."""


def values(half: str) -> Iterator[Worth]:
    """Return the sentences of the `dev` or the `test` half."""
    language, number = "", 0
    for line in VALUES.read_text("utf-8").split("\n"):
        if line.startswith("["):
            language, number = line.strip("[]"), 0
        elif line and not line.startswith("#"):
            number += 1
            if (number % 2 == 1) == (half == "dev"):
                yield _worth(TAGS[language], line)
                if language == "uz":
                    yield _worth("uz-Cyrl", line, uz_to_cyrillic)


def _worth(tag: str, line: str, write: Callable[[str], str] = str) -> Worth:
    text, at = "", 0
    spans, worth = set(), set()
    for match in _VALUE.finditer(line):
        text += write(line[at : match.start()])
        start = len(text)
        text += write(match[1])
        spans.add((start, len(text), match[2]))
        if match[3]:
            worth.add((start, match[3]))
        at = match.end()
    return Worth(tag, text + write(line[at:]), frozenset(spans), frozenset(worth))
