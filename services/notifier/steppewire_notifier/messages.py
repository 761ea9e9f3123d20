"""What a webhook is sent: small enough to be read at once, with where to get the rest."""

from __future__ import annotations

import json
from typing import Any

from steppewire.archive.promise import Record
from steppewire.archive.snippets import opening

MOST_NAMES = 20
LEAD_LENGTH = 500


def message(record: Record) -> bytes:
    """Return the body of the message that tells of a version."""
    told = {
        "type": "article.created" if record.version == 1 else "article.updated",
        "timestamp": record.stored_at.isoformat(),
        "data": _article(record),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _article(record: Record) -> dict[str, Any]:
    article, enrichment = record.article, record.enrichment
    return {
        "id": article.article_id,
        "version": record.version,
        "version_id": article.version_id,
        "path": f"/articles/{article.article_id}?version={record.version}",
        "url": article.url,
        "source": article.source,
        "language": enrichment.languages.article.tag,
        "title": article.title,
        "lead": opening(record.article, LEAD_LENGTH),
        "authors": list(article.authors),
        "published_at": article.published_at and article.published_at.isoformat(),
        "stored_at": record.stored_at.isoformat(),
        "keywords": list(enrichment.keywords),
        "entities": [
            {"type": entity.type, "id": entity.id, "name": entity.name}
            for entity in sorted(enrichment.entities, key=lambda e: -e.salience)[:MOST_NAMES]
        ],
    }
