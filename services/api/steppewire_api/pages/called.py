"""What entities are called in the reader's language, as far as the articles at hand know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from steppewire.archive.promise import Record


def called(records: Iterable[Record], language: str) -> dict[str, str]:
    """Return id -> name, for entities that have one in this language."""
    found: dict[str, str] = {}
    for record in records:
        for entity in record.enrichment.entities:
            name = local(entity.names, language)
            if entity.id and name:
                found.setdefault(entity.id, name)
    return found


def local(names: Mapping[str, str], language: str) -> str | None:
    """Return the name in a language; Uzbek is read here in Latin letters."""
    return names.get(language) or names.get(f"{language}-Latn")
