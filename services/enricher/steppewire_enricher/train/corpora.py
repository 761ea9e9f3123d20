"""The corpora that name models are trained and measured on, in one shape.

Whatever words a corpus has, its text is cut again by our own `tokens`, so that a model learns
what it will see; its spans are kept as offsets into the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from steppewire.events import EntityType
from steppewire_enricher.spans import Span
from steppewire_enricher.tokens import Token, sentences, tokenise

KAZNERD = {type_: type_ for type_ in get_args(EntityType)}
SHORT = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "GPE"}
NEREL = {
    "PERSON": "PERSON", "ORGANIZATION": "ORGANISATION", "CITY": "GPE", "COUNTRY": "GPE",
    "STATE_OR_PROVINCE": "GPE", "DISTRICT": "GPE", "LOCATION": "LOCATION",
}  # fmt: skip

CharSpan = tuple[int, int, str]


@dataclass(frozen=True)
class Text:
    """A text and the names in it: (start, end, type), in code points."""

    text: str
    spans: tuple[CharSpan, ...]


@dataclass(frozen=True)
class Sentence:
    """Words and their B-/I-/O labels."""

    words: tuple[str, ...]
    labels: tuple[str, ...]


def columns(path: Path, word: int, tag: int, types: dict[str, str]) -> Iterator[Text]:
    """Read a CoNLL-like file: one word a line, empty lines between sentences."""
    rows: list[tuple[str, str]] = []
    for line in (*path.read_text("utf-8").split("\n"), ""):
        parts = line.split("\t") if "\t" in line else line.split()
        if line.startswith("# ") or (parts and len(parts) <= max(word, tag)):
            continue
        if parts:
            rows.append((parts[word], parts[tag]))
        elif rows:
            yield _joined(rows, types)
            rows = []


def _joined(rows: Iterable[tuple[str, str]], types: dict[str, str]) -> Text:
    """Join words by spaces, and their tags to spans; IOB1 (I- without B-) is understood."""
    text, found, open_type = "", [], ""
    for word, tag in rows:
        start = len(text) + 1 if text else 0
        text = f"{text} {word}" if text else word
        prefix, _, raw = tag.partition("-")
        type_ = types.get(raw, "")
        if type_ and (prefix == "B" or open_type != raw):
            found.append((start, len(text), type_))
        elif type_:
            found[-1] = (found[-1][0], len(text), type_)
        open_type = raw
    return Text(text, tuple(found))


def brat(folder: Path) -> Iterator[Text]:
    """Read NEREL: brat stand-off files; the outermost span wins where they nest."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        found: list[CharSpan] = []
        for line in path.with_suffix(".ann").read_text("utf-8").split("\n"):
            match = re.match(r"T\d+\t(\w+) (\d+) (\d+)\t", line)
            if match and match[1] in NEREL:
                found.append((int(match[2]), int(match[3]), NEREL[match[1]]))
        yield Text(text, outermost(found))


def outermost(found: Iterable[CharSpan]) -> tuple[CharSpan, ...]:
    """Keep the longest of overlapping spans, in order of their starts."""
    kept: list[CharSpan] = []
    for span in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return tuple(sorted(kept))


_FACT_TYPES = {"Org": "ORGANISATION", "LocOrg": "GPE", "Location": "GPE"}
_FACT_NAMES = {"ORGANISATION": "org_name", "GPE": "loc_name"}


def factrueval(folder: Path) -> Iterator[Text]:
    """Read factRuEval-2016: a person's parts as one name, other objects by their names alone."""
    for path in sorted(folder.glob("*.txt")):
        parts = dict(_fact_parts(path.with_suffix(".spans")))
        found: list[CharSpan] = []
        for line in path.with_suffix(".objects").read_text("utf-8").split("\n"):
            fields = line.split("#")[0].split()
            if len(fields) > 2:
                found.extend(_fact_spans(fields[1], [parts[p] for p in fields[2:] if p in parts]))
        yield Text(path.read_text("utf-8"), outermost(found))


def _fact_parts(path: Path) -> Iterator[tuple[str, tuple[str, int, int]]]:
    for line in path.read_text("utf-8").split("\n"):
        fields = line.split()
        if len(fields) > 3:
            start = int(fields[2])
            yield fields[0], (fields[1], start, start + int(fields[3]))


def _fact_spans(kind: str, parts: list[tuple[str, int, int]]) -> Iterator[CharSpan]:
    if kind == "Person" and parts:
        yield min(p[1] for p in parts), max(p[2] for p in parts), "PERSON"
    elif kind in _FACT_TYPES:
        type_ = _FACT_TYPES[kind]
        yield from ((p[1], p[2], type_) for p in parts if p[0] == _FACT_NAMES[type_])


def bsnlp(folder: Path) -> Iterator[Text]:
    """Read BSNLP-2021: mentions are given without offsets, so every occurrence is one."""
    types = SHORT
    for path in sorted((folder / "annotations").glob("*.out")):
        raws = list((folder / "raw").glob(f"{path.stem}.txt"))
        lines = [line.split("\t") for line in path.read_text("utf-8").split("\n")[1:]]
        mentions = [(x[0], types[x[2]]) for x in lines if len(x) == 4 and x[2] in types]
        for raw in raws:
            body = "\n".join(raw.read_text("utf-8").split("\n")[4:])
            yield Text(body, outermost(_occurrences(body, mentions)))


def _occurrences(text: str, mentions: Iterable[tuple[str, str]]) -> Iterator[CharSpan]:
    for surface, type_ in mentions:
        if not surface.casefold().startswith("covid"):  # a disease, counted as ORG there
            for match in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
                yield match.start(), match.end(), type_


def labelled(text: Text) -> Iterator[Sentence]:
    """Cut a text into sentences of labelled words."""
    for paragraph, offset in paragraphs(text.text):
        for sentence in sentences(list(tokenise(paragraph, offset))):
            labels = _labels(sentence, text.spans)
            yield Sentence(tuple(token.text for token in sentence), tuple(labels))


def paragraphs(text: str) -> Iterator[tuple[str, int]]:
    """Yield lines that are not empty, with their offsets."""
    for match in re.finditer(r"[^\n]+", text):
        yield match[0], match.start()


def _labels(tokens: list[Token], spans: Iterable[CharSpan]) -> list[str]:
    labels = ["O"] * len(tokens)
    for start, end, type_ in spans:
        inside = [i for i, t in enumerate(tokens) if t.start < end and t.end > start]
        for i in inside:
            labels[i] = f"{'B' if i == inside[0] else 'I'}-{type_}"
    return labels


def labels_of(length: int, spans: Iterable[Span]) -> tuple[str, ...]:
    """Return the B-/I-/O labels of so many words with these names."""
    labels = ["O"] * length
    for start, end, type_ in spans:
        labels[start:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - start - 1)]
    return tuple(labels)


def split(items: Iterable[Text], share: int) -> tuple[list[Text], list[Text]]:
    """Split texts: every `share`-th goes to the second list."""
    groups: dict[bool, list[Text]] = defaultdict(list)
    for i, item in enumerate(items):
        groups[i % share == 0].append(item)
    return groups[False], groups[True]
