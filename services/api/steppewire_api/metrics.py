"""What the newswire as a whole tells Prometheus: from the broker, so every replica tells the same.

Queries take the `max` of these over the replicas of the API, and never the sum
(docs/how-to/watch-it.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import Metric

from steppewire.metrics import ALIVE, READY, Measure, Row
from steppewire_api.gauges import Snapshot, StageGauge

_STAGE, _SOURCE = ("stage",), ("source",)
_ENDING = ("stage", "source", "outcome", "reason")
RETURNS = ("retry", "wait")
"""Outcomes that are no endings: the message comes back."""
ENDINGS = ("done", "skip", "reject", "dead")
OTHER = "other"
"""Stands for label values that are too many, too long or no words of ours."""
MOST_STRANGERS = 100
"""Label values that are admitted beside those that the fetcher's ledger knows."""
_WORD = re.compile(r"[\w.-]{1,80}")
_FORGOTTEN = timedelta(days=1)

ENDED = Measure(
    "steppewire_stage_ended_total",
    "counter",
    "Messages that ended, each once: the commit gate's own count. 0 from the start.",
    ("stage", "outcome"),
)
ARTICLES = Measure(
    "steppewire_articles_total",
    "counter",
    "The same by source and reason. A dead letter that is put back ends once more.",
    _ENDING,
)
RETRIES = Measure(
    "steppewire_retries_total",
    "counter",
    "Times that a message was sent back for later: `retry` used up an attempt, `wait` none.",
    _ENDING,
)
STAGES: dict[Measure, Callable[[StageGauge], float]] = {
    Measure("steppewire_stage_lag", "gauge", "Entries that nobody has taken yet.", _STAGE): (
        lambda stage: stage.lag
    ),
    Measure("steppewire_stage_pending", "gauge", "Entries in somebody's hands.", _STAGE): (
        lambda stage: stage.pending
    ),
    Measure("steppewire_stage_delayed", "gauge", "Entries that wait for a retry.", _STAGE): (
        lambda stage: stage.delayed
    ),
    Measure(
        "steppewire_stage_dead_letters", "gauge", "Dead letters that lie there now.", _STAGE
    ): lambda stage: stage.dead,
    Measure(
        "steppewire_stage_oldest_lag_age_seconds",
        "gauge",
        "Age of the oldest entry that nobody has taken yet; 0 when there is none.",
        _STAGE,
    ): lambda stage: stage.oldest_lag,
    Measure(
        "steppewire_stage_oldest_pending_age_seconds",
        "gauge",
        "Age of the oldest entry in somebody's hands; 0 when there is none.",
        _STAGE,
    ): lambda stage: stage.oldest_pending,
}
ADDED = Measure(
    "steppewire_stream_entries_total", "counter", "Entries ever added to a stream.", ("stream",)
)
LENGTH = Measure("steppewire_stream_length", "gauge", "Entries in a stream now.", ("stream",))
UP = Measure("steppewire_broker_up", "gauge", "1 while the broker answers the API.")
USED = Measure("steppewire_broker_memory_used_bytes", "gauge", "Memory that the broker uses.")
LIMIT = Measure(
    "steppewire_broker_memory_limit_bytes", "gauge", "The broker's maxmemory; 0 when it has none."
)
LISTENERS = Measure(
    "steppewire_live_listeners",
    "gauge",
    "Clients that follow this replica's live stream. The one metric of the API to add up.",
)
_TIMES = {
    "last_poll": Measure(
        "steppewire_source_last_visit_timestamp_seconds",
        "gauge",
        "When the source was last looked at.",
        _SOURCE,
    ),
    "last_success": Measure(
        "steppewire_source_last_success_timestamp_seconds",
        "gauge",
        "When a look last could read something.",
        _SOURCE,
    ),
    "last_new": Measure(
        "steppewire_source_last_new_timestamp_seconds",
        "gauge",
        "When a look last found a new or changed link; before the first, when the source was "
        "introduced.",
        _SOURCE,
    ),
}
_FAILURES = Measure(
    "steppewire_source_consecutive_failures",
    "gauge",
    "Looks in a row that could read nothing.",
    _SOURCE,
)
_COUNTS = {
    "polls": Measure(
        "steppewire_source_visits_total", "counter", "Looks at a source's feeds and lists.", _SOURCE
    ),
    "links_seen": Measure(
        "steppewire_source_links_seen_total", "counter", "Links listed, new or not.", _SOURCE
    ),
    "links_new": Measure(
        "steppewire_source_links_new_total", "counter", "Links that were new or changed.", _SOURCE
    ),
}
_WARNINGS = Measure(
    "steppewire_source_warnings_total",
    "counter",
    "What could not be read while looking, such as `no-link-matches`: the site has changed.",
    ("source", "warning"),
)
_TROUBLE = Measure(
    "steppewire_source_trouble",
    "gauge",
    "1 while the watcher tells that a source is in this trouble: `silent`, `blocked` or "
    "`layout-changed`, each by the source's own habits.",
    ("source", "kind"),
)
_TROUBLES = ("silent", "blocked", "layout-changed")
MEASURES = (
    *(READY, ALIVE, ENDED, ARTICLES, RETRIES, *STAGES, ADDED, LENGTH, UP, USED, LIMIT, LISTENERS),
    *(*_TIMES.values(), _FAILURES, *_COUNTS.values(), _WARNINGS, _TROUBLE),
)
"""Everything that the API tells."""


class Words:
    """Label values that are told as they are: known ones, and the first others up to a number.

    Once admitted, a value stays: a series that moved in and out of `other` would make both jump.
    """

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._most = most
        self._admitted: set[str] = set()

    def told(self, value: str, known: Iterable[str] = ()) -> str:
        """Return the value, or `other`."""
        if value == "" or value in known or value in self._admitted:
            return value
        if len(self._admitted) >= self._most or not _WORD.fullmatch(value):
            return OTHER
        self._admitted.add(value)
        return value


class Telling:
    """Turns what was read into metrics; remembers only which label values it has admitted."""

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._sources, self._reasons, self._warnings = Words(most), Words(most), Words(most)
        self._outcomes = Words(most)

    def families(
        self, snapshot: Snapshot | None, *, ready: bool, listeners: int
    ) -> Iterator[Metric]:
        """Yield everything; without a snapshot, that the broker is away."""
        yield READY.family([(("api",), ready)])
        yield ALIVE.family([(("api",), True)])
        yield LISTENERS.family([((), listeners)])
        yield UP.family([((), snapshot is not None)])
        if snapshot is None:
            return
        yield USED.family([((), snapshot.memory_used)])
        yield LIMIT.family([((), snapshot.memory_limit)])
        yield from self._stages(snapshot)
        yield ADDED.family(((stream.name,), stream.added) for stream in snapshot.streams)
        yield LENGTH.family(((stream.name,), stream.length) for stream in snapshot.streams)
        yield from self._followed(followed(snapshot.sources))
        yield from self._troubled(snapshot)

    def _stages(self, snapshot: Snapshot) -> Iterator[Metric]:
        for measure, read in STAGES.items():
            yield measure.family(((stage.stage,), read(stage)) for stage in snapshot.stages)
        counted = self._counted(snapshot)
        endings = {labels: n for labels, n in counted.items() if labels[2] not in RETURNS}
        ended = {(stage.stage, outcome): 0 for stage in snapshot.stages for outcome in ENDINGS}
        for (stage, _, outcome, _), count in endings.items():
            ended[stage, outcome] = ended.get((stage, outcome), 0) + count
        yield ENDED.family(ended.items())
        yield ARTICLES.family(endings.items())
        yield RETRIES.family((labels, n) for labels, n in counted.items() if labels not in endings)

    def _counted(self, snapshot: Snapshot) -> Mapping[tuple[str, ...], int]:
        counted: Counter[tuple[str, ...]] = Counter()
        for stage in snapshot.stages:
            for one in stage.outcomes:
                source = self._sources.told(one.source, (*snapshot.sources, "?"))
                outcome = self._outcomes.told(one.outcome, (*ENDINGS, *RETURNS))
                labels = (stage.stage, source, outcome, self._reasons.told(one.reason))
                counted[labels] += one.count
        return counted

    def _followed(self, sources: Mapping[str, Mapping[str, str]]) -> Iterator[Metric]:
        for field, measure in _TIMES.items():
            yield measure.family(_times(sources, field))
        yield _FAILURES.family(_numbers(sources, "failures"))
        for field, measure in _COUNTS.items():
            yield measure.family(_numbers(sources, field))
        yield _WARNINGS.family(self._warned(sources).items())

    def _troubled(self, snapshot: Snapshot) -> Iterator[Metric]:
        told = followed(snapshot.sources).keys() & snapshot.troubles.keys()
        yield _TROUBLE.family(
            ((source, kind), kind in snapshot.troubles[source])
            for source in sorted(told)
            for kind in _TROUBLES
        )

    def _warned(self, sources: Mapping[str, Mapping[str, str]]) -> Mapping[tuple[str, ...], int]:
        counted: Counter[tuple[str, ...]] = Counter()
        for source, state in sources.items():
            for field, count in sorted(state.items()):
                if field.startswith("warning."):
                    slug = self._warnings.told(field.removeprefix("warning."))
                    counted[source, slug] += int(count)
        return counted


def followed(sources: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the sources that fetchers still look at.

    A source that was taken out of the settings leaves its state behind. It is left out once it is
    a day overdue while others are looked at; when none is, all stay, for that is an alarm.
    """
    looks = [seen for state in sources.values() if (seen := _moment(state.get("last_poll", "")))]
    newest = max(looks, default=None)
    return {name: state for name, state in sources.items() if not _forgotten(state, newest)}


def _forgotten(state: Mapping[str, str], newest: datetime | None) -> bool:
    due = _moment(state.get("next_poll", ""))
    return due is not None and newest is not None and newest - due > _FORGOTTEN


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _times(sources: Mapping[str, Mapping[str, str]], field: str) -> Sequence[Row]:
    moments = ((name, _moment(state.get(field, ""))) for name, state in sources.items())
    return [((name,), moment.timestamp()) for name, moment in moments if moment]


def _numbers(sources: Mapping[str, Mapping[str, str]], field: str) -> Sequence[Row]:
    return [((name,), int(state.get(field, 0))) for name, state in sources.items()]
