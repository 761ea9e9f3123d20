"""Reads texts as the service does, but for the language, which is given."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime

from steppewire.events import Article, Language, Languages, Paragraph
from steppewire_enricher.entities import find_mentions
from steppewire_enricher.mentions import Named
from steppewire_enricher.train import corpora
from steppewire_enricher.train.corpora import CharSpan

PUBLISHED = datetime(2024, 3, 10, 12, tzinfo=UTC)
ARTICLE = Article(
    article_id="", version_id="", url="https://example.org/", source="", title="",
    published_at=PUBLISHED,
)  # fmt: skip


def mentions(text: str, tag: str) -> list[tuple[Named, int]]:
    """Return the mentions in a text, each with the shift from its offsets to the text's."""
    paragraphs = list(corpora.paragraphs(text))
    told, unknown = Language(tag=tag, confidence=1), Language(tag="und", confidence=0)
    parts = tuple(Paragraph(text=p) for p, _ in paragraphs)
    article = ARTICLE.model_copy(update={"paragraphs": parts})
    languages = Languages(article=told, title=unknown, paragraphs=(told,) * len(paragraphs))
    starts = [0]
    for paragraph, _ in paragraphs:
        starts.append(starts[-1] + len(paragraph) + 2)
    out = []
    for named in find_mentions(article, languages):
        which = bisect_right(starts, named.start) - 1
        out.append((named, paragraphs[which][1] - starts[which]))
    return out


def spans(text: str, tag: str) -> set[CharSpan]:
    """Return what is found in a text."""
    return {(n.start + shift, n.end + shift, n.type) for n, shift in mentions(text, tag)}
