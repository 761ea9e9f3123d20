"""What an arriving event means for the versions of its article: pure decisions, no database.

Versions stand on a line of time, each where the page was *fetched*. An event is compared with the
version that was in effect when its page was fetched, not with the current one, so:

- the page goes A → B → A: the second A differs from the B in effect, and is a third version;
- an old A arrives late, after B: it becomes a version, but B, fetched later, stays current;
- A is fetched again and again: nothing new, `unchanged`;
- an archived page is replayed with a better parser, other rules or a better model: other content
  is a new version in the same place and wins over the old reading; the same content gets the new
  reading's entities, languages and dates in place, since a version is its content.

The same event delivered twice is recognised before that, by its mark (`mark`), and gets the answer
it got the first time, whatever has happened to the article in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from steppewire.archive.tables import utc
from steppewire.events import ArticleEnriched
from steppewire.identity import fetch_id

Change = Literal["created", "updated", "unchanged"]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def reading(event: ArticleEnriched) -> str:
    """Return the digest of all that was read out of the page, and of what read it.

    Not of the code's name alone: the same parser reads differently with other rules.
    """
    parts = (event.article, event.extraction, event.enrichment)
    return reading_of(part.model_dump_json() for part in parts)


def reading_of(parts: Iterable[str]) -> str:
    """Return the same of the JSON of article, extraction and enrichment."""
    return _digest(parts)


@dataclass(frozen=True)
class Arrival:
    """What the versions need to know of an event."""

    mark: str
    """The identity of the event: when its page was fetched, what was read out of it.

    Never a stream id: a message that is published again is the same event. A replay is another
    one: going back to an older parser must not be taken for the old event delivered again."""
    version_id: str
    fetched_at: datetime
    fetch: str
    """Which fetch it is of; see `identity.fetch_id`."""
    reading: str


def arrival(event: ArticleEnriched, read: str | None = None) -> Arrival:
    """Return what the versions need to know of an event; `read` is its `reading`, if known."""
    fetch, article = event.fetch, event.article
    fetched, read = utc(fetch.fetched_at), read or reading(event)
    replayed = [utc(fetch.replayed_at).isoformat()] if fetch.replayed_at else []
    parts = (article.article_id, article.version_id, fetched.isoformat(), read, *replayed)
    return Arrival(
        mark=_digest(parts),
        version_id=article.version_id,
        fetched_at=fetched,
        fetch=fetch_id(fetch.link_id, fetch.fetched_at),
        reading=read,
    )


@dataclass(frozen=True, order=True)
class Version:
    """A version of an article on its line of time; the greatest is the current one."""

    fetched_at: datetime
    number: int
    version_id: str
    reading: str
    stored_at: datetime


@dataclass(frozen=True)
class Receipt:
    """The answer to an event."""

    mark: str
    number: int
    change: Change
    fetch: str | None = None
    """The fetch that the event was of; None for answers from before that was noted."""


@dataclass
class History:
    """All versions of one article, and the answers given so far."""

    versions: list[Version] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    @property
    def current(self) -> Version | None:
        """The version whose page was fetched last; of readings of one page, the last stored."""
        return max(self.versions, default=None)

    def numbered(self, number: int) -> Version:
        """Return the version with this number."""
        return next(v for v in self.versions if v.number == number)


@dataclass(frozen=True)
class Ruling:
    """What to do about an event."""

    receipt: Receipt
    repeated: bool = False
    """Answered before: write nothing."""
    added: Version | None = None
    """A version to add."""
    reread: Version | None = None
    """The version of which this event is a new reading: same page and content, other models."""


def rule(history: History, event: Arrival, now: datetime) -> Ruling:
    """Decide about an event and enter the decision into `history`."""
    known = history.receipts.get(event.mark)
    if known is not None:
        return Ruling(known, repeated=True)
    ruling = _fresh(history, event, now)
    history.receipts[ruling.receipt.mark] = ruling.receipt
    return ruling


def _fresh(history: History, event: Arrival, now: datetime) -> Ruling:
    same = same_content(history.versions, event.version_id, event.fetched_at)
    if same is not None:
        replayed = same.fetched_at == event.fetched_at and same.reading != event.reading
        receipt = Receipt(event.mark, same.number, "unchanged", event.fetch)
        return Ruling(receipt, reread=same if replayed else None)
    added = Version(
        fetched_at=event.fetched_at,
        number=len(history.versions) + 1,
        version_id=event.version_id,
        reading=event.reading,
        stored_at=now,
    )
    change: Change = "updated" if history.versions else "created"
    history.versions.append(added)
    return Ruling(Receipt(event.mark, added.number, change, event.fetch), added=added)


def same_content(versions: Sequence[Version], content: str, at: datetime) -> Version | None:
    """Return the version in effect at a time, or else the next one, if it has this content.

    The next one, because pages overtake each other: of two addresses of one article, the page
    that was fetched first may arrive second.
    """
    before = max((v for v in versions if v.fetched_at <= at), default=None)
    after = min((v for v in versions if v.fetched_at > at), default=None)
    return next((v for v in (before, after) if v and v.version_id == content), None)
