"""How every source is doing: its state, its rhythm, its last article, what is wrong since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from steppewire.archive.promise import Query
from steppewire.events import SourceHealth
from steppewire.health.reading import Health
from steppewire.health.visits import AWAY, NO_LINKS
from steppewire.pauses import LONGEST_WHY, Pause
from steppewire_api import pausing
from steppewire_api.pages.cards import by_day
from steppewire_api.pages.charts import Bars, bars, levels
from steppewire_api.pages.desk import Desk, reached
from steppewire_api.pages.paper import Reader, page
from steppewire_api.pages.words import Words
from steppewire_api.problems import Problem
from steppewire_api.status import unless_away

ORDER = (
    *("silent", "blocked", "layout-changed", "failing"),
    *("paused", "learning", "well", "removed"),
)
"""Standings, the one that needs somebody first."""
_LISTED = 12
_HELP = {
    "robots": "robots",
    "rate-limited": "often",
    "gone": "moved",
    "no-link-matches": "patterns",
    **dict.fromkeys(("forbidden", "challenge"), "refused"),
    **dict.fromkeys(AWAY, "passes"),
}
"""Why a look failed, or found no links -> what helps, below `remedy` in the words."""


@dataclass(frozen=True)
class Source:
    """A source as a row of the list shows it."""

    name: str
    title: str
    standing: str
    """One of `ORDER`."""
    articles: int | None
    """None while the database does not answer."""
    state: Mapping[str, str]
    health: Health | None
    paused: Pause | None
    day: Bars | None
    """Articles expected in each hour of a day."""

    peak: int
    """The hour of the day in which most of them come."""

    @property
    def since(self) -> datetime | None:
        """Since when it is paused or in trouble."""
        if self.paused and self.standing == "paused":
            return self.paused.at
        return self.health.since if self.health else None

    @property
    def troubles(self) -> Sequence[SourceHealth]:
        """What is wrong."""
        return tuple(self.health.troubles.values()) if self.health else ()

    @property
    def last(self) -> datetime | None:
        """When its last article came, an old one where there was no other."""
        if self.health is None:
            return None
        return self.health.last_article or self.health.last_old_article

    @property
    def is_last_old(self) -> bool:
        """Whether only articles came that had been published long before."""
        health = self.health
        return bool(health and health.last_old_article and not health.last_article)

    @property
    def weekly(self) -> float | None:
        """Articles that a week usually brings; None while that is still being learnt."""
        return self.health.weekly if self.health and self.health.weekly else None

    @property
    def what_to_do(self) -> str | None:
        """What helps, as a key of the words; None when nothing is wrong, or nobody knows."""
        return helps(self.standing, self.state)


async def show(desk: Desk, reader: Reader) -> Response:
    """Show all sources, those in trouble first."""
    found, is_reached = await known(desk)
    counts = {standing: sum(s.standing == standing for s in found) for standing in ORDER}
    return page(
        "sources.html",
        reader,
        here="sources",
        sources=found,
        trouble_text=trouble_text,
        counts={standing: count for standing, count in counts.items() if count},
        is_reached=is_reached,
    )


async def show_one(desk: Desk, reader: Reader, name: str) -> Response:
    """Show one source with its newest articles. Raises Problem when nobody knows it."""
    found, is_reached = await known(desk)
    source = next((one for one in found if one.name == name), None)
    if source is None:
        raise Problem(404, "no-such-source", "")
    newest = await desk.archive.find(Query(source=(name,), limit=_LISTED))
    words, rhythm = reader.words, source.health.rhythm if source.health else ()
    return page(
        "source.html",
        reader,
        here="sources",
        source=source,
        trouble_text=trouble_text,
        is_reached=is_reached,
        week=levels(local_week(rhythm, words.zone)),
        days=by_day(newest.items, words, words.here(datetime.now(UTC)).date()),
    )


async def act(desk: Desk, name: str, form: Mapping[str, str], by: str) -> None:
    """Pause a source or let it go on, as the form of its page says. Raises Problem.

    Whether whoever asks may do so is decided before, by the key that the same form carries.
    """
    why = form.get("why", "")
    match form.get("act"):
        case "pause" if len(why) <= LONGEST_WHY and why.isprintable():
            await pausing.pause(desk.gauges.pauses, name, by, why)
        case "resume":
            await pausing.resume(desk.gauges.pauses, name, by)
        case _:
            raise Problem(422, "bad-form", "The form of the page says what is to be done.")


async def known(desk: Desk) -> tuple[list[Source], bool]:
    """Return all sources that archive, fetcher or watcher know, and whether the broker answers."""
    facets = await unless_away(desk.sources())
    stored = None if facets is None else {facet.value: facet.count for facet in facets}
    states = await reached(desk.gauges.sources())
    healths = await reached(desk.gauges.health()) if states is not None else None
    paused = await reached(desk.gauges.pauses.all()) if states is not None else None
    names = (stored or {}).keys() | (states or {}).keys() | (healths or {}).keys()
    found = [
        _source(
            name,
            stored,
            (states or {}).get(name, {}),
            (healths or {}).get(name),
            (paused or {}).get(name),
            desk.zone,
        )
        for name in names
    ]
    ordered = sorted(found, key=lambda one: (ORDER.index(one.standing), one.name))
    return ordered, states is not None


def _source(
    name: str,
    stored: Mapping[str, int] | None,
    state: Mapping[str, str],
    health: Health | None,
    paused: Pause | None,
    zone: ZoneInfo,
) -> Source:
    week = local_week(health.rhythm, zone) if health else ()
    return Source(
        name=name,
        title=state.get("title", ""),
        standing=standing(state, health, paused),
        articles=stored.get(name, 0) if stored is not None else None,
        state=state,
        health=health,
        paused=paused,
        day=bars(day_of(week), width=96, height=24) if week else None,
        peak=busiest(week) if week else 0,
    )


def standing(state: Mapping[str, str], health: Health | None, paused: Pause | None = None) -> str:
    """Return how a source stands, in one word: what somebody did, what the watcher says, or else
    the fetcher."""
    if state.get("state") == "removed":
        return "removed"
    if paused:
        return "paused"
    told = health.state if health else "learning"
    if told in {"well", "learning"} and state.get("state") == "failing":
        return "failing"
    return told


def helps(standing: str, state: Mapping[str, str]) -> str | None:
    """Return the key of the words that say what to do about a source."""
    if standing in {"paused", "removed"}:
        return None
    slugs = [slug for slug in state.get("last_warnings", "").split(",") if slug]
    if standing == "failing":
        error = state.get("last_error", "")
        slugs += [slug for slug in _HELP if f" {slug}:" in error or error.startswith(f"{slug}:")]
    found = next((_HELP[slug] for slug in slugs if slug in _HELP), None)
    if found is None and any(NO_LINKS.fullmatch(slug) for slug in slugs):
        found = "list"
    return found or {"layout-changed": "layout", "blocked": "refused", "silent": "silent"}.get(
        standing
    )


def local_week(rhythm: Sequence[Sequence[float]], zone: ZoneInfo) -> list[list[float]]:
    """Return a week of hours (UTC) as the clocks of a zone show it, Monday to Sunday."""
    hours = [rate for day in rhythm for rate in day]
    if len(hours) != 7 * 24:
        return []
    offset = datetime.now(UTC).astimezone(zone).utcoffset()
    ahead = round(offset.total_seconds() / 3600) if offset else 0
    moved = [hours[(hour - ahead) % len(hours)] for hour in range(len(hours))]
    return [moved[start : start + 24] for start in range(0, len(moved), 24)]


def day_of(week: Sequence[Sequence[float]]) -> list[float]:
    """Return what a day of a week is like on average, by hour."""
    return [sum(day[hour] for day in week) / len(week) for hour in range(24)]


def busiest(week: Sequence[Sequence[float]]) -> int:
    """Return the hour of the day in which most articles come."""
    day = day_of(week)
    return day.index(max(day))


def trouble_text(words: Words, trouble: SourceHealth) -> str:
    """Say what is wrong, in the reader's language, from what the alarm says in numbers."""
    parts = [words(f"trouble-kind.{trouble.kind}")]
    if trouble.reason == "articles" and trouble.expected:
        parts.append(words("alarm.expected", n=round(trouble.expected)))
    for drift in trouble.drifts:
        name = f"fact.{drift.fact}"
        fact = words(name) if words.known(name) else drift.fact
        usual, now = words.percent(drift.usual), words.percent(drift.now)
        parts.append(words("alarm.drift", fact=fact, usual=usual, now=now))
    return " ".join(parts)
