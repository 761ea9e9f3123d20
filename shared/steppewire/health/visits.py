"""What the books of the newswire tell of visits to a source: counts by kind since last time.

The fetcher keeps a hash for each source (looks at its listings) and every stage a tally of how its
messages ended. Both only grow, so the difference from what was read before is what happened since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

REFUSED = ("forbidden", "challenge", "rate-limited", "robots")
"""Reasons under which a site answers, and does not let us in."""
AWAY = ("timeout", "unreachable", "server-error", "robots-unknown", "empty", "bad-body")
NO_LINKS = re.compile(r"no-link-matches|telegram-no-preview|\w+-empty|\w+-is-\w+")
"""Warnings of a list that was answered and gives no link: it is empty, an HTML page or nothing at
all stands where a feed was, or its links are no articles."""
_WARNING = "look.warning."
UNREAD = ("no-article", "not-html")


@dataclass(slots=True)
class Books:
    """The totals that were read last time. None: nothing was read yet."""

    totals: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How often a fact held and how often not, and why not."""

    fact: str
    good: int
    bad: int
    reason: str = ""


@dataclass(slots=True)
class _Since:
    """Differences between two readings; a total that shrank was wiped, and begins anew."""

    before: Mapping[str, int]
    now: Mapping[str, int]
    found: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        now, before = self.now.get(name, 0), self.before.get(name, 0)
        return now - before if now >= before else now

    def among(self, prefix: str, slugs: Iterable[str]) -> tuple[int, str]:
        """Return how many in all, and the most frequent slug."""
        counts = {slug: self.of(f"{prefix}{slug}") for slug in slugs}
        return sum(counts.values()), max(counts, key=lambda slug: counts[slug], default="")

    def slugs(self, prefix: str, meant: re.Pattern[str]) -> list[str]:
        """Return the slugs under a prefix that are meant."""
        known = (name.removeprefix(prefix) for name in self.now if name.startswith(prefix))
        return sorted(slug for slug in known if meant.fullmatch(slug))


def counts(books: Books, now: Mapping[str, int]) -> list[Count]:
    """Return what happened since the last reading, and remember this one.

    The first reading tells nothing: what it holds may be years old.
    """
    before, books.totals = books.totals, dict(now)
    if before is None:
        return []
    since = _Since(before, now)
    return [one for one in (*_looks(since), *_pages(since)) if one.good or one.bad]


def _looks(since: _Since) -> list[Count]:
    """A look is one bad observation at most, however many documents of it fail.

    With several documents a look counts as failed when nothing of it could be read, which the
    fetcher counts as `failed`; the warnings say why.
    """
    looks, failed = since.of("look.polls"), since.of("look.failed")
    refused, why = since.among(_WARNING, REFUSED)
    away, trouble = since.among(_WARNING, AWAY)
    empty, how = since.among(_WARNING, since.slugs(_WARNING, NO_LINKS))
    shut = failed if refused > away else 0
    lost = failed - shut if away else 0
    bare = min(looks - failed, empty)
    return [
        Count("looks-let-in", max(looks - failed, 0), shut, why),
        Count("looks-reached", max(looks - lost, 0), lost, trouble),
        Count("links", max(looks - failed - bare, 0), bare, how),
    ]


def _pages(since: _Since) -> list[Count]:
    fetched = since.of("fetcher.done.")
    refused, why = _ended(since, "fetcher", REFUSED)
    away, trouble = _ended(since, "fetcher", AWAY)
    unread, how = _ended(since, "parser", UNREAD)
    return [
        Count("pages-let-in", fetched, refused, why),
        Count("pages-reached", fetched + refused, away, trouble),
        Count("pages-read", since.of("parser.done."), unread, how),
    ]


def _ended(since: _Since, stage: str, slugs: tuple[str, ...]) -> tuple[int, str]:
    by_slug = {
        slug: sum(since.of(f"{stage}.{outcome}.{slug}") for outcome in ("skip", "retry", "dead"))
        for slug in slugs
    }
    return sum(by_slug.values()), max(by_slug, key=lambda slug: by_slug[slug])


def pages_underway(now: Mapping[str, int]) -> int:
    """Return the pages of a source that are between two stages: fetched, and not yet enriched."""
    return max(0, _waiting(now, "fetcher", "parser")) + max(0, _waiting(now, "parser", "enricher"))


def _waiting(now: Mapping[str, int], stage: str, after: str) -> int:
    ended = sum(
        count
        for name, count in now.items()
        if name.startswith(f"{after}.") and name.split(".")[1] in ("done", "skip", "reject", "dead")
    )
    return now.get(f"{stage}.done.", 0) - ended + now.get(f"{after}.retry.revived", 0)
