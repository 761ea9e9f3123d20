"""Ready-made events for tests: small, true to life, always the same for the same number."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from steppewire.events import (
    Article,
    ArticleEnriched,
    ArticleParsed,
    Enrichment,
    Entity,
    Extraction,
    Fetch,
    Image,
    Language,
    Languages,
    Mention,
    Paragraph,
)
from steppewire.identity import article_id, link_id, version_id

ALMATY = timezone(timedelta(hours=5))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ALMATY)

TITLE = "Қасым-Жомарт Тоқаев Алматыға келді"
LEAD = "Сапар екі күнге жалғасады."
PARAGRAPHS = ("Президент жаңа мектепті аралап көрді.", "Oʻzbekiston delegatsiyasi ham keldi.")


def fetch(number: int = 0, host: str = "news.test") -> Fetch:
    """Return a page that was fetched; its blob exists nowhere."""
    url = f"https://{host}/news/{number}"
    return Fetch(
        link_id=link_id(url),
        url=url,
        final_url=url,
        source=host,
        fetched_at=NOON,
        status=200,
        content_type="text/html; charset=utf-8",
        blob="sha256:" + "0" * 64,
        size=4096,
    )


def article(number: int = 0, host: str = "news.test") -> Article:
    """Return a Kazakh article with one Uzbek paragraph."""
    url = f"https://{host}/news/{number}"
    title = f"{TITLE} — {number}"
    return Article(
        article_id=article_id(url),
        version_id=version_id(title, LEAD, PARAGRAPHS),
        url=url,
        source=host,
        title=title,
        lead=LEAD,
        paragraphs=tuple(Paragraph(text=text) for text in PARAGRAPHS),
        authors=("А. Сәрсенов",),
        published_at=NOON,
        section="Саясат",
        tags=("сапар",),
        images=(Image(url=f"https://{host}/i/{number}.jpg", caption="Сурет"),),
    )


def parsed(number: int = 0, host: str = "news.test") -> ArticleParsed:
    """Return what parsing a page gives."""
    extraction = Extraction(parser="sample/1", method="rules", charset="utf-8")
    return ArticleParsed(
        article=article(number, host), fetch=fetch(number, host), extraction=extraction
    )


def enriched(number: int = 0, host: str = "news.test") -> ArticleEnriched:
    """Return the finished record."""
    event = parsed(number, host)
    kazakh = Language(tag="kk-Cyrl", confidence=0.99)
    uzbek = Language(tag="uz-Latn", confidence=0.98)
    name = "Қасым-Жомарт Тоқаев"
    return ArticleEnriched(
        article=event.article,
        fetch=event.fetch,
        extraction=event.extraction,
        enrichment=Enrichment(
            languages=Languages(
                article=kazakh,
                title=kazakh,
                lead=kazakh,
                paragraphs=(kazakh, uzbek),
                shares={"kk-Cyrl": 0.625, "uz-Latn": 0.375},
            ),
            entities=(
                Entity(
                    type="PERSON",
                    name=name,
                    id="person/toqaev-qasym-jomart",
                    mentions=(Mention(field="title", start=0, end=len(name), surface=name),),
                ),
            ),
            text_hash=f"{number:064x}",
            fingerprint=f"{number:016x}",
            models={"sample": "1"},
        ),
    )
