"""When an article was published and changed, from the best place that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import islice

from selectolax.lexbor import LexborNode

from steppewire.dates import Clock, Moment, read_date, zone_of
from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, around, attribute, elements, has, text_of, texts
from steppewire_parser.text import normalise

# A date line near the headline is short; longer texts only mention dates.
MAX_LINE_CHARS = 80
# Without a class that says so, only a line that is hardly more than a date is one.
MAX_BARE_DATE_CHARS = 40
MAX_DATE_TAGS = 20
# More than this around a headline is not its header any more, but the article or the page.
MAX_HEADER_NODES = 800

_DATE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:date|time|datetime|published?|pubdate|posted|publication|timestamp)(?:[-_ ]|$)",
    re.IGNORECASE,
)
_MODIFIED = re.compile(r"updat|modif|edited|обновл|измен|жаңарт|yangilan", re.IGNORECASE)
_IN_URL = re.compile(
    r"(?<!\d)(20\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/-])|/(20\d{2})(\d{2})(\d{2})(?=[/-])"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ASIDE = ("aside", "nav", "footer", "li", "form")


@dataclass(frozen=True)
class Dated:
    """A time and the facts about how it was found."""

    at: datetime | None
    facts: tuple[str, ...] = ()


def clock_of(fetched_at: datetime, zone_name: str) -> tuple[Clock, tuple[str, ...]]:
    """Return what relative dates are relative to; an unknown zone is a fact, not a failure."""
    zone = zone_of(zone_name)
    return Clock(fetched_at, zone or UTC), () if zone else ("zone-unknown",)


def published_at(
    ruled: Sequence[str],
    declared: Sequence[str],
    page: Document,
    url: str,
    hint: datetime | None,
    clock: Clock,
) -> Dated:
    """Return when the article was published, or None: never the time of fetching."""
    places = (ruled, declared, list(_time_tags(page)), list(_visible(page)))
    moments = [_moments(place, _known_day(url, hint, clock), clock) for place in places]
    best = next((found[0] for found in moments if found), None)
    if best is not None:
        others = [m for found in moments for m in found]
        return _told(_completed(best, [*others, *_listed(hint, clock)]))
    if hint is not None:
        return Dated(hint, ("date-from-hint",))
    if found := date_in_url(url, clock):
        return Dated(found.at, ("date-from-url",))
    return Dated(None, ("date-missing",))


def modified_at(ruled: Sequence[str], declared: Sequence[str], clock: Clock) -> datetime | None:
    """Return when the page says that it was last changed."""
    found = (read_date(text, clock) for text in (*ruled, *declared))
    return next((moment.at for moment in found if moment), None)


def date_in_url(url: str, clock: Clock) -> Moment | None:
    """Return the day that an address carries: /2024/01/05/, /2024-01-05/ or /20240105/."""
    match = _IN_URL.search(url)
    if match is None:
        return None
    year, month, day = (part for part in match.groups() if part is not None)
    return read_date(f"{year}-{int(month):02}-{int(day):02}", clock)


def _listed(hint: datetime | None, clock: Clock) -> list[Moment]:
    """What the feed or API says; a midnight there is only a day, too."""
    if hint is None:
        return []
    local = hint.astimezone(clock.zone)
    at = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
    return [Moment(at, has_time=local.time() != time())]


def _told(moment: Moment) -> Dated:
    facts = ("date-relative",) if moment.relative else ()
    return Dated(moment.at, facts if moment.has_time else (*facts, "time-missing"))


def _completed(best: Moment, others: Iterable[Moment]) -> Moment:
    """Take the time of day from another place, or the list, that names the same day."""
    if best.has_time:
        return best
    same_day = (
        m for m in others if m.has_time and not m.relative and m.at.date() == best.at.date()
    )
    return next(same_day, best)


def _time_tags(page: Document) -> Iterator[str]:
    """The time elements of the article: those before or inside it, not those of teasers."""
    tags = [tag for tag in page.named("time")[:50] if not _aside(tag)]
    tags.sort(key=lambda tag: (not has(tag, "pubdate"), around(tag, ("article",)) is None))
    for tag in tags[:3]:
        if not _MODIFIED.search(f"{attribute(tag, 'class')} {attribute(tag, 'itemprop')}"):
            yield from (attribute(tag, "datetime"), attribute(tag, "content"), text_of(tag))


def _visible(page: Document) -> Iterator[str]:
    """Short lines whose class or id says date, those near the headline first."""
    titles = page.named("h1")
    near = _near(titles[0]) if titles else None
    if near is not None:
        yield from _date_lines(elements(near))
        yield from _lines_with_date(near)
    yield from _date_lines(page.tags)


def _date_lines(tags: Iterable[LexborNode]) -> Iterator[str]:
    for tag in islice(filter(_says_date, tags), MAX_DATE_TAGS):
        text = normalise(text_of(tag))
        if not _aside(tag) and len(text) <= MAX_LINE_CHARS and not _MODIFIED.search(text):
            yield text


def _near(title: LexborNode) -> LexborNode | None:
    """The box around the headline, as long as it is small: header lines, not the whole page."""
    box: LexborNode | None = None
    for parent in ancestors(title):
        size = sum(1 for _ in islice(parent.traverse(include_text=True), MAX_HEADER_NODES))
        if parent.tag in ("body", "html") or size == MAX_HEADER_NODES:
            break
        box = parent
    return box


def _lines_with_date(root: LexborNode) -> Iterator[str]:
    for node in texts(root):
        string = node.text_content or ""
        text = normalise(string) if len(string) <= MAX_LINE_CHARS else ""
        if len(text) <= MAX_BARE_DATE_CHARS and _YEAR.search(text) and not _aside(node):
            yield text


def _moments(texts: Iterable[str], known: datetime | None, clock: Clock) -> list[Moment]:
    """Read dates; one without its year is believed only where feed or address do not deny it."""
    found = (read_date(text, clock) for text in texts)
    return [dated for moment in found if moment and (dated := moment.in_year_of(known))]


def _known_day(url: str, hint: datetime | None, clock: Clock) -> datetime | None:
    named = date_in_url(url, clock)
    return hint or (named.at if named else None)


def _says_date(tag: LexborNode) -> bool:
    return bool(_DATE_CLASS.search(f"{attribute(tag, 'class')} {attribute(tag, 'id')}"))


def _aside(tag: LexborNode) -> bool:
    return around(tag, _ASIDE) is not None
