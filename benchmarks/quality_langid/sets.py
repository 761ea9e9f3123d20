"""The texts that languages are told of: units, variants, stress tests, mixed articles."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from steppewire_enricher.train.langid_settings import is_for_settings
from steppewire_enricher.train.langid_tables import CLASSES

UNITS = (
    "word", "pair", "w4", "w8", "headline", "sent", "para", "doc", "apos", "variant",
    "variant-headline",
)  # fmt: skip
CAPITALS, PLAIN, OTHER = "CAPITALS", "plainly typed", "other"
LETTERS = {
    "kk-Cyrl": ("әғқңөұүіһ", "агкноууих"),
    "ky-Cyrl": ("ңөү", "ноу"),
    "tt-Cyrl": ("әөүҗңһ", "аоужнх"),
    "ba-Cyrl": ("ғҙҡңөҫүһә", "гзкносуха"),
    "tg-Cyrl": ("ғӣқӯҳҷ", "гикухч"),
    "uz-Cyrl": ("ўқғҳ", "укгх"),
    "az-Latn": ("əğıöşüç", "egiosuc"),
    "tr-Latn": ("ğıöşüç", "giosuc"),
    "tk-Latn": ("äžňöşüýç", "ajnosuyc"),
}
"""The letters that are left out, and what stands for them."""
SHARES = (0.0, 0.2, 0.3, 0.4, 0.45)


@dataclass(frozen=True)
class Item:
    """A text, what it is, and the language that it is in."""

    unit: str
    cls: str
    text: str


def load(data: Path, part: str) -> list[Item]:
    """Read the development texts of a part: `settings`, `measured` or `all`."""
    path = data / "langid" / "dev.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    items = [Item(r["unit"], r["cls"], r["text"]) for r in rows if in_part(r["text"], part)]
    return [*items, *stressed(items)]


def in_part(text: str, part: str) -> bool:
    """Say whether a text is of a part."""
    return part == "all" or is_for_settings(text) == (part == "settings")


def stressed(items: list[Item]) -> Iterator[Item]:
    """Write headlines in capitals, and without special letters."""
    for item in items:
        if item.unit == "headline":
            yield Item(CAPITALS, item.cls, item.text.upper())
        if item.unit == "headline" and item.cls in LETTERS:
            special, typed = LETTERS[item.cls]
            table = str.maketrans(special + special.upper(), typed + typed.upper())
            yield Item(PLAIN, item.cls, item.text.translate(table))


def known(item: Item) -> bool:
    """Say whether a text is in a language of ours."""
    return item.cls in CLASSES


@dataclass(frozen=True)
class Mixed:
    """An article of which some sentences are in Russian."""

    cls: str
    asked: float
    share: float
    """The true share of its characters in Russian."""
    paragraphs: tuple[str, ...]


def mixed(data: Path) -> Iterator[Mixed]:
    """Replace sentences of aligned articles by their Russian versions, up to a share."""
    documents: dict[str, dict[str, list[str]]] = defaultdict(dict)
    with gzip.open(data / "langid" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["unit"] == "doc" and row["src"].startswith("ntrex"):
                documents[row["cls"]][str(row["id"])] = _sentences(row["text"])
    dice = random.Random(4)
    for cls in ("kk-Cyrl", "uz-Latn", "uz-Cyrl", "ky-Cyrl", "tg-Cyrl"):
        for asked in SHARES:
            for name, own in documents[cls].items():
                russian = documents["ru-Cyrl"].get(name, [])
                if min(len(own), len(russian)) >= 4:
                    yield _mixture(cls, asked, own, russian, dice)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"\n|(?<=[.!?])\s+", text) if part.strip()]


def _mixture(
    cls: str, asked: float, own: list[str], russian: list[str], dice: random.Random
) -> Mixed:
    lines = [(line, False) for line in own[: len(russian)]]
    order = list(range(len(lines)))
    dice.shuffle(order)
    for i in order:
        trial = [*lines[:i], (russian[i], True), *lines[i + 1 :]]
        if _share(trial) <= asked:
            lines = trial
    texts = [line for line, _ in lines]
    paragraphs = tuple(" ".join(texts[i : i + 3]) for i in range(0, len(texts), 3))
    return Mixed(cls, asked, _share(lines), paragraphs)


def _share(lines: list[tuple[str, bool]]) -> float:
    return sum(len(text) for text, foreign in lines if foreign) / sum(len(t) for t, _ in lines)
