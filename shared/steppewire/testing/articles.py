"""Finished records to order: `story(text="…", fetched=3)`."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from steppewire.events import ArticleEnriched, Entity, EntityType, Language, Mention, Paragraph
from steppewire.identity import article_id, version_id
from steppewire.testing.samples import NOON, enriched


def story(
    number: int = 0,
    *,
    title: str = "Тақырып",
    text: str = "Мәтін.",
    lead: str | None = None,
    source: str = "news.test",
    language: str = "kk-Cyrl",
    published: datetime | None = NOON,
    fetched: float = 0,
    entities: tuple[Entity, ...] = (),
    models: dict[str, str] | None = None,
    sketch: str = "",
    **article: Any,
) -> ArticleEnriched:
    """Return article `number` as its page was `fetched` seconds after noon."""
    event = enriched(number, source)
    paragraphs = tuple(Paragraph(text=part) for part in text.split("\n\n") if part)
    content = event.article.model_copy(
        update={
            "article_id": article_id(event.article.url),
            "version_id": version_id(title, lead, [p.text for p in paragraphs]),
            "title": title,
            "lead": lead,
            "paragraphs": paragraphs,
            "published_at": published,
            "authors": (),
            "tags": (),
            **article,
        }
    )
    languages = event.enrichment.languages.model_copy(
        update={"article": Language(tag=language, confidence=0.99)}
    )
    enrichment = event.enrichment.model_copy(
        update={
            "languages": languages,
            "entities": entities,
            "text_hash": hashlib.sha256(text.casefold().encode()).hexdigest(),
            "models": models or {"sample": "1"},
            "sketch": sketch,
        }
    )
    fetch = event.fetch.model_copy(update={"fetched_at": NOON + timedelta(seconds=fetched)})
    return event.model_copy(update={"article": content, "enrichment": enrichment, "fetch": fetch})


def entity(
    name: str,
    *surfaces: str,
    type: EntityType = "PERSON",
    id: str | None = None,
    names: dict[str, str] | None = None,
) -> Entity:
    """Return an entity with its mentions' surfaces; their places are made up."""
    mentions = tuple(
        Mention(field="text", start=0, end=len(surface), surface=surface)
        for surface in surfaces or (name,)
    )
    return Entity(type=type, name=name, id=id, mentions=mentions, names=names or {})
