"""What the API answers: the shapes, and how a stored record becomes one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from steppewire.archive.promise import Record
from steppewire.archive.rows import NAMED
from steppewire.archive.snippets import CLOSE, OPEN, opening
from steppewire.events import (
    Article,
    Embed,
    Entity,
    EntityType,
    Image,
    Mention,
    MentionField,
    ParagraphKind,
    PlaceKind,
)

CARD_ENTITIES = 8
LEAD_LENGTH = 320

ARTICLE_ID = "0f2c1d5a8b7e4f6093a1b2c3d4e5f607"
EXAMPLE_TIME = "2026-11-20T09:30:00+05:00"


class View(BaseModel):
    """Something that the API answers."""

    model_config = ConfigDict(frozen=True)


class SnippetPart(View):
    """A piece of the text around a match."""

    text: str
    hit: bool = Field(description="Whether the words of the query are here.")


class EntityBrief(View):
    """Somebody or something that the article names."""

    type: EntityType
    name: str = Field(examples=["Қасым-Жомарт Тоқаев"])
    id: str | None = Field(
        None, description="The same in every language.", examples=["person/toqaev-qasym-jomart"]
    )
    kind: PlaceKind | None = Field(None, description="What sort of place it is.")
    date: str | None = Field(None, description="ISO 8601 day, month or year, for a DATE.")
    amount: float | None = Field(None, description="How much, for MONEY.")
    currency: str | None = Field(None, description="ISO 4217, for MONEY.")
    count: int = Field(description="How often the article names it.", examples=[3])


class Card(View):
    """An article as a list shows it."""

    id: str = Field(examples=[ARTICLE_ID])
    version: int = Field(examples=[1])
    title: str
    lead: str | None = Field(None, description="The standfirst, or how the text begins.")
    url: str = Field(description="The canonical address of the original.")
    source: str = Field(examples=["el.kz"])
    language: str = Field(description="BCP 47 with script.", examples=["kk-Cyrl", "uz-Latn"])
    published_at: datetime | None = Field(
        None, description="As the site says, with its offset.", examples=[EXAMPLE_TIME]
    )
    stored_at: datetime = Field(description="When this version was stored.")
    entities: tuple[EntityBrief, ...] = Field(
        (), description=f"The {CARD_ENTITIES} names that it is most about."
    )
    copies: tuple[str, ...] = Field((), description="Ids of word-for-word copies elsewhere.")
    group: str | None = Field(
        None, description="What it shares with all that tell nearly the same; null if too short."
    )
    reports: tuple[str, ...] = Field((), description="Ids of the others of its group.")
    snippet: tuple[SnippetPart, ...] | None = Field(
        None, description="Where the query matched; null without `q`."
    )


class Links(View):
    """Where to go on."""

    next: str | None = Field(None, description="Path of the next page; null on the last.")


class Page(View):
    """One page of articles, newest first."""

    items: tuple[Card, ...]
    next: str | None = Field(None, description="`cursor` of the next page; null on the last.")
    links: Links


class Mark(View):
    """A stretch of a text that names an entity. Offsets count Unicode code points."""

    start: int
    end: int
    entity: int = Field(description="Index in `entities`.")


class Marked(View):
    """A text with its language and the entities in it."""

    text: str
    language: str
    marks: tuple[Mark, ...] = ()


class MarkedParagraph(Marked):
    """A paragraph; offsets count from its own beginning."""

    kind: ParagraphKind = "text"


class Provenance(View):
    """Where an article came from and what read it."""

    url: str = Field(description="The address that answered.")
    fetched_at: datetime
    replayed_at: datetime | None = Field(
        None, description="When it was read again from the archive; null for the first reading."
    )
    status: int
    blob: str = Field(description="Address of the page's bytes in the blob store.")
    parser: str
    method: Literal["rules", "generic", "structured"]
    charset: str
    facts: tuple[str, ...] = ()
    models: dict[str, str] = Field(description="Models and their versions.")


class FullArticle(View):
    """One version of an article, whole."""

    id: str = Field(examples=[ARTICLE_ID])
    version: int
    version_id: str
    url: str
    source: str
    language: str
    language_shares: dict[str, float]
    title: Marked
    lead: Marked | None
    paragraphs: tuple[MarkedParagraph, ...]
    entities: tuple[EntityBrief, ...]
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    images: tuple[Image, ...]
    embeds: tuple[Embed, ...]
    translations: dict[str, str]
    paywalled: bool | None
    published_at: datetime | None
    modified_at: datetime | None
    first_stored_at: datetime
    stored_at: datetime
    copies: tuple[str, ...]
    group: str | None
    reports: tuple[str, ...]
    provenance: Provenance


class VersionItem(View):
    """One version in an article's history."""

    version: int
    version_id: str
    title: str
    stored_at: datetime
    fetched_at: datetime = Field(description="When its page was fetched.")
    replayed_at: datetime | None = Field(
        None, description="When it was read again from the archive; null for the first reading."
    )
    parser: str = Field(description="What read the page.", examples=["steppewire-parser/0.1.0"])
    models: dict[str, str] = Field(description="What enriched it: models and their versions.")
    href: str = Field(description="Path of this version.")


class Versions(View):
    """An article's history, oldest first."""

    id: str
    items: tuple[VersionItem, ...]


class FacetValue(View):
    """A value and how many articles have it."""

    value: str
    count: int
    id: str | None = Field(None, description="Of an entity, its id, if it has one.")


class Facets(View):
    """The most frequent values."""

    by: Literal["source", "language", "entity"]
    values: tuple[FacetValue, ...]


def card(record: Record) -> Card:
    """Return a record as a list shows it."""
    article = record.article
    return Card(
        id=article.article_id,
        version=record.version,
        title=article.title,
        lead=lead(record),
        url=article.url,
        source=article.source,
        language=record.enrichment.languages.article.tag,
        published_at=article.published_at,
        stored_at=record.stored_at,
        entities=_foremost(record.enrichment.entities),
        copies=record.copies,
        group=record.group,
        reports=record.reports,
        snippet=None if record.snippet is None else snippet(record.snippet),
    )


def lead(record: Record) -> str | None:
    """Return the standfirst, or how the text begins."""
    return opening(record.article, LEAD_LENGTH)


def _foremost(entities: tuple[Entity, ...]) -> tuple[EntityBrief, ...]:
    named = sorted(entities, key=lambda e: (e.type not in NAMED, -e.salience, -len(e.mentions)))
    return tuple(_brief(entity) for entity in named[:CARD_ENTITIES])


def _brief(entity: Entity) -> EntityBrief:
    return EntityBrief(
        type=entity.type,
        name=entity.name,
        id=entity.id,
        kind=entity.kind,
        date=entity.date,
        amount=entity.amount,
        currency=entity.currency,
        count=len(entity.mentions),
    )


def snippet(text: str) -> tuple[SnippetPart, ...]:
    """Split a snippet at the archive's marks. A mark that is not closed ends with the text."""
    head, *hits = text.split(OPEN)
    parts = [SnippetPart(text=head, hit=False)]
    for piece in hits:
        hit, _, rest = piece.partition(CLOSE)
        parts += [SnippetPart(text=hit, hit=True), SnippetPart(text=rest, hit=False)]
    return tuple(part for part in parts if part.text)


def full(record: Record) -> FullArticle:
    """Return a record whole, with its entities marked in place."""
    article, languages = record.article, record.enrichment.languages
    return FullArticle(
        id=article.article_id,
        version=record.version,
        version_id=article.version_id,
        url=article.url,
        source=article.source,
        language=languages.article.tag,
        language_shares=languages.shares,
        title=Marked(
            text=article.title, language=languages.title.tag, marks=_marks(record, "title")
        ),
        lead=_marked_lead(record),
        paragraphs=_marked_paragraphs(record),
        entities=tuple(_brief(entity) for entity in record.enrichment.entities),
        authors=article.authors,
        section=article.section,
        tags=article.tags,
        images=article.images,
        embeds=article.embeds,
        translations=article.translations,
        paywalled=article.paywalled,
        published_at=article.published_at,
        modified_at=article.modified_at,
        first_stored_at=record.first_stored_at,
        stored_at=record.stored_at,
        copies=record.copies,
        group=record.group,
        reports=record.reports,
        provenance=_provenance(record),
    )


def _marked_lead(record: Record) -> Marked | None:
    if record.article.lead is None:
        return None
    language = record.enrichment.languages.lead or record.enrichment.languages.article
    return Marked(text=record.article.lead, language=language.tag, marks=_marks(record, "lead"))


def _marked_paragraphs(record: Record) -> tuple[MarkedParagraph, ...]:
    languages = record.enrichment.languages
    marks = _marks(record, "text")
    done: list[MarkedParagraph] = []
    start = 0
    for index, paragraph in enumerate(record.article.paragraphs):
        end = start + len(paragraph.text)
        # An old record may lack the languages of its paragraphs.
        known = index < len(languages.paragraphs)
        done.append(
            MarkedParagraph(
                text=paragraph.text,
                kind=paragraph.kind,
                language=(languages.paragraphs[index] if known else languages.article).tag,
                marks=tuple(
                    Mark(start=m.start - start, end=m.end - start, entity=m.entity)
                    for m in marks
                    if start <= m.start and m.end <= end
                ),
            )
        )
        start = end + len("\n\n")
    return tuple(done)


def _marks(record: Record, field: MentionField) -> tuple[Mark, ...]:
    """Return the marks of a field in order, without overlaps: of two, the longer one stays."""
    text = _field(record.article, field)
    found = sorted(
        (
            Mark(start=mention.start, end=mention.end, entity=index)
            for index, entity in enumerate(record.enrichment.entities)
            for mention in entity.mentions
            if mention.field == field and _fits(mention, text)
        ),
        key=lambda mark: (mark.start, -mark.end),
    )
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)


def _field(article: Article, field: MentionField) -> str:
    return {"title": article.title, "lead": article.lead or "", "text": article.text}[field]


def _fits(mention: Mention, text: str) -> bool:
    """Tell whether a mention is where it says; one that is not would mark the wrong words."""
    start, end = mention.start, mention.end
    return 0 <= start < end <= len(text) and text[start:end] == mention.surface


def _provenance(record: Record) -> Provenance:
    return Provenance(
        url=record.fetch.final_url,
        fetched_at=record.fetch.fetched_at,
        replayed_at=record.fetch.replayed_at,
        status=record.fetch.status,
        blob=record.fetch.blob,
        parser=record.extraction.parser,
        method=record.extraction.method,
        charset=record.extraction.charset,
        facts=record.extraction.facts,
        models=record.enrichment.models,
    )


def versions(article_id: str, records: list[Record]) -> Versions:
    """Return an article's history."""
    return Versions(
        id=article_id,
        items=tuple(
            VersionItem(
                version=record.version,
                version_id=record.article.version_id,
                title=record.article.title,
                stored_at=record.stored_at,
                fetched_at=record.fetch.fetched_at,
                replayed_at=record.fetch.replayed_at,
                parser=record.extraction.parser,
                models=record.enrichment.models,
                href=f"/articles/{article_id}?version={record.version}",
            )
            for record in records
        ),
    )
