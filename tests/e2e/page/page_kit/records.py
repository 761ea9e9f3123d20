"""From articles.toml to the events that an enricher would have written."""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from steppewire.events import (
    Article,
    ArticleEnriched,
    Enrichment,
    Entity,
    Extraction,
    Fetch,
    Language,
    Languages,
    Mention,
    Paragraph,
)
from steppewire.identity import article_id, link_id, version_id

_TOLD = tomllib.loads((Path(__file__).parents[1] / "articles.toml").read_text())
ARTICLES, CHRONICLE, NAMES = _TOLD["article"], _TOLD["chronicle"], _TOLD["names"]


def enriched(told: dict[str, Any], now: datetime) -> ArticleEnriched:
    """Turn what is told in articles.toml into a finished record."""
    told = _original(told) | told
    at = now - timedelta(minutes=told["minutes"]) if "minutes" in told else None
    kinds = told.get("kinds") or ["text"] * len(told["paragraphs"])
    paragraphs = tuple(
        Paragraph(text=text, kind=kind)
        for text, kind in zip(told["paragraphs"], kinds, strict=True)
    )
    article = Article(
        article_id=article_id(told["url"]),
        version_id=version_id(told["title"], told.get("lead"), told["paragraphs"]),
        url=told["url"],
        source=told["source"],
        title=told["title"],
        lead=told.get("lead"),
        paragraphs=paragraphs,
        authors=tuple(told.get("authors", ())),
        published_at=at,
        section=told.get("section"),
        tags=tuple(told.get("tags", ())),
        translations=told.get("translations", {}),
    )
    return ArticleEnriched(
        article=article,
        enrichment=_enrichment(told, article),
        fetch=Fetch(
            link_id=link_id(told["url"]),
            url=told["url"],
            final_url=told["url"],
            source=told["source"],
            fetched_at=now,
            status=200,
            blob="sha256:" + hashlib.sha256(told["url"].encode()).hexdigest(),
            size=20_000,
        ),
        extraction=Extraction(
            parser="steppewire-parser/0.1.0",
            method="rules",
            charset="utf-8",
            facts=() if at else ("date-missing",),
        ),
    )


def chronicle() -> list[dict[str, Any]]:
    """Return the last months of a story, told in turn by sources in five spellings."""
    days = [day for week in range(17) for day in range(5 + 7 * week, 11 + 7 * week, 1 + week % 4)]
    return [_installment(number, day) for number, day in enumerate(days)]


def _installment(number: int, day: int) -> dict[str, Any]:
    told = dict(CHRONICLE[number % len(CHRONICLE)])
    return told | {
        "url": f"{told['url']}/{number}",
        "title": told["title"].format(n=number + 1),
        "minutes": day * 24 * 60,
        "paragraphs": [text.format(n=number + 1) for text in told["paragraphs"]],
    }


def _original(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a syndicated copy has copied."""
    copied = [other for other in ARTICLES if other["url"] == told.get("copy_of")]
    return {name: value for name, value in copied[0].items() if name != "minutes"} if copied else {}


def _enrichment(told: dict[str, Any], article: Article) -> Enrichment:
    main = Language(tag=told["language"], confidence=0.97)
    tags = told.get("languages") or [""] * len(article.paragraphs)
    languages = [Language(tag=tag, confidence=0.95) if tag else main for tag in tags]
    letters: dict[str, int] = {}
    for language, paragraph in zip(languages, article.paragraphs, strict=True):
        letters[language.tag] = letters.get(language.tag, 0) + len(paragraph.text)
    return Enrichment(
        languages=Languages(
            article=main,
            title=main,
            lead=main if article.lead else None,
            paragraphs=tuple(languages),
            shares={tag: count / sum(letters.values()) for tag, count in letters.items()},
        ),
        entities=tuple(
            Entity(
                type=kind,
                name=name,
                id=known or None,
                names=NAMES.get(known, {}),
                mentions=_mentions(article, surfaces),
            )
            for kind, name, known, *surfaces in told.get("entities", ())
        ),
        text_hash=hashlib.sha256(article.text.encode()).hexdigest(),
        fingerprint=hashlib.sha256(article.text.encode()).hexdigest()[:16],
        models={"language": "written-by-hand", "entities": "written-by-hand"},
    )


def _mentions(article: Article, surfaces: list[str]) -> tuple[Mention, ...]:
    texts = {"title": article.title, "lead": article.lead or "", "text": article.text}
    return tuple(
        Mention(field=field, start=found.start(), end=found.end(), surface=surface)
        for field, text in texts.items()
        for surface in surfaces
        for found in re.finditer(re.escape(surface), text)
    )
