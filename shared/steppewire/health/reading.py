"""How all sources are doing, read from Redis: for the API, the page and the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from redis.asyncio import Redis

from steppewire.events import SourceHealth
from steppewire.health.chart import ARTICLE_FACTS, WARM_UP, Chart
from steppewire.health.words import moment, span
from steppewire.streams import key

TOLD = "health.told"
Standing = Literal["learning", "well", "silent", "layout-changed", "blocked"]
_WORST = ("silent", "blocked", "layout-changed")


class Health(BaseModel):
    """How a source is doing, as it is shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: Standing
    """`learning`: too little history to judge a silence; other troubles are told already."""
    since: AwareDatetime | None = None
    """Since when it is in trouble."""
    why: str = ""
    """In words, if it is in trouble."""
    troubles: dict[str, SourceHealth] = {}
    """Trouble -> the event that told it, for each that is not over."""
    last_article: AwareDatetime | None = None
    """When its last article came, apart from those below."""
    last_old_article: AwareDatetime | None = None
    """When its last article came that had been published more than two days before: such say
    nothing of how often it publishes."""
    overdue: AwareDatetime | None = None
    """When it will be silent, if nothing comes."""
    weekly: float = 0.0
    """Articles expected in a week."""
    letters: int = 0
    """Usual length of a body."""
    shares: dict[str, float] = {}
    """Fact -> share of articles, pages or looks for which it usually holds."""
    languages: dict[str, float] = {}
    """Tag -> share of the articles."""
    rhythm: tuple[tuple[float, ...], ...] = ()
    """Articles expected in each hour (UTC), Monday to Sunday, 24 each."""


def describe(chart: Chart, troubles: dict[str, SourceHealth]) -> Health:
    """Return what is shown of a chart with the troubles that are not over."""
    worst = next((troubles[one] for one in _WORST if one in troubles), None)
    rates = chart.forecast.rates if chart.forecast else ()
    known = sum(chart.languages.values())
    warm = chart.last - chart.first >= WARM_UP
    return Health(
        state=_standing(worst, warm),
        since=worst.since if worst else None,
        why=worst.text if worst else "",
        troubles=troubles,
        last_article=moment(chart.last) if chart.last else None,
        last_old_article=moment(chart.last_old) if chart.last_old else None,
        overdue=moment(chart.deadline) if chart.deadline < 1e11 else None,
        weekly=round(chart.forecast.weekly, 1) if chart.forecast else 0.0,
        letters=chart.usual_letters,
        shares={f: round(1 - g.bad / g.number, 3) for f, g in chart.gauges.items() if g.number},
        languages={tag: round(n / known, 3) for tag, n in chart.languages.items()},
        rhythm=tuple(
            tuple(round(r, 2) for r in rates[d : d + 24]) for d in range(0, len(rates), 24)
        ),
    )


def _standing(worst: SourceHealth | None, warm: bool) -> Standing:
    if worst is None:
        return "well" if warm else "learning"
    return worst.kind if worst.kind != "recovered" else "well"


async def read(redis: Redis) -> dict[str, Health]:
    """Return source -> how it is doing, for all that the watcher knows. Raises RedisError."""
    raw: Any = await redis.hgetall(key(TOLD))
    return {name.decode(): Health.model_validate_json(text) for name, text in sorted(raw.items())}


def lines(name: str, health: Health) -> list[str]:
    """Return how a source is doing, for a terminal: state, reasons, what is usual."""
    since = f" since {health.since:%Y-%m-%d %H:%M} UTC" if health.since else ""
    last = _last(health.last_article, health.last_old_article)
    due = f"; overdue from {health.overdue:%Y-%m-%d %H:%M} UTC" if health.overdue else ""
    shares = ", ".join(
        f"{fact} {health.shares[fact]:.0%}" for fact in ARTICLE_FACTS if fact in health.shares
    )
    spoken = ", ".join(f"{tag} {share:.0%}" for tag, share in health.languages.items())
    return [
        f"{name}: {health.state}{since}",
        *(f"  {event.kind}: {event.text}" for event in health.troubles.values()),
        f"  last article {last}{due}",
        f"  usually {health.weekly:.0f} articles a week, {health.letters} letters each; {shares}",
        f"  languages {spoken or 'not known yet'}",
        *_pages(health),
    ]


def _last(article: datetime | None, old: datetime | None) -> str:
    if article is not None:
        return f"{article:%Y-%m-%d %H:%M} UTC"
    return f"{old:%Y-%m-%d %H:%M} UTC, an old one" if old else "none yet"


def _pages(health: Health) -> list[str]:
    shown = [event.page for event in health.troubles.values() if event.page]
    return [f"  page {page.url} ({page.blob})" for page in shown]


__all__ = ["TOLD", "Health", "describe", "lines", "read", "span"]
