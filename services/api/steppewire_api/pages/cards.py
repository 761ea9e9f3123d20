"""A list of articles by day, as the wire, a search and the page of a name show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from steppewire.archive.promise import Record
from steppewire.archive.rows import PLAUSIBLE
from steppewire_api.pages.words import Words
from steppewire_api.views import Card, SnippetPart, card, snippet


@dataclass(frozen=True)
class Shown:
    """A card, and the time that stands beside it."""

    card: Card
    at: datetime
    when: str
    """That time, as short as the list allows."""
    is_sure: bool
    """Whether the page itself gives the time."""
    title: tuple[SnippetPart, ...]
    """The title, with the words that were looked for."""
    alike: int
    """Other reports of the same."""


@dataclass(frozen=True)
class Day:
    """The articles of one day."""

    heading: str
    cards: Sequence[Shown]


def by_day(records: Iterable[Record], words: Words, today: date) -> list[Day]:
    """Put articles under the days on which they were published, in the order that they have."""
    shown = [_shown(record, words, is_dated=False) for record in records]
    days = groupby(shown, key=lambda one: words.here(one.at).date())
    return [Day(words.heading(day, today), list(together)) for day, together in days]


def flat(records: Iterable[Record], words: Words, heading: str) -> list[Day]:
    """Leave articles in an order that is not that of time, under one heading, each with its day."""
    shown = [_shown(record, words, is_dated=True) for record in records]
    return [Day(heading, shown)] if shown else []


def _shown(record: Record, words: Words, *, is_dated: bool) -> Shown:
    # a date in the future is somebody's mistake; the archive sorts by the time of storing then
    published, stored = record.article.published_at, record.first_stored_at
    is_sure = published is not None and published <= stored + PLAUSIBLE
    at = published if published is not None and is_sure else stored
    when = words.short_day(words.here(at).date()) if is_dated else words.clock(at)
    title = snippet(record.title_marked or record.article.title)
    alike = len({*record.reports, *record.copies})
    return Shown(card(record), at, when, is_sure, title, alike)
