"""Events to rows, and rows to records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from steppewire.archive.folding import fold, index_terms, name_key
from steppewire.archive.history import Arrival, Receipt, Version, arrival, reading_of
from steppewire.archive.promise import Record
from steppewire.archive.tables import utc
from steppewire.events import (
    Article,
    ArticleEnriched,
    ArticleStored,
    Enrichment,
    Entity,
    Extraction,
    Fetch,
)

Row = dict[str, Any]

NAMED = frozenset({
    "PERSON", "ORGANISATION", "GPE", "LOCATION", "FACILITY", "NORP", "EVENT", "LAW", "ART",
    "PRODUCT", "PROJECT", "DISEASE", "LANGUAGE", "NON_HUMAN", "MISCELLANEOUS",
})  # fmt: skip
"""Entities that can be asked for; dates, sums, numbers and offices are found as text."""

MOST_ID_CHARS = 64
"""Letters of the ids of an article and of its content: the columns take no more."""
MOST_LABEL_BYTES = 1_000
"""Of a source, a language and the hash of a text: indexed, and PostgreSQL's indexes end at 2,704
bytes an entry."""
MOST_ENTITY_BYTES = 1_800
"""Of an entity's id, which shares an entry of an index with a name of 800 bytes at most."""
PLAUSIBLE = timedelta(days=1)
"""A publication date further ahead of the clock is a misprint: it would stay on top for ever."""


class Document(BaseModel):
    """The part of a record that is kept as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    article: Article
    enrichment: Enrichment
    fetch: Fetch
    extraction: Extraction


def plain(text: str) -> str:
    """Return `text` without what no PostgreSQL column takes: NUL and halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "\ufffd")


def unfit(event: ArticleEnriched) -> str | None:
    """Return why no database takes an event that somebody else's program has written, or None.

    An id is never cut: two articles could become one.
    """
    article, enrichment = event.article, event.enrichment
    for name, id_ in (("article_id", article.article_id), ("version_id", article.version_id)):
        if len(id_) > MOST_ID_CHARS or plain(id_) != id_:
            return f"{name} {id_[:80]!r} is no id: give at most {MOST_ID_CHARS} letters, no NUL"
    labels = {
        "source": article.source,
        "the language's tag": enrichment.languages.article.tag,
        "text_hash": enrichment.text_hash,
    }
    for name, label in labels.items():
        if (length := len(plain(label).encode())) > MOST_LABEL_BYTES:
            return f"{name} has {length} bytes: give at most {MOST_LABEL_BYTES}"
    return None


def entity_key(id_: str) -> str:
    """Return an entity's id as it is kept: what is longer than any that we give is cut."""
    cut = plain(id_)[:500]
    return cut.encode()[:MOST_ENTITY_BYTES].decode("utf-8", "ignore")


def sort_at(published_at: datetime | None, first_stored_at: datetime) -> datetime:
    """Return an article's place in "newest first": its publication, if it says a plausible one."""
    if published_at is None or utc(published_at) > first_stored_at + PLAUSIBLE:
        return first_stored_at
    return utc(published_at)


def article_row(event: ArticleEnriched, number: int, first_stored_at: datetime) -> Row:
    """Return what the articles table says while this event's version is the current one."""
    article = event.article
    return {
        "article_id": article.article_id,
        "version": number,
        "source": plain(article.source),
        "language": plain(event.enrichment.languages.article.tag),
        "url": plain(article.url),
        "title": plain(article.title),
        "published_at": article.published_at,
        "first_stored_at": first_stored_at,
        "sort_at": sort_at(article.published_at, first_stored_at),
        "text_hash": plain(event.enrichment.text_hash) if article.text.strip() else None,
    }


class Parcel(NamedTuple):
    """An event on its way into the database."""

    event: ArticleEnriched
    arrival: Arrival
    document: str
    """The event as JSON. NUL is escaped there, so every database takes it."""


def parcel(event: ArticleEnriched) -> Parcel:
    """Write an event as JSON, each of its parts once: that is most of the work of a batch."""
    article, enrichment = event.article.model_dump_json(), event.enrichment.model_dump_json()
    extraction, fetch = event.extraction.model_dump_json(), event.fetch.model_dump_json()
    document = (
        f'{{"article":{article},"enrichment":{enrichment},'
        f'"fetch":{fetch},"extraction":{extraction}}}'
    )
    return Parcel(event, arrival(event, reading_of((article, extraction, enrichment))), document)


def version_row(parcel: Parcel, article: int, version: Version) -> Row:
    """Return the row of a version."""
    return {
        "article": article,
        "number": version.number,
        "version_id": version.version_id,
        "fetched_at": version.fetched_at,
        "stored_at": version.stored_at,
        "reading": version.reading,
        "document": parcel.document,
    }


def entity_rows(entities: Iterable[Entity], article: int) -> list[Row]:
    """Return the names under which an article's entities are found: normal forms and surfaces."""
    rows: dict[tuple[str, str], Row] = {}
    for entity in entities:
        if entity.type not in NAMED:
            continue
        keys = {name_key(mention.surface): 0 for mention in entity.mentions}
        if entity.type == "PERSON" and (surname := _surname(entity.name)):
            keys.setdefault(surname, 0)
        keys[name_key(entity.name)] = 1
        said = {
            "article": article,
            "type": entity.type,
            "name": plain(entity.name)[:500],
            "entity_id": entity.id and entity_key(entity.id),
            "mentions": len(entity.mentions),
        }
        for key, is_name in keys.items():
            # a name of its own wins over another's surface
            if key and (is_name or (key, entity.type) not in rows):
                rows[key, entity.type] = {**said, "key": key, "is_name": is_name}
    return list(rows.values())


_OF_FATHER = ("vich", "vna", "uly", "ugly", "ogly", "ogli", "ugli", "kyzy", "kizi")


def _surname(name: str) -> str:
    """Return the key of the surname in a whole name: the last word, or what the father's follows.

    Empty where there is but one word.
    """
    first, *others = name.split() or [""]
    if not others:
        return ""
    return name_key(first if fold(others[-1]).endswith(_OF_FATHER) else others[-1])


def name_rows(entities: Iterable[Entity]) -> set[tuple[str, str]]:
    """Return the names of entities in all languages, folded, and whose they are."""
    return {
        (key, entity_key(entity.id))
        for entity in entities
        if entity.id and entity.type in NAMED
        for name in (entity.name, *entity.names.values())
        if (key := name_key(name))
    }


def found_under(kept: Document | ArticleEnriched | Record) -> str:
    """Return all terms under which an article is found, by spaces."""
    return index_terms(texts(kept.article), kept.article.title)


def texts(content: Article) -> tuple[str, ...]:
    """Return the texts of an article that are searched."""
    paragraphs = (p.text for p in content.paragraphs)
    return (content.title, content.lead or "", *paragraphs, *content.authors, *content.tags)


def stored(event: ArticleEnriched, receipt: Receipt, version: Version) -> ArticleStored:
    """Return the answer to an event."""
    return ArticleStored(
        article_id=event.article.article_id,
        version_id=event.article.version_id,
        version=receipt.number,
        change=receipt.change,
        source=event.article.source,
        url=event.article.url,
        title=event.article.title,
        language=event.enrichment.languages.article.tag,
        published_at=event.article.published_at,
        stored_at=version.stored_at,
    )


def record(row: Any, copies: Sequence[str] = (), reports: Sequence[str] = ()) -> Record:
    """Return the record of a row of `sql._records`."""
    kept = Document.model_validate_json(row.document)
    return Record(
        article=kept.article,
        enrichment=kept.enrichment,
        fetch=kept.fetch,
        extraction=kept.extraction,
        version=row.number,
        first_stored_at=row.first_stored_at,
        stored_at=row.stored_at,
        copies=tuple(copies),
        group=row.grp,
        reports=tuple(reports),
    )
