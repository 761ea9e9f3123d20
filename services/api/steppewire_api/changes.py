"""What has changed from one version of an article to another, as the API and the page show it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from steppewire.archive.promise import Record
from steppewire.events import Article
from steppewire_api import diffs
from steppewire_api.diffs import Change, Op
from steppewire_api.views import ARTICLE_ID, View

FACTS = ("url", "section", "authors", "tags", "published_at", "modified_at", "images", "embeds")
"""Fields that are compared as a whole; `images` and `embeds` by their addresses."""


class PartView(View):
    """A stretch of text that stayed, went or came."""

    op: Op
    text: str


class RowView(View):
    """A paragraph: what became of it."""

    change: Change
    parts: tuple[PartView, ...]


class FactChange(View):
    """A fact about the article that changed."""

    field: str = Field(examples=["section"])
    before: tuple[str, ...]
    after: tuple[str, ...]


class VersionBrief(View):
    """One of the two versions."""

    version: int
    version_id: str
    stored_at: datetime
    fetched_at: datetime


class Changes(View):
    """What has changed between two versions.

    The texts of the parts that are `same` or `removed`, one after the other, are the old text;
    those that are `same` or `added` are the new one.
    """

    id: str = Field(examples=[ARTICLE_ID])
    before: VersionBrief
    after: VersionBrief
    title: tuple[PartView, ...]
    lead: tuple[PartView, ...]
    paragraphs: tuple[RowView, ...]
    facts: tuple[FactChange, ...] = Field(description="Other facts that changed.")
    words_removed: int
    words_added: int


def changes(before: Record, after: Record) -> Changes:
    """Compare two versions of an article."""
    old, new = before.article, after.article
    title = _parts(old.title, new.title)
    lead = _parts(old.lead or "", new.lead or "")
    rows = diffs.rows([p.text for p in old.paragraphs], [p.text for p in new.paragraphs])
    paragraphs = tuple(
        RowView(change=row.change, parts=tuple(map(_view, row.parts))) for row in rows
    )
    told = [*title, *lead, *(part for row in paragraphs for part in row.parts)]
    return Changes(
        id=new.article_id,
        before=_brief(before),
        after=_brief(after),
        title=title,
        lead=lead,
        paragraphs=paragraphs,
        facts=_facts(old, new),
        words_removed=_words(told, "removed"),
        words_added=_words(told, "added"),
    )


def _parts(before: str, after: str) -> tuple[PartView, ...]:
    return tuple(map(_view, diffs.parts(before, after)))


def _view(part: diffs.Part) -> PartView:
    return PartView(op=part.op, text=part.text)


def _words(parts: list[PartView], op: Op) -> int:
    return sum(len(part.text.split()) for part in parts if part.op == op)


def _brief(record: Record) -> VersionBrief:
    return VersionBrief(
        version=record.version,
        version_id=record.article.version_id,
        stored_at=record.stored_at,
        fetched_at=record.fetch.fetched_at,
    )


def _facts(old: Article, new: Article) -> tuple[FactChange, ...]:
    told = [(name, _said(old, name), _said(new, name)) for name in FACTS]
    return tuple(FactChange(field=f, before=b, after=a) for f, b, a in told if b != a)


def _said(article: Article, name: str) -> tuple[str, ...]:
    value = getattr(article, name)
    match value:
        case None:
            return ()
        case datetime():
            return (value.isoformat(),)
        case tuple() | list():
            return tuple(getattr(item, "url", None) or str(item) for item in value)
        case _:
            return (str(value),)
