"""The stages at work: how fast, what waits, what failed and why, and dead letters put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.responses import Response

from steppewire.errors import NotFound
from steppewire.quarantine import ALL, name_of, select
from steppewire.streams import SIDE_STAGES
from steppewire.webhooks import status
from steppewire_api.gauges import Outcome, StageGauge
from steppewire_api.pages.charts import Bars, bars
from steppewire_api.pages.desk import Desk, reached
from steppewire_api.pages.paper import Reader, page
from steppewire_api.problems import Problem
from steppewire_api.status import unless_away

FAILED = ("dead", "reject", "skip", "retry")
"""Endings that are no success, the worst first."""
_FAILURES = 60
_NOT_TOLD = {(stage.group, "skip") for stage in SIDE_STAGES}
NAMES = {stage.group: name_of(stage) for stage in ALL}


@dataclass(frozen=True)
class Row:
    """A stage as a row of the page."""

    name: str
    """What people call it: `fetch`."""
    gauge: StageGauge
    chart: Bars
    minutes: Sequence[int | None]

    @property
    def seen(self) -> int:
        """How many minutes of the last hour somebody watched."""
        return sum(count is not None for count in self.minutes)

    @property
    def rate(self) -> float:
        """Articles a minute over the last five minutes that are over."""
        counted = [count for count in self.minutes[-6:-1] if count is not None]
        return sum(counted) / len(counted) if counted else 0.0


@dataclass(frozen=True)
class Failure:
    """What did not become an article, at one stage, of one source, for one reason."""

    stage: str
    outcome: Outcome


async def show(desk: Desk, reader: Reader, *, retried: int | None = None) -> Response:
    """Show the stages; after a retry, how many letters went back to work."""
    gauges = await reached(desk.gauges.all_stages())
    heaps = await reached(desk.letters.heaps()) if gauges is not None else None
    articles = await unless_away(desk.archive.count())
    # one wait for a database that is away is enough
    hooks = await unless_away(desk.book.listed()) if articles is not None else None
    return page(
        "pipeline.html",
        reader,
        here="pipeline",
        rows=await _rows(desk, gauges or ()),
        failures=failures(gauges or ()),
        heaps=heaps or (),
        is_reached=gauges is not None,
        retried=retried,
        articles=articles,
        hooks=[(kept, status(kept.hook, kept.state)) for kept in hooks or ()],
    )


async def retry(desk: Desk, form: Mapping[str, str]) -> int:
    """Put a heap of dead letters back to work; return how many. Raises Problem.

    Whether whoever asks may do so is decided before, by the key that the same form carries.
    """
    heap = dict(parse_qsl(form.get("heap", ""), keep_blank_values=True))
    if not heap.get("stage"):
        raise Problem(422, "bad-form", "The form of the page says which letters are meant.")
    try:
        meant = select(stage=heap["stage"], source=heap.get("source"), reason=heap.get("reason"))
        letters = await desk.quarantine.find(meant)
    except NotFound as error:
        raise Problem(404, "no-such-letter", str(error)) from None
    return await desk.quarantine.retry([letter.address for letter in letters])


async def _rows(desk: Desk, gauges: Sequence[StageGauge]) -> list[Row]:
    if not gauges:  # the broker is away: one wait for it is enough
        return []
    minutes = await reached(desk.pace.minutes([gauge.stage for gauge in gauges])) or {}
    return [_row(gauge, minutes.get(gauge.stage, [])) for gauge in gauges]


def _row(gauge: StageGauge, minutes: Sequence[int | None]) -> Row:
    return Row(NAMES[gauge.stage], gauge, bars(minutes, width=240, height=36), minutes)


def failures(gauges: Sequence[StageGauge]) -> list[Failure]:
    """Return what failed, the worst endings first, in each the most frequent."""
    found = [
        Failure(NAMES[gauge.stage], outcome)
        for gauge in gauges
        for outcome in gauge.outcomes
        # that nobody wanted to be told of an article is no failure: it is one
        if outcome.outcome in FAILED and (gauge.stage, outcome.outcome) not in _NOT_TOLD
    ]
    found.sort(key=lambda one: (FAILED.index(one.outcome.outcome), -one.outcome.count))
    return found[:_FAILURES]
