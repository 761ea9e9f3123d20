"""Somebody or something that articles name: its names, its time, its company, its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.responses import Response

from steppewire.archive.promise import Named, Period, Profile, Query, Step
from steppewire_api.pages.asked import PAGE_SIZE
from steppewire_api.pages.called import called, local
from steppewire_api.pages.cards import by_day
from steppewire_api.pages.charts import Bars, bars
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.marking import kind_of
from steppewire_api.pages.now import newest
from steppewire_api.pages.paper import Reader, page
from steppewire_api.problems import Problem

TYPES = {
    "person": ("PERSON",),
    "organisation": ("ORGANISATION",),
    "place": ("GPE", "LOCATION", "FACILITY"),
}
_LISTED = 60
_COMPANY = 24
_DAYS, _WEEKS = 92, 2 * 365
_TONGUES = ("kk", "ru", "uz-Latn", "uz-Cyrl", "en")


@dataclass(frozen=True)
class Spelling:
    """A name in one language and script."""

    language: str
    name: str


@dataclass(frozen=True)
class Timeline:
    """Articles over time."""

    step: Step
    periods: Sequence[Period]
    chart: Bars

    @property
    def total(self) -> int:
        """How many articles it shows."""
        return sum(period.count for period in self.periods)


async def show_all(desk: Desk, reader: Reader, name: str | None) -> Response:
    """Show who and what is named most, or those of a name in any spelling."""
    ask = (name or "").strip() or None
    groups = {kind: await _listed(desk, types, ask) for kind, types in TYPES.items()}
    return page(
        "entities.html",
        reader,
        here="entities",
        groups={kind: found for kind, found in groups.items() if found},
        local=called(await desk.newest(), reader.words.language),
        asked=ask,
    )


async def _listed(desk: Desk, types: Sequence[str], name: str | None) -> Sequence[Named]:
    if name is None:
        return await desk.named(types, _LISTED)
    return await desk.archive.entities(_LISTED, types=types, name=name)


async def show(desk: Desk, reader: Reader, id_: str, cursor: str | None) -> Response:
    """Show one, by id or by name. Raises Problem when no article names it."""
    profile = await desk.archive.entity(id_)
    found = await newest(desk, Query(entity=id_, cursor=cursor, limit=PAGE_SIZE))
    if profile is None and not found.items:
        raise Problem(404, "no-such-entity", "")
    words = reader.words
    return page(
        "entity.html",
        reader,
        here="entities",
        id=id_,
        name=heading(profile, words.language) if profile else id_,
        local=called(found.items, words.language),
        kind=kind_of(profile.type) if profile else "other",
        profile=profile,
        spellings=spellings(profile) if profile else (),
        timeline=timeline(await desk.archive.timeline(Query(entity=id_))),
        company=await desk.archive.companions(id_, limit=_COMPANY) if profile else (),
        days=by_day(found.items, words, words.here(datetime.now(UTC)).date()),
        earlier=found.next,
    )


def heading(profile: Profile, language: str) -> str:
    """Return the name for the heading: in the reader's language, or as most articles have it."""
    names = profile.names
    known = local(names, language)
    seen = [one.name for one in profile.seen if one.language.split("-")[0] == language]
    every = [one.name for one in profile.seen]
    return next(iter(filter(None, [known, *seen, *every, *names.values()])), profile.id)


def spellings(profile: Profile) -> list[Spelling]:
    """Return the names by language: as they are known, then as articles of others have them."""
    found = {tag: profile.names[tag] for tag in _TONGUES if tag in profile.names}
    for seen in profile.seen:
        code = seen.language.split("-")[0]
        if seen.language not in found and code not in found:
            found[seen.language] = seen.name
    return [Spelling(tag, name) for tag, name in found.items()]


def timeline(days: Sequence[Period]) -> Timeline | None:
    """Return articles over time, in steps that leave bars wide enough to be seen."""
    if len(days) < 2:
        return None
    step: Step = "day" if len(days) <= _DAYS else "week" if len(days) <= _WEEKS else "month"
    periods = coarser(days, step)
    chart = bars([period.count for period in periods], width=640, height=120)
    return Timeline(step, periods, chart)


def coarser(days: Sequence[Period], step: Step) -> list[Period]:
    """Add days up to weeks (from Monday) or months."""
    counts: dict[date, int] = {}
    for period in days:
        start = period.start
        if step == "week":
            start -= timedelta(days=start.weekday())
        elif step == "month":
            start = start.replace(day=1)
        counts[start] = counts.get(start, 0) + period.count
    return [Period(start=start, count=count) for start, count in counts.items()]
