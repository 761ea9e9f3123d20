"""Small real things that the enricher's tests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from steppewire.events import Article, ArticleEnriched, ArticleParsed, Extraction, Fetch, Paragraph
from steppewire_enricher.enrich import enrich

NOW = datetime(2024, 3, 10, 9, 0, tzinfo=UTC)
Parsed = Callable[..., ArticleParsed]


def _parsed(
    title: str = "",
    *paragraphs: str,
    lead: str | None = None,
    hint: str | None = None,
    url: str = "https://example.org/1",
) -> ArticleParsed:
    return ArticleParsed(
        article=Article(
            article_id="a" * 32,
            version_id="b" * 32,
            url=url,
            source="example",
            title=title,
            lead=lead,
            paragraphs=tuple(Paragraph(text=text) for text in paragraphs),
            published_at=NOW,
        ),
        fetch=Fetch(
            link_id="c" * 32,
            url=url,
            final_url=url,
            source="example",
            fetched_at=NOW,
            status=200,
            blob=f"sha256:{'0' * 64}",
            size=1,
        ),
        extraction=Extraction(parser="test/1", method="generic", charset="utf-8"),
        language_hint=hint,
    )


NAMES = ("PERSON", "ORGANISATION", "GPE", "LOCATION", "FACILITY")


@pytest.fixture
def parsed() -> Parsed:
    """Make a parsed article of a title and paragraphs."""
    return _parsed


@pytest.fixture
def enriched() -> Callable[..., ArticleEnriched]:
    """Make an enriched article of a title and paragraphs."""
    return lambda *texts, **more: enrich(_parsed(*texts, **more))


@pytest.fixture
def names(enriched: Callable[..., ArticleEnriched]) -> Callable[..., dict[str, str | None]]:
    """Return name -> id of what an article names, dates and sums left out."""

    def found(*texts: str, **more: str) -> dict[str, str | None]:
        entities = enriched(*texts, **more).enrichment.entities
        return {e.name: e.id for e in entities if e.type in NAMES}

    return found
