"""How well one page was read, and what that makes of many: pure arithmetic.

Bodies: precision and recall of 4-word shingles. Titles: the same words in the same order. Dates:
the same day. Authors: F1 of the names. Where a truth is only a list of strings: the share of those
that must be there, and of those that must not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SHINGLE = 4
POOR = 0.5
"""A body below this F1 has lost its article."""
_WORD = re.compile(r"\w+")

Record = Mapping[str, Any]
"""What a tool says of a page: `body`, `title`, `published`, `authors`; `refused` if nothing."""


@dataclass(frozen=True)
class Judged:
    """How one page was read; None where there is no truth, or the tool does not tell."""

    precision: float | None = None
    recall: float | None = None
    shared: int = 0
    found: int = 0
    true: int = 0
    kept: float | None = None
    left: float | None = None
    title: bool | None = None
    date_right: bool | None = None
    date_wrong: bool | None = None
    authors: float | None = None
    refused: str = ""
    is_article: bool = True

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the body's precision and recall."""
        if self.precision is None or self.recall is None:
            return None
        return f1_of(self.precision, self.recall)


def judge(record: Record, truth: Mapping[str, Any], tells: Iterable[str], article: bool) -> Judged:
    """Compare what a tool says of a page with the truth; `tells` is what it can say at all."""
    told = set(tells)
    return Judged(
        **(_body(record, truth) if "body" in told else {}),
        title=_title(record, truth) if "title" in told else None,
        **(_date(record, truth) if "published" in told else {}),
        authors=_authors(record, truth) if "authors" in told else None,
        refused=record.get("refused") or "",
        is_article=article,
    )


def _body(record: Record, truth: Mapping[str, Any]) -> dict[str, Any]:
    text = record.get("body") or ""
    plain = " ".join(text.split())
    musts, must_nots = (
        [" ".join(one.split()) for one in truth.get(name) or ()] for name in ("with", "without")
    )
    judged: dict[str, Any] = {
        "kept": mean(one in plain for one in musts) if musts else None,
        "left": mean(one not in plain for one in must_nots) if must_nots else None,
    }
    if truth.get("body"):
        found, true = shingles(text), shingles(truth["body"])
        shared = (found & true).total()
        judged |= {
            "precision": shared / max(1, found.total()),
            "recall": shared / max(1, true.total()),
            "shared": shared, "found": found.total(), "true": true.total(),
        }  # fmt: skip
    return judged


def _title(record: Record, truth: Mapping[str, Any]) -> bool | None:
    said = truth.get("title")
    return words(record.get("title") or "") == words(said) if said else None


def _date(record: Record, truth: Mapping[str, Any]) -> dict[str, bool]:
    if not truth.get("date"):
        return {}
    day, said = str(truth["date"])[:10], (record.get("published") or "")[:10]
    return {"date_right": said == day, "date_wrong": said not in ("", day)}


def _authors(record: Record, truth: Mapping[str, Any]) -> float | None:
    if not truth.get("authors"):
        return None
    found, true = (
        {" ".join(words(name)) for name in flat(names)}
        for names in (record.get("authors") or (), truth["authors"])
    )
    return 2 * len(found & true) / max(1, len(found) + len(true))


def words(text: str) -> list[str]:
    """Return the words of a text, as they are compared."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words; a shorter text is one."""
    tokens = words(text)
    if not tokens:
        return Counter()
    runs = range(max(1, len(tokens) - SHINGLE + 1))
    return Counter(tuple(tokens[at : at + SHINGLE]) for at in runs)


def flat(names: Iterable[Any]) -> Iterable[str]:
    """Yield names; some truths are lists of lists."""
    for name in names:
        if isinstance(name, str):
            yield name
        else:
            yield from flat(name)


def mean(values: Iterable[float | bool]) -> float:
    """Return the mean; 0 of nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def f1_of(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass
class Total:
    """Many judged pages."""

    pages: list[Judged] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return what can be told of them; a name is left out where nothing can."""
        return {
            "pages": len(self.pages),
            **self._bodies(),
            **self._means("kept", "left", "title", "date_right", "date_wrong", "authors"),
            **self._refusals(),
        }

    def _bodies(self) -> dict[str, float]:
        judged = [page for page in self.pages if page.precision is not None and page.is_article]
        if not judged:
            return {}
        precision, recall = (
            mean(getattr(page, name) for page in judged) for name in ("precision", "recall")
        )
        sums = {n: sum(getattr(page, n) for page in judged) for n in ("shared", "found", "true")}
        pooled = f1_of(
            sums["shared"] / max(1, sums["found"]), sums["shared"] / max(1, sums["true"])
        )
        each = [page.f1 or 0.0 for page in judged]
        return {
            "bodies": len(judged),
            "body_f1": f1_of(precision, recall),
            "body_precision": precision,
            "body_recall": recall,
            "body_f1_mean": mean(each),
            "body_f1_summed": pooled,
            "body_poor": sum(one < POOR for one in each),
        }

    def _means(self, *names: str) -> dict[str, float]:
        told = {
            name: [v for page in self.pages if (v := getattr(page, name)) is not None]
            for name in names
        }
        return {name: mean(values) for name, values in told.items() if values}

    def _refusals(self) -> dict[str, float]:
        kinds = {"refused": True, "refused_others": False}
        sorted_ = {
            name: [p for p in self.pages if p.is_article == is_] for name, is_ in kinds.items()
        }
        return {
            name: mean(bool(page.refused) for page in pages)
            for name, pages in sorted_.items()
            if pages
        }


def worst(judged: Sequence[tuple[str, Judged]], number: int) -> list[tuple[str, float]]:
    """Return the pages whose bodies are read worst, the worst first."""
    scored = [(name, page.f1) for name, page in judged if page.f1 is not None and page.is_article]
    return sorted(scored, key=lambda pair: (pair[1], pair[0]))[:number]
