"""How well one page was read, and what that makes of many: pure arithmetic.

Bodies: precision and recall of 4-word shingles. Titles: the same words in the same order. Dates:
the same day. Authors: F1 of the names. Where a truth is only a list of strings: the share of those
that must be there, and of those that must not.

What every tool may spell as it likes is no difference: letters that nobody sees, several people in
one string ("Jane Doe and A. Mamin"), the degrees behind a name. A truth that is no day ("nan",
"2015-11", "2022-29-11") is no truth about the day.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

SHINGLE = 4
POOR = 0.5
"""A body below this F1 has lost its article."""
_WORD = re.compile(r"\w+")
# Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_BETWEEN_PEOPLE = re.compile(
    r"\s*[,;&|]\s*(?:and\s+)?|\s+/\s+|\s+(?:and|und|et|y|e|i|og|och|и|және|ва|va|with|mit)\s+",
    re.IGNORECASE,
)
# "MD", "CFP®", "Ph.D.", and what an agency is called for short.
_LETTERS_BEHIND = re.compile(r"(?:[A-Z]{2,6}|(?:[A-Z][a-z]?\.\s?){2,4}|Ph\.?\s?D\.?)[®*]?")

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
    authors_shared: int = 0
    authors_found: int = 0
    authors_true: int = 0
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
        **(_authors(record, truth) if "authors" in told else {}),
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
    day, said = str(truth.get("date"))[:10], (record.get("published") or "")[:10]
    if not _is_day(day):
        return {}
    return {"date_right": said == day, "date_wrong": said not in ("", day)}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _authors(record: Record, truth: Mapping[str, Any]) -> dict[str, Any]:
    true = people(truth.get("authors") or ())
    if not true:
        return {}
    found = people(record.get("authors") or ())
    shared = len(found & true)
    return {
        "authors": 2 * shared / (len(found) + len(true)),
        "authors_shared": shared, "authors_found": len(found), "authors_true": len(true),
    }  # fmt: skip


def people(names: Iterable[Any]) -> set[str]:
    """Return who is named, as names are compared: each person once, without degrees."""
    found: list[str] = []
    for piece in (piece for name in flat(names) for piece in _BETWEEN_PEOPLE.split(name)):
        behind = any(" " in name for name in found)
        if not (behind and _LETTERS_BEHIND.fullmatch(piece.strip())):
            found.append(" ".join(words(piece)))
    return set(found) - {""}


def words(text: str) -> list[str]:
    """Return the words of a text, as they are compared."""
    seen = _UNSEEN.sub("", text)
    return _WORD.findall(unicodedata.normalize("NFKC", seen).casefold())


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
            **self._names(),
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

    def _names(self) -> dict[str, float]:
        judged = [page for page in self.pages if page.authors is not None]
        named = sum(page.authors_found + page.authors_true for page in judged)
        shared = sum(page.authors_shared for page in judged)
        return {"authors_summed": 2 * shared / named} if judged else {}

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
