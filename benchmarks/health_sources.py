"""Simulated news sources: a year of articles and visits, with troubles whose time is known."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from steppewire.health.chart import Page, Seen

DAY = 86_400.0
HOUR = 3600.0
START = 1_704_067_200.0 - 5 * HOUR  # Monday 2024-01-01, 00:00 in Almaty
POLL = 300.0

TROUBLES = (
    "outage", "decline", "summary-only", "author-lost", "time-lost", "language-switched",
    "neighbours", "listing-broken", "pages-unread", "refused", "unreachable",
)  # fmt: skip
SILENT = ("outage", "decline", "listing-broken", "pages-unread", "refused", "unreachable")
"""Troubles under which no article comes (in a decline: ever fewer)."""

WEEKS = {
    "every-day": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "quiet-weekend": (1.1, 1.15, 1.15, 1.15, 1.1, 0.7, 0.65),
    "weekdays": (1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0),
}
DAYS = {
    "round-the-clock": tuple(1 + 0.6 * math.sin((h - 8) / 24 * 2 * math.pi) for h in range(24)),
    "night-silent": tuple(1.0 if 8 <= h < 21 else 0.0 for h in range(24)),
    "office-hours": tuple(1.0 if 9 <= h < 18 else 0.04 for h in range(24)),
}
RATES = (2.0, 5.0, 20.0, 60.0, 200.0)


@dataclass
class Trouble:
    """One injected trouble."""

    kind: str
    start: float
    end: float


@dataclass
class Site:
    """How one source behaves: its rhythm, its habits, its bad days."""

    name: str
    rate: float
    """Articles a day."""
    week: str
    day: str
    burst: float
    """Articles that come together, on average."""
    moody: float
    """Spread of a day's activity."""
    author: float
    section: float
    dated: float
    flash: float
    """Share of one-paragraph news."""
    length: float
    second: float
    """Share of the second language."""
    days: int
    rng: random.Random = field(repr=False)
    troubles: list[Trouble] = field(default_factory=list)
    rates: list[float] = field(default_factory=list, repr=False)
    """True articles an hour for every hour of the run, without troubles and moods."""


def site(number: int, seed: int, *, days: int, rate: float | None = None) -> Site:
    """Draw a site; the same for the same number and seed."""
    rng = random.Random(f"{seed}/{number}")
    drawn = Site(
        name=f"site-{number:02}",
        rate=rate or RATES[number % len(RATES)],
        week=list(WEEKS)[(number // 5) % 3],
        day=list(DAYS)[(number // 15) % 3],
        burst=rng.choice((1.0, 1.0, 1.5, 2.5)),
        moody=rng.choice((0.15, 0.3, 0.4)),
        author=rng.choice((0.0, 0.4, 0.85, 0.97)),
        section=rng.choice((0.0, 0.9, 0.98)),
        dated=rng.choice((0.97, 0.995)),
        flash=rng.choice((0.0, 0.03, 0.1, 0.25)),
        length=rng.uniform(900, 2800),
        second=rng.choice((0.0, 0.0, 0.1, 0.35)),
        days=days,
        rng=rng,
    )
    drawn.rates = hourly(drawn)
    return drawn


def hourly(site: Site) -> list[float]:
    """Return the true expected articles of each hour: week, day, season, holidays, growth."""
    week, day, rng = WEEKS[site.week], DAYS[site.day], site.rng
    mean = sum(week) / 7 * sum(day) / 24
    growth, dip = rng.uniform(-0.4, 0.5), rng.uniform(0.0, 0.35)
    holidays = {d: rng.uniform(0.0, 0.4) for d in holiday_dates(rng, site.days)}
    rates = []
    for date in range(site.days):
        season = 1 - dip * math.exp(-(((date % 365 - 205) / 30) ** 2))
        scale = site.rate / 24 / mean * (1 + growth * date / 365) * season * holidays.get(date, 1)
        rates += [scale * week[date % 7] * day[hour] for hour in range(24)]
    return rates


def holiday_dates(rng: random.Random, days: int) -> list[int]:
    """Return about a dozen days of a year, several in a row: New Year, Nauryz, May, and others."""
    fixed = (0, 1, 6, 67, 80, 81, 82, 120, 126, 128, 187, 242, 298, 349)
    own = [rng.randrange(30, 360) for _ in range(2)]
    return [d + 365 * year for year in range(days // 365 + 1) for d in (*fixed, *own)]


def inject(site: Site, kinds: tuple[str, ...], *, first: int = 49, gap: int = 26) -> None:
    """Give the site one trouble of each kind, weeks apart, at random times of its open hours."""
    order = list(kinds)
    site.rng.shuffle(order)
    for number, kind in enumerate(order):
        day = first + number * gap + site.rng.randrange(0, 7)
        if day + gap > site.days:
            return
        start = START + day * DAY + site.rng.random() * DAY
        site.troubles.append(Trouble(kind, start, start + lasting(site, kind)))


def lasting(site: Site, kind: str) -> float:
    """Return how long (seconds) a trouble lasts: long enough for twenty articles, or to the end."""
    if kind == "decline":
        return 18 * DAY
    return min(max(3 * DAY, 26 / site.rate * DAY), 16 * DAY)


def trouble_at(site: Site, at: float) -> Trouble | None:
    """Return the trouble of a moment."""
    return next((t for t in site.troubles if t.start <= at < t.end), None)


def remaining(trouble: Trouble | None, at: float) -> float:
    """Return the share of articles that still come."""
    if trouble is None or trouble.kind not in SILENT:
        return 1.0
    if trouble.kind == "decline":
        return max(0.02, 1 - (at - trouble.start) / (6 * DAY))
    return 0.0


def articles(site: Site) -> Iterator[Seen]:
    """Yield a run's articles in the order in which they are found."""
    rng = site.rng
    mood, habits = 1.0, day_habits(site)
    for hour, rate in enumerate(site.rates):
        if hour % 24 == 0:
            mood = math.exp(0.5 * math.log(mood) + rng.gauss(0, site.moody))
            habits = day_habits(site)
        start = START + hour * HOUR
        moments = sorted(
            start + rng.random() * HOUR for _ in range(poisson(rng, rate * mood / site.burst))
        )
        for moment in moments:
            for _ in range(1 if site.burst == 1 else 1 + poisson(rng, site.burst - 1)):
                trouble = trouble_at(site, moment)
                if rng.random() < remaining(trouble, moment):
                    yield article(site, moment, habits, trouble)


def day_habits(site: Site) -> dict[str, float]:
    """Return a day's shares: agency news without authors, an editor who likes flashes, …"""
    tilt = site.rng.gauss(0, 0.5)
    return {
        "author": tilted(site.author, -tilt),
        "flash": tilted(site.flash, tilt),
        "second": tilted(site.second, site.rng.gauss(0, 0.8)),
    }


def tilted(share: float, by: float) -> float:
    """Move a share up or down on the logistic scale; none and all stay."""
    return share if share in (0.0, 1.0) else 1 / (1 + (1 / share - 1) * math.exp(-by))


def article(site: Site, moment: float, habits: dict[str, float], trouble: Trouble | None) -> Seen:
    """Return one article as the watcher sees it."""
    rng, kind = site.rng, trouble.kind if trouble else ""
    length = site.length * math.exp(rng.gauss(0, 0.5))
    if rng.random() < habits["flash"]:
        length = rng.uniform(150, 450)
    if kind == "summary-only":
        length = rng.uniform(80, 300)
    if kind == "neighbours":
        length = length + 7 * site.length
    second = rng.random() < habits["second"]
    switched = "en-Latn" if kind == "language-switched" else ""
    return Seen(
        at=math.ceil(moment / POLL) * POLL + rng.random() * 30,
        letters=round(length),
        language=switched or ("ru-Cyrl" if second else "kk-Cyrl"),
        has_author=rng.random() < habits["author"] and kind != "author-lost",
        has_time=rng.random() < site.dated and kind != "time-lost",
        has_section=rng.random() < site.section,
        by_rules=rng.random() < 0.997,
        page=Page(f"https://{site.name}/{moment:.0f}"),
    )


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a Poisson number (Knuth); means here are small."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, number, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        number, product = number + 1, product * rng.random()
    return number
