"""What a name, a date or a sum in a text is before anybody knows who is meant: where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from steppewire.events import EntityType, MentionField, PlaceKind
from steppewire_enricher.gazetteer import Entry

FIELDS: tuple[MentionField, ...] = ("title", "lead", "text")
"""Reading order."""
TAUGHT = ("kk",)
"""Languages whose corpus taught the tagger all types, and what of a list's names is one of them."""


class Named(NamedTuple):
    """A mention: `text[start:end]` of a field names something."""

    field: MentionField
    start: int
    end: int
    """In code points of the field."""
    surface: str
    type: EntityType
    language: str
    """Primary subtag of the paragraph: `kk`, `ru`, …"""
    entry: Entry | None = None
    whole: bool = True
    """False when only the last name of `entry` stood there."""
    listed: str = ""
    """The listed spelling that the mention is, case endings apart."""
    normal: str = ""
    """Of a date or a sum: what it comes to, as `amounts.Found.normal` has it."""
    kind: PlaceKind | None = None
    """Of a place."""
    state: str = ""
    """Of a body that several states have, where its own words tell: МВД России."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a field in one language."""

    field: MentionField
    offset: int
    """Where it begins in its field, in code points."""
    text: str
    tag: str
    """Its language with the script: `kk-Cyrl`."""

    @cached_property
    def language(self) -> str:
        """The primary subtag."""
        return self.tag.split("-")[0]

    def named(self, start: int, end: int, type_: EntityType, *, normal: str = "") -> Named:
        """Return the mention `text[start:end]` of this piece, placed in its field."""
        return Named(
            field=self.field,
            start=self.offset + start,
            end=self.offset + end,
            surface=self.text[start:end],
            type=type_,
            language=self.language,
            normal=normal,
        )
