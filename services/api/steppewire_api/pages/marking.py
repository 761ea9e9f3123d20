"""Texts cut at their marks, so that a template writes every piece by itself, escaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from steppewire.events import EntityType
from steppewire_api.views import Marked

KINDS = ("person", "organisation", "place", "date", "money", "number", "other")
"""The kinds that the pages tell apart, in the order in which a reader looks for them."""
NAMED = ("person", "organisation", "place", "other")
"""Kinds that have pages of their own; nobody looks for all articles with the number four."""
_KIND_OF: dict[str, str] = {
    "PERSON": "person",
    "ORGANISATION": "organisation",
    "GPE": "place",
    "LOCATION": "place",
    "FACILITY": "place",
    "DATE": "date",
    "TIME": "date",
    "MONEY": "money",
    "CARDINAL": "number",
    "ORDINAL": "number",
    "PERCENTAGE": "number",
    "QUANTITY": "number",
}


def kind_of(type_: EntityType | str) -> str:
    """Return the kind of a type of entity."""
    return _KIND_OF.get(str(type_), "other")


@dataclass(frozen=True)
class Piece:
    """A stretch of text, with the number of the entity that it names, if it names one."""

    text: str
    entity: int | None = None


def pieces(marked: Marked) -> Iterator[Piece]:
    """Cut a text at its marks. Offsets count code points, as Python does."""
    at = 0
    for mark in marked.marks:
        if mark.start > at:
            yield Piece(marked.text[at : mark.start])
        yield Piece(marked.text[mark.start : mark.end], mark.entity)
        at = mark.end
    if at < len(marked.text):
        yield Piece(marked.text[at:])
