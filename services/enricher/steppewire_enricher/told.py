"""What `steppewire enrich` says of a text, to machines: one flat object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from steppewire.events import Enrichment, Entity, Languages, Mention
from steppewire_enricher.given import Cut, Given

Record = dict[str, Any]
_PLUGINS = ("extras", "extras_failed")
"""Only there where enrichers of others are installed."""
_OPTIONAL = ("kind", "date", "amount", "currency")


def record_of(one: Given, pieces: Cut, enrichment: Enrichment) -> Record:
    """Return all that is known of a text. Offsets are code points of the text as it was given."""
    told = languages_record(one, pieces, enrichment.languages)
    told["entities"] = _mentions(enrichment.entities, "text", pieces)
    if one.title:
        told["title_entities"] = _mentions(enrichment.entities, "title", None)
    told["keywords"] = list(enrichment.keywords)
    told |= {name: value for name in _PLUGINS if (value := getattr(enrichment, name))}
    told["text_hash"] = enrichment.text_hash
    told["fingerprint"] = enrichment.fingerprint
    told["sketch"] = enrichment.sketch
    return told


def languages_record(one: Given, pieces: Cut, languages: Languages) -> Record:
    """Return the languages of a text: of the whole, in shares, and of each paragraph."""
    told: Record = {
        "file": one.name,
        **one.more,
        "language": languages.article.tag,
        "confidence": languages.article.confidence,
        "languages": {tag: round(share, 4) for tag, share in languages.shares.items()},
        "paragraphs": list(_paragraphs(pieces, languages)),
    }
    if one.title:
        told["title_language"] = languages.title.tag
    return told


def _paragraphs(pieces: Cut, languages: Languages) -> Iterator[Record]:
    of_each = zip(pieces.paragraphs, pieces.starts, languages.paragraphs, strict=True)
    for text, start, told in of_each:
        place = {"start": start, "end": start + len(text)}
        yield {**place, "language": told.tag, "confidence": told.confidence}


def refusal(name: str, reason: str, detail: str) -> Record:
    """Return the record of an input that could not be read."""
    return {"file": name, "refused": reason, "detail": detail}


def _mentions(entities: Iterable[Entity], field: str, pieces: Cut | None) -> list[Record]:
    """Return one object for each mention, in the order of the text."""
    found = [
        (mention, entity)
        for entity in entities
        for mention in entity.mentions
        if mention.field == field
    ]
    found.sort(key=lambda pair: pair[0].start)
    moved = found if pieces is None else _moved(found, pieces)
    return [_mention(mention, entity) for mention, entity in moved]


def _moved(
    found: Iterable[tuple[Mention, Entity]], pieces: Cut
) -> Iterator[tuple[Mention, Entity]]:
    """Count offsets in the text as it was given, not in its paragraphs joined."""
    places = pieces.places()
    begin, end, start = next(places, (0, 0, 0))
    for mention, entity in found:
        while mention.start >= end:
            begin, end, start = next(places)
        by = start - begin
        place = {"start": mention.start + by, "end": mention.end + by}
        yield mention.model_copy(update=place), entity


def _mention(mention: Mention, entity: Entity) -> Record:
    told: Record = {
        "type": entity.type,
        "text": mention.surface,
        "start": mention.start,
        "end": mention.end,
        "normal": entity.name,
        "id": entity.id,
        "names": getattr(entity, "names", {}),
        "salience": entity.salience,
    }
    known = ((name, getattr(entity, name)) for name in _OPTIONAL)
    return told | {name: value for name, value in known if value is not None}
