"""What an arriving event means for the versions of its article: pure decisions, no database.

Versions stand on a line of time, each where the page was *fetched*. An event is compared with the
version that was in effect when its page was fetched, not with the current one, so:

- the page goes A → B → A: the second A differs from the B in effect, and is a third version;
- an old A arrives late, after B: it becomes a version, but B, fetched later, stays current;
- A is fetched again and again: nothing new, `unchanged`;
- an archived page is replayed with a better parser or model: other content is a new version in
  the same place and wins over the old reading; the same content gets the new reading's entities,
  languages and dates in place, since a version is its content.

The same event delivered twice is recognised before that, by its mark (`mark`), and gets the answer
it got the first time, whatever has happened to the article in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from steppewire.archive.tables import utc
from steppewire.events import ArticleEnriched

Change = Literal["created", "updated", "unchanged"]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def reading(event: ArticleEnriched) -> str:
    """Return what read the page: parser and models. A replay with better ones reads differently."""
    models = (f"{name}={version}" for name, version in sorted(event.enrichment.models.items()))
    return _digest((event.extraction.parser, *models))


def mark(event: ArticleEnriched) -> str:
    """Return the identity of an event: its content, when that was fetched, what read it.

    Never a stream id: a message that is published again is the same event.
    """
    fetched = utc(event.fetch.fetched_at).isoformat()
    return _digest((event.article.article_id, event.article.version_id, fetched, reading(event)))


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


def rule(history: History, event: ArticleEnriched, now: datetime) -> Ruling:
    """Decide about `event` and enter the decision into `history`."""
    known = history.receipts.get(mark(event))
    if known is not None:
        return Ruling(known, repeated=True)
    ruling = _fresh(history, event, now)
    history.receipts[ruling.receipt.mark] = ruling.receipt
    return ruling


def _fresh(history: History, event: ArticleEnriched, now: datetime) -> Ruling:
    fetched_at = utc(event.fetch.fetched_at)
    same = _same_content(history.versions, event.article.version_id, fetched_at)
    if same is not None:
        replayed = same.fetched_at == fetched_at and same.reading != reading(event)
        receipt = Receipt(mark(event), same.number, "unchanged")
        return Ruling(receipt, reread=same if replayed else None)
    added = Version(
        fetched_at=fetched_at,
        number=len(history.versions) + 1,
        version_id=event.article.version_id,
        reading=reading(event),
        stored_at=now,
    )
    change: Change = "updated" if history.versions else "created"
    history.versions.append(added)
    return Ruling(Receipt(mark(event), added.number, change), added=added)


def _same_content(versions: list[Version], content: str, at: datetime) -> Version | None:
    """Return the version in effect at a time, or else the next one, if it has this content.

    The next one, because pages overtake each other: of two addresses of one article, the page
    that was fetched first may arrive second.
    """
    before = max((v for v in versions if v.fetched_at <= at), default=None)
    after = min((v for v in versions if v.fetched_at > at), default=None)
    return next((v for v in (before, after) if v and v.version_id == content), None)
