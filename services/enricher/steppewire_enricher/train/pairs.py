"""Lists of name pairs by language: which half is learned from, and which is measured."""

from __future__ import annotations

import zlib
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

CODES = {"kaz": "kk", "rus": "ru", "uzb": "uz", "eng": "en"}


class Pair(NamedTuple):
    """Two names of one thing in two languages."""

    one: str
    other: str
    type: str
    pivot: str
    """The Kazakh name, by which the halves are told: what is one name stays on one side."""


def half(name: str) -> int:
    """Return 1 for names that are learned from, 0 for those that are measured."""
    return 1 - zlib.crc32(name.encode()) % 2


def read_pairs(folder: Path) -> dict[tuple[str, str], list[Pair]]:
    """Return the pairs by their two languages; those without a file are joined by way of Kazakh.

    Raises FileNotFoundError where there is no list.
    """
    out: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for path in sorted(folder.glob("pairs-*.tsv")):
        first, second = (CODES[code] for code in path.stem.split("-")[-2:])
        for line in path.read_text("utf-8").splitlines():
            one, other, kind = line.split("\t")[:3]
            kk, rest, language = (one, other, second) if first == "kk" else (other, one, first)
            out["kk", language].append(Pair(kk, rest, kind, kk))
    if not out:
        raise FileNotFoundError(f"no pairs-*.tsv in {folder}: give the folder of the data")
    return dict(out) | _joined(out)


def _joined(by_kazakh: dict[tuple[str, str], list[Pair]]) -> dict[tuple[str, str], list[Pair]]:
    known = [language for language in ("ru", "uz", "en") if ("kk", language) in by_kazakh]
    out: dict[tuple[str, str], list[Pair]] = {}
    for first, second in combinations(known, 2):
        names = defaultdict(set)
        for pair in by_kazakh["kk", first]:
            names[pair.one].add(pair.other)
        out[first, second] = [
            Pair(name, pair.other, pair.type, pair.one)
            for pair in by_kazakh["kk", second]
            for name in sorted(names.get(pair.one, ()))
        ]
    return out
