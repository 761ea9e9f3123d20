"""One article: its text with languages and names marked, its history, its likes, its origin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from steppewire.archive.promise import Record
from steppewire_api import views
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.marking import KINDS, kind_of
from steppewire_api.pages.paper import Reader, page
from steppewire_api.problems import Problem
from steppewire_api.views import EntityBrief, FullArticle, MarkedParagraph

_ID = re.compile(r"^[0-9a-f]{32}$")
MOST_LIKE_IT = 20
"""Reports of the same event that are listed."""


@dataclass(frozen=True)
class Group:
    """Names of one kind."""

    kind: str
    entities: Sequence[EntityBrief]


@dataclass(frozen=True)
class Stretch:
    """Paragraphs that stand together in one language."""

    language: str
    is_foreign: bool
    """Whether it is another language than the article's."""
    paragraphs: Sequence[MarkedParagraph]


async def show(desk: Desk, reader: Reader, id_: str, number: int | None) -> Response:
    """Show one version, by default the current one. Raises Problem when there is none."""
    record = await get(desk, id_, number)
    article = views.full(record)
    history = await desk.archive.versions(id_)
    return page(
        "article.html",
        reader,
        here="",
        article=article,
        shown=views.card(record),
        groups=groups(article.entities),
        stretches=stretches(article),
        history=history,
        alike=await like_it(desk, record),
        keywords=record.enrichment.keywords,
    )


async def get(desk: Desk, id_: str, number: int | None = None) -> Record:
    """Return a version. Raises Problem when there is none."""
    record = await desk.archive.get(id_, number) if _ID.match(id_) else None
    if record is None:
        raise Problem(404, "no-such-article", "")
    return record


async def like_it(desk: Desk, record: Record) -> list[Record]:
    """Return other reports of the same event, the first ones first."""
    ids = list(dict.fromkeys((*record.reports, *record.copies)))[:MOST_LIKE_IT]
    found = await desk.archive.histories(ids)
    return sorted((known[-1] for known in found.values()), key=lambda one: one.first_stored_at)


def groups(entities: Sequence[EntityBrief]) -> list[Group]:
    """Put names together by kind, in the order in which they are looked for."""
    kinds: dict[str, dict[str, EntityBrief]] = {kind: {} for kind in KINDS}
    for entity in entities:
        kinds[kind_of(entity.type)].setdefault(entity.id or entity.name, entity)
    return [Group(kind, list(found.values())) for kind, found in kinds.items() if found]


def stretches(article: FullArticle) -> list[Stretch]:
    """Put neighbouring paragraphs of one language together."""
    return [
        Stretch(language, language != article.language, list(together))
        for language, together in groupby(article.paragraphs, key=lambda one: one.language)
    ]
