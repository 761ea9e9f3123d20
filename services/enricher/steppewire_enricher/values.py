"""Dates, sums and other numbers beside names: by rules, joined with what the tagger saw."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from steppewire.events import EntityType
from steppewire_enricher import kaznerd, rules
from steppewire_enricher.mentions import FIELDS, TAUGHT, Named, Piece

VALUED: tuple[EntityType, ...] = ("DATE", "MONEY")
"""Types whose mentions have a value of their own."""
_NUMERIC: tuple[EntityType, ...] = (
    "DATE", "TIME", "MONEY", "PERCENTAGE", "QUANTITY", "CARDINAL", "ORDINAL",
)  # fmt: skip


def values_in(published_at: datetime | None, pieces: Sequence[Piece]) -> Iterator[Named]:
    """Return dates, sums and other numbers that rules find."""
    for piece in pieces:
        for value in rules.find(piece.text, published_at, piece.language):
            worth = value.normal if value.type in VALUED else ""
            yield piece.named(value.start, value.end, value.type, normal=worth)


def in_full(found: Sequence[Named], pieces: Sequence[Piece]) -> Iterator[Named]:
    """Let Kazakh values begin and end as its corpus says."""
    begins = [(FIELDS.index(piece.field), piece.offset) for piece in pieces]
    for named in found:
        if named.language not in TAUGHT or named.type not in _NUMERIC:
            yield named
            continue
        place = FIELDS.index(named.field), named.start
        piece = pieces[bisect_right(begins, place) - 1]
        start, end = named.start - piece.offset, named.end - piece.offset
        start, end = kaznerd.in_full(piece.text, start, end, named.type)
        told = piece.named(start, end, named.type)
        yield named._replace(start=told.start, end=told.end, surface=told.surface)


def with_values(tagged: Sequence[Named], values: Iterable[Named]) -> list[Named]:
    """Join what the tagger and the rules found.

    A sum or a date of the rules takes the place of numbers that the tagger saw, but inside a
    longer one of its type gives it its value. Beside a name it yields: "8 наурыз" of a factory is
    part of the factory's name.
    """
    out = {(named.field, named.start): named for named in tagged}
    by_field = {field: sorted((n for n in tagged if n.field == field), key=lambda n: n.start)
                for field in FIELDS}  # fmt: skip
    for value in values:
        rivals = [
            rival
            for rival in _rivals(by_field[value.field], value)
            if (rival.field, rival.start) in out
        ]
        wider = next((r for r in rivals if r.type == value.type and _covers(r, value)), None)
        if wider is not None:
            out[wider.field, wider.start] = wider._replace(normal=wider.normal or value.normal)
        elif all(_yields(rival, value) for rival in rivals):
            for rival in rivals:
                out.pop((rival.field, rival.start), None)
            out[value.field, value.start] = value
    return list(out.values())


_ORDINAL = ("ші", "шы", "chi", "чи")
_BETTER = (("TIME", "TIME"), ("QUANTITY", "CARDINAL"), ("ORDINAL", "CARDINAL"))
"""Values of rules that are believed before a part of them that the tagger saw as less."""


def _yields(tagged: Named, value: Named) -> bool:
    """Say whether a tagged mention gives way: a number, or the state of "US$60 billion"."""
    if tagged.type in _NUMERIC:
        better = (value.type, tagged.type) in _BETTER and _covers(value, tagged)
        sure = value.type != "ORDINAL" or value.surface.lower().endswith(_ORDINAL)
        return value.type in VALUED or (better and sure)
    if value.type == "ORDINAL" and value.surface[0].isdigit() and _covers(value, tagged):
        return True  # 3-орынға is no place's name
    return value.type == "MONEY" and tagged.type == "GPE" and _covers(value, tagged)


def _rivals(tagged: Sequence[Named], value: Named) -> list[Named]:
    at = bisect_left(tagged, value.start, key=lambda named: named.end)
    return [n for n in islice(tagged, at, at + 20) if n.start < value.end and value.start < n.end]


def _covers(one: Named, other: Named) -> bool:
    return one.start <= other.start and other.end <= one.end
