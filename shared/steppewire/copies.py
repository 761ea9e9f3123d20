"""Near copies: what is kept of a text, and an index that finds who had nearly the same before.

A sketch is a MinHash (Broder 1997) of runs of words, which the enricher takes of each text, and
lists the runs of all but long texts. The index looks at articles that agree in a band of the
sketch (Indyk and Motwani 1998): its memory and its time for an article are bounded, whatever comes.
"""

from __future__ import annotations

import base64
import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from operator import eq
from typing import NamedTuple

VALUES = 128
"""Values of a sketch, one byte each."""
BANDS = 32
"""Pairs of values by which articles meet in the index."""
LISTED = 256
"""Runs that are listed: texts with no more are compared exactly."""
ALIKE = 0.3
"""Share of runs in common (Jaccard) from which two texts are copies."""
SHORT = 100
"""Runs of a short text: one of its sentences is a large part of it, so that less is asked …"""
HELD = 0.45
"""… than ALIKE: this share of the runs of the shorter one …"""
SHORT_ALIKE = 0.15
"""… and of all runs, for a note in the round-up of a day is no copy of it."""
SLOTS = 2
"""Articles that meet at one place; the one that came first gives way."""

_CHANCE = 1 / 256
"""How often two values agree in their byte for no reason."""
_FIXED = struct.Struct(f"<{VALUES}s{BANDS}I")
_COUNT = struct.Struct("<H")
_MOST_RUNS = 0xFFFF


class Sketch(NamedTuple):
    """What is kept of a text to know its copies."""

    values: bytes
    places: tuple[int, ...]
    """Where it stands in the index, for each band, as 32 bits."""
    length: int = 0
    """How many runs the text has; 0 in sketches from before that was noted."""
    runs: frozenset[int] = frozenset()
    """Its runs, 16 bits each, if there are no more than `LISTED`."""

    def encoded(self) -> str:
        """Return it as an event carries it."""
        return base64.b64encode(self.packed()).decode()

    def packed(self) -> bytes:
        """Return it as a database keeps it."""
        fixed = _FIXED.pack(self.values, *self.places)
        if not self.length:
            return fixed
        listed = _little(array("H", sorted(self.runs)))
        return fixed + _COUNT.pack(min(self.length, _MOST_RUNS)) + listed.tobytes()


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def unencoded(text: str) -> bytes:
    """Return the bytes of a sketch that an event carries; none where they are damaged."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if unpacked(data) else b""


def decoded(text: str) -> Sketch | None:
    """Return the sketch that an event carries; None for none, or for one that is damaged."""
    return unpacked(unencoded(text))


def unpacked(data: bytes) -> Sketch | None:
    """Return the sketch that a database kept; None for what is none."""
    more = len(data) - _FIXED.size
    if more < 0 or more % 2 or more > _COUNT.size + 2 * LISTED:
        return None
    values, *places = _FIXED.unpack_from(data)
    if not more:
        return Sketch(values, tuple(places))
    (length,) = _COUNT.unpack_from(data, _FIXED.size)
    listed = _little(array("H", data[_FIXED.size + _COUNT.size :]))
    return Sketch(values, tuple(places), length, frozenset(listed))


def places_of(data: bytes) -> tuple[int, ...]:
    """Return the places alone of a sketch that a database kept."""
    return _FIXED.unpack_from(data)[1:]


def alike(one: Sketch, other: Sketch) -> float:
    """Return the share of runs in common: exactly where both are listed, else as estimated."""
    if one.runs and other.runs:
        both = len(one.runs & other.runs)
        return both / (len(one.runs) + len(other.runs) - both)
    agree: float = sum(map(eq, one.values, other.values)) / VALUES
    return max(0.0, (agree - _CHANCE) / (1 - _CHANCE))


def are_copies(one: Sketch, other: Sketch, share: float) -> bool:
    """Tell whether two texts with this share of runs in common are copies."""
    if not _short(one) or not _short(other):
        return share >= ALIKE
    shorter = min(len(one.runs), len(other.runs))
    return share >= SHORT_ALIKE and len(one.runs & other.runs) >= HELD * shorter


def _short(one: Sketch) -> bool:
    return bool(one.runs) and one.length <= SHORT


class Meetings:
    """Who stands where: the numbers of articles by the places of their sketches."""

    def __init__(self, capacity: int) -> None:
        self._bits = max(4, (capacity - 1).bit_length())
        # numbers are kept as from one on: zero is nobody
        self._numbers = array("I", bytes(4 * SLOTS * (BANDS << self._bits)))

    def met(self, places: Sequence[int]) -> set[int]:
        """Return the numbers of those who stand where one with these places would."""
        numbers = self._numbers
        there = {n for at in self._at(places) for n in numbers[at : at + SLOTS]}
        return {number - 1 for number in there if number}

    def enter(self, places: Sequence[int], number: int) -> None:
        """Let one stand there too; whoever came first gives way."""
        numbers = self._numbers
        for at in self._at(places):
            numbers[at + 1] = numbers[at]
            numbers[at] = number + 1

    def _at(self, places: Sequence[int]) -> Iterator[int]:
        bits, shift = self._bits, 32 - self._bits
        return (SLOTS * (band << bits | place >> shift) for band, place in enumerate(places))


class Match(NamedTuple):
    """An earlier article with nearly the same text."""

    number: int
    alike: float
    """Share of the runs that both have, of those that either has."""


def best(one: Sketch, others: Iterator[tuple[int, Sketch]]) -> Match | None:
    """Return which of some numbered articles is most like one, if it is a copy."""
    shares = ((number, alike(one, other), other) for number, other in others)
    copies = (Match(n, share) for n, share, other in shares if are_copies(one, other, share))
    # of equals the one that came first, so that the answer does not depend on an order of sets
    return max(copies, key=lambda match: (match.alike, -match.number), default=None)


class Copies:
    """The sketches of the last articles; of `capacity` at most."""

    def __init__(self, capacity: int = 1_000_000) -> None:
        self.capacity = capacity
        self._meetings = Meetings(capacity)
        self._sketches: dict[int, bytes] = {}
        self.count = 0

    def add(self, one: Sketch) -> Match | None:
        """Enter the next article; return the earlier one that is most like it, if one is."""
        found = best(one, self._known(self._meetings.met(one.places)))
        self._meetings.enter(one.places, self.count)
        self._sketches[self.count] = one.packed()
        self._sketches.pop(self.count - self.capacity, None)
        self.count += 1
        return found

    def _known(self, numbers: set[int]) -> Iterator[tuple[int, Sketch]]:
        for number in numbers & self._sketches.keys():
            other = unpacked(self._sketches[number])
            if other is not None:
                yield number, other
