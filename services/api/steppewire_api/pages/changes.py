"""What changed between two versions of an article, as a reader sees it: word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from steppewire.archive.promise import Record
from steppewire_api.diffs import Row, rows
from steppewire_api.pages.article import get
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.paper import Reader, page


@dataclass(frozen=True)
class Section:
    """A part of the article that changed: its paragraphs, those that stayed as their number."""

    name: str
    """`heading`, `lead` or `text`."""
    rows: Sequence[Row | int]


async def show(
    desk: Desk, reader: Reader, id_: str, before: int | None, after: int | None
) -> Response:
    """Show what changed, by default with the newest version. Raises Problem when there is none."""
    new = await get(desk, id_, after)
    number = before if before is not None else new.version - 1
    old = await get(desk, id_, number) if number >= 1 else None
    return page(
        "changes.html",
        reader,
        here="",
        old=old,
        new=new,
        language=new.enrichment.languages.article.tag,
        sections=sections(old, new) if old else (),
        history=await desk.archive.versions(id_),
    )


def sections(old: Record, new: Record) -> list[Section]:
    """Return what changed by part of the article; parts that stayed as they were are left out."""
    compared = {
        "heading": rows([old.article.title], [new.article.title]),
        "lead": rows(_given(old.article.lead), _given(new.article.lead)),
        "text": rows(
            [p.text for p in old.article.paragraphs], [p.text for p in new.article.paragraphs]
        ),
    }
    return [
        Section(name, folded(found))
        for name, found in compared.items()
        if any(row.change != "same" for row in found)
    ]


def _given(text: str | None) -> list[str]:
    return [text] if text else []


def folded(found: Sequence[Row]) -> list[Row | int]:
    """Put the number of paragraphs that stayed in their place: nobody reads them again."""
    done: list[Row | int] = []
    for stayed, together in groupby(found, key=lambda row: row.change == "same"):
        some = list(together)
        done += [len(some)] if stayed else some
    return done
