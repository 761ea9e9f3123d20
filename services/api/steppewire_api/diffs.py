"""What has changed between two versions of a text, word by word, so that a person can read it.

1. paragraphs that both versions have are found first
2. between them, paragraphs that say nearly the same are taken as one that was changed
3. inside such a pair, words are compared
4. a word or two that stayed by chance between changes is counted as changed, too

The longest common subsequence is rapidfuzz's, which computes 64 cells at a time; still it is never
asked for more than `MOST_CELLS`, and not at all where more than `MOST_CHANGED` letters are new.
Beyond that a stretch is told as taken out and put in, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from steppewire.language.apostrophes import APOSTROPHES

MOST_CELLS = 64_000_000
"""Words times words: 8,000 against 8,000 are ten milliseconds and eight megabytes."""
MOST_CHANGED = 400_000
"""Letters of changed paragraphs whose words are compared: a hundred times a long article."""
MOST_PAIRS = 400
"""Paragraphs times paragraphs between two that stayed, among which likes are looked for."""
ALIKE = 0.4
"""The share of their words that two paragraphs have in common when one came from the other."""

TOKEN = re.compile(rf"[^\W_]+(?:[{re.escape(APOSTROPHES)}-][^\W_]+)*|\s+|[^\w\s]|_")
_WORD = re.compile(r"\w+")

Op = Literal["same", "removed", "added"]
Change = Literal["same", "changed", "removed", "added"]


@dataclass(frozen=True)
class Part:
    """A stretch of text that stayed, went or came."""

    op: Op
    text: str


@dataclass(frozen=True)
class Row:
    """A paragraph: what became of it, and its text in parts."""

    change: Change
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Run:
    """What went and what came at one place; the same, where nothing did."""

    before: Sequence[str]
    after: Sequence[str]
    same: bool

    @property
    def texts(self) -> tuple[Sequence[str], Sequence[str]]:
        """Both sides."""
        return self.before, self.after


def rows(before: Sequence[str], after: Sequence[str]) -> list[Row]:
    """Return the paragraphs of both versions, in reading order."""
    runs, done = _runs(before, after), list[Row]()
    closely = sum(_weight(run) for run in runs if not run.same) <= MOST_CHANGED
    for run in runs:
        if run.same:
            done += [Row("same", (Part("same", text),)) for text in run.before if text]
        else:
            done += _between(run.before, run.after, _pairs(*run.texts) if closely else [])
    return done


def parts(before: str, after: str) -> tuple[Part, ...]:
    """Return a text with its changed words."""
    if before == after:
        return (Part("same", before),) if before else ()
    found = _settled(_runs(TOKEN.findall(before), TOKEN.findall(after)))
    return tuple(part for run in found for part in _parts(run))


def _parts(run: _Run) -> Iterator[Part]:
    before, after = "".join(run.before), "".join(run.after)
    if run.same:
        yield Part("same", before)
        return
    if before:
        yield Part("removed", before)
    if after:
        yield Part("added", after)


def _runs(before: Sequence[str], after: Sequence[str]) -> list[_Run]:
    """Return what stayed and what did not, in turn."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    runs = [
        _Run(before[:head], after[:head], same=True),
        *_inside(*middle),
        _Run(before[len(before) - tail :], after[len(after) - tail :], same=True),
    ]
    return [run for run in runs if run.before or run.after]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    shortest = min(len(one), len(other))
    return next((n for n, (mine, theirs) in enumerate(pairs) if mine != theirs), shortest)


def _inside(before: Sequence[str], after: Sequence[str]) -> list[_Run]:
    if not before or not after or len(before) * len(after) > MOST_CELLS:
        return [_Run(before, after, same=False)]
    runs: list[_Run] = []
    for code in LCSseq.opcodes(before, after):
        went, came = before[code.src_start : code.src_end], after[code.dest_start : code.dest_end]
        same = code.tag == "equal"
        if runs and not same and not runs[-1].same:
            went, came = [*runs[-1].before, *went], [*runs.pop().after, *came]
        runs.append(_Run(went, came, same))
    return runs


def _settled(runs: Sequence[_Run]) -> list[_Run]:
    """Join changes with the little that stayed between them.

    A comma that two sentences share says nothing, and cuts the change in two for the eye.
    """
    done: list[_Run] = []
    for run in runs:
        done.append(run)
        while len(done) >= 3 and _by_chance(*done[-3:]):
            first, middle, last = done[-3:]
            del done[-3:]
            done.append(
                _Run(
                    [*first.before, *middle.before, *last.before],
                    [*first.after, *middle.after, *last.after],
                    same=False,
                )
            )
    return done


def _by_chance(first: _Run, middle: _Run, last: _Run) -> bool:
    if first.same or not middle.same or last.same:
        return False
    stayed = sum(len(token) for token in middle.before if _WORD.match(token))
    return 2 * stayed <= min(_weight(first), _weight(last))


def _weight(run: _Run) -> int:
    return max(sum(map(len, run.before)), sum(map(len, run.after)))


def _between(
    before: Sequence[str], after: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> list[Row]:
    """Return the paragraphs between two that stayed; `pairs` are two forms of one."""
    done: list[Row] = []
    at_before = at_after = 0
    for mine, theirs in [*pairs, (len(before), len(after))]:
        done += [Row("removed", (Part("removed", t),)) for t in before[at_before:mine] if t]
        done += [Row("added", (Part("added", t),)) for t in after[at_after:theirs] if t]
        if mine < len(before):
            done.append(Row("changed", parts(before[mine], after[theirs])))
        at_before, at_after = mine + 1, theirs + 1
    return done


def _pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Return which paragraph became which, in order: the pairing with the most in common."""
    if not before or not after or len(before) * len(after) > MOST_PAIRS:
        return []
    ours = [frozenset(_WORD.findall(text)) for text in before]
    theirs = [frozenset(_WORD.findall(text)) for text in after]
    alike = [[_likeness(one, other) for other in theirs] for one in ours]
    return _walked(alike, _best(alike))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one) + len(other)
    share = 2 * len(one & other) / together if together else 0.0
    return share if share >= ALIKE else 0.0


def _best(alike: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return what can be had at most from each place on."""
    height, width = len(alike), len(alike[0])
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for i in reversed(range(height)):
        for j in reversed(range(width)):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    return best


def _walked(
    alike: Sequence[Sequence[float]], best: Sequence[Sequence[float]]
) -> list[tuple[int, int]]:
    found, i, j = [], 0, 0
    while i < len(alike) and j < len(alike[0]):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
