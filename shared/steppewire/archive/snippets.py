"""What is shown of an article in a few words: how it begins, or where a query matches it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steppewire.archive.folding import Wanted, words
from steppewire.events import Article

OPEN, CLOSE = "\ue000", "\ue001"
"""Private-use characters around a found word: safe to escape for HTML first, and mark up then."""

BEFORE, AFTER = 60, 180
"""Characters shown around the first found word."""

_ELLIPSIS = "…"


def opening(article: Article, most: int) -> str | None:
    """Return the lead, or how the text begins: `most` characters of it, whole words."""
    text = article.lead or next((p.text for p in article.paragraphs), None)
    if text is None or len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0]}{_ELLIPSIS}"


def snippet(texts: Sequence[str], query: Sequence[Wanted]) -> str | None:
    """Return a piece of the first of `texts` that has most of the words; None without a query."""
    if not query:
        return None
    hits = [(_hits(text, query), text) for text in texts]
    # max keeps the first of equals: the body before the title
    found, text = max(hits, key=lambda hit: len({i for _, i in hit[0]}), default=([], ""))
    return _cut(text, [span for span, _ in found])


def marked(text: str, query: Sequence[Wanted]) -> str:
    """Return all of a text, a title, with the words marked."""
    return _mark(_shielded(text), [span for span, _ in _hits(text, query)], 0, len(text))


def _hits(text: str, query: Sequence[Wanted]) -> list[tuple[tuple[int, int], int]]:
    return [
        (match.span(), i)
        for match in words(text)
        for i, word in enumerate(query)
        if word.has(match[0])
    ]


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    text = _shielded(text)
    first = spans[0][0] if spans else 0
    start = _word_start(text, max(0, first - BEFORE))
    end = _word_end(text, min(len(text), first + AFTER))
    body = " ".join(_mark(text, spans, start, end).split())
    return f"{_ELLIPSIS * (start > 0)}{body}{_ELLIPSIS * (end < len(text))}"


def _shielded(text: str) -> str:
    return text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")


def _mark(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> str:
    pieces, at = [], start
    for left, right in dict.fromkeys(spans):
        if left < at or right > end:
            continue
        pieces += [text[at:left], OPEN, text[left:right], CLOSE]
        at = right
    return "".join([*pieces, text[at:end]])


def _word_start(text: str, at: int) -> int:
    gap = re.compile(r"\s").search(text, at, at + BEFORE // 2) if at else None
    return gap.end() if gap else at


def _word_end(text: str, at: int) -> int:
    gap = text.rfind(" ", at - BEFORE // 2, at) if at < len(text) else -1
    return gap if gap > 0 else at
