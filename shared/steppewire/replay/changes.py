"""What today's reading changes, as pure functions: the same rules as the store's, asked before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from steppewire.archive.history import Version, same_content
from steppewire.archive.promise import Record
from steppewire.archive.tables import utc
from steppewire.events import Article, ArticleEnriched, ArticleParsed, Enrichment

Kind = Literal["new", "version", "renewal"]
"""An article that there was not, a new version, or the same content with other facts about it."""

Difference = tuple[Any, Any]
"""Before and after, as JSON has them."""

ARTICLE_FIELDS = (
    *("url", "title", "lead", "paragraphs", "authors", "published_at", "modified_at"),
    *("section", "tags", "images", "embeds", "translations", "paywalled"),
)


@dataclass(frozen=True)
class Change:
    """What today's reading of one page makes different."""

    kind: Kind
    fields: dict[str, Difference]
    event: ArticleParsed | ArticleEnriched = field(repr=False)
    before: Record | None = field(default=None, repr=False)
    """The version that it is compared with."""


def parsed_change(
    event: ArticleParsed, known: Sequence[Record], added: Sequence[Version] = ()
) -> Change | None:
    """Return what a page's new reading changes; None when nothing.

    `known` are the article's versions, `added` those that this replay has added before.
    """
    if not known and not added:
        return Change("new", _article_fields(None, event.article), event)
    at = utc(event.fetch.fetched_at)
    versions = [*map(version_of, known), *added]
    same = same_content(versions, event.article.version_id, at)
    if same is None:
        before = _in_effect(known, at)
        old = before.article if before else None
        return Change("version", _article_fields(old, event.article), event, before)
    before = next((record for record in known if record.version == same.number), None)
    # facts of another fetch may differ because the page did: they are not taken over
    if before is None or same.fetched_at != at:
        return None
    fields = _article_fields(before.article, event.article)
    return Change("renewal", fields, event, before) if fields else None


def enriched_change(event: ArticleEnriched, before: Record) -> Change | None:
    """Return what an article's new enrichment changes; None when nothing."""
    old, new = said(before.enrichment), said(event.enrichment)
    fields = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
    return Change("renewal", fields, event, before) if fields else None


def said(enrichment: Enrichment) -> dict[str, Any]:
    """Return what an enrichment says to readers.

    Not how sure the model is: every new model is a little more or less so, everywhere.
    """
    languages = enrichment.languages
    return {
        "language": languages.article.tag,
        "languages": [
            languages.title.tag,
            languages.lead.tag if languages.lead else None,
            *(one.tag for one in languages.paragraphs),
        ],
        "entities": [entity.model_dump(mode="json") for entity in enrichment.entities],
        "keywords": list(enrichment.keywords),
        "extras": enrichment.extras,
        "fingerprints": [enrichment.text_hash, enrichment.fingerprint, enrichment.sketch],
    }


def in_effect(records: Iterable[Record]) -> list[Record]:
    """Return the versions that no replay has superseded: of each fetch the last one."""
    last: dict[tuple[str, datetime], Record] = {}
    for record in sorted(records, key=lambda r: r.version):
        last[record.article.article_id, utc(record.fetch.fetched_at)] = record
    return list(last.values())


def version_of(record: Record) -> Version:
    """Return a record's place on the line of its article's versions."""
    return Version(
        fetched_at=utc(record.fetch.fetched_at),
        number=record.version,
        version_id=record.article.version_id,
        reading="",
        stored_at=record.stored_at,
    )


def added_version(event: ArticleParsed, versions: int) -> Version:
    """Return the version that an event will become, after so many others."""
    at = utc(event.fetch.fetched_at)
    return Version(at, versions + 1, event.article.version_id, "", at)


def _in_effect(known: Sequence[Record], at: datetime) -> Record | None:
    """Return the version in effect at a time; the first one before any was."""
    ordered = sorted(known, key=lambda r: (utc(r.fetch.fetched_at), r.version))
    before = [record for record in ordered if utc(record.fetch.fetched_at) <= at]
    return next(iter(before[-1:] or ordered[:1]), None)


def _article_fields(old: Article | None, new: Article) -> dict[str, Difference]:
    """Compare as JSON: a time with another offset is another thing to a reader."""
    after = new.model_dump(mode="json", include=set(ARTICLE_FIELDS))
    if old is None:
        return {name: (None, after[name]) for name in ARTICLE_FIELDS if after[name]}
    before = old.model_dump(mode="json", include=set(ARTICLE_FIELDS))
    names = (name for name in ARTICLE_FIELDS if before[name] != after[name])
    return {name: (before[name], after[name]) for name in names}
