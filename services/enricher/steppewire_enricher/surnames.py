"""What the ending of a surname tells: where a person's name goes on, and where it is over.

The endings -ов and -ев are borne by most people of the region and by few other words, so a tagger
that has not learned a name may still be told of it. Positions in a list of words, as in `settle`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from steppewire_enricher.spans import Span

_ENDING = re.compile(r"\w{3}(?:[oe]va?|[ое]ва?)(?:(?:ning|ni|ga|da|dan)|(?:нинг|ни|га|да|дан))?$")
_BARE = re.compile(r"\w{2}(?:[ое]в|ин)а?$")
_PATRONYMIC = re.compile(r"(?:вич|вна|ұлы|улы|қызы|кызы)")
_CASE = re.compile(r"(?:[дт][ае]|[дтн][ае]н|[ғгқк][ае])$")
"""Locative, ablative and dative of Kazakh."""
_IN_CASE = re.compile(
    r"\w{2}(?:[ое]в|ин)а?(?:[дт][ае]|[дтн][ае]н|[ғгқк][ае]|[дтн][ыі]ң?|[мпб]ен|у|ым|ой)?$"
)
"""A surname in -ов, -ев or -ин, in any case."""
EXTENDED = ("en", "uz")
"""Languages whose taggers learned from few surnames of the region."""


def with_surnames(spans: Sequence[Span], words: Sequence[str], language: str) -> list[Span]:
    """Let a person's name reach over the surname behind it, and see one that nobody saw.

    `[Aigerim] Tleubaeva` is one name; so is a capitalised word inside a sentence with a surname
    behind it, `Climber Maksut Zhumayev`.
    """
    out = list(spans)
    if language not in EXTENDED:
        return out
    for at in range(1, len(words)):
        if not (_is_capitalised(words[at]) and _ENDING.search(words[at])) or _covered(out, at):
            continue
        before = next((span for span in out if span.end == at), None)
        if before is not None and before.type == "PERSON":
            out[out.index(before)] = Span(before.start, at + 1, "PERSON")
        elif before is None and at > 1 and _is_capitalised(words[at - 1]):
            out.append(Span(at - 1, at + 1, "PERSON"))
    return out


def without_place(span: Span, words: Sequence[str]) -> Span:
    """Cut what says where off a full Kazakh name: `Мақсұт Жұмаев Эверестке`.

    Behind given name and surname comes a patronymic, or the name is over.
    """
    last = words[span.end - 1]
    full = span.type == "PERSON" and span.end - span.start == 3
    over = full and _BARE.search(words[span.end - 2]) and not _PATRONYMIC.search(last)
    return Span(span.start, span.end - 1, span.type) if over and _CASE.search(last) else span


def apart(span: Span, words: Sequence[str]) -> list[Span]:
    """Cut two people apart who are named one behind the other: `Тоқаев Роза` is nobody in
    `Қасым-Жомарт Тоқаев Роза Рымбаеваны`.
    """
    if span.type != "PERSON" or span.end - span.start != 4:
        return [span]
    middle = span.start + 2
    over = _IN_CASE.search(words[middle - 1])
    goes_on = any(_PATRONYMIC.search(word) for word in words[middle : span.end])
    if not over or goes_on:
        return [span]
    return [Span(span.start, middle, span.type), Span(middle, span.end, span.type)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower()


def _covered(spans: Sequence[Span], at: int) -> bool:
    return any(span.start <= at < span.end for span in spans)
