"""The page of metrics, from their declarations."""

from __future__ import annotations

from collections.abc import Sequence

from generating.markdown import page, table
from steppewire.delivery import metrics as worker_metrics
from steppewire.metrics import ALIVE, READY, Measure
from steppewire.streams import STAGES
from steppewire_api import metrics as api_metrics
from steppewire_api.metrics import ENDINGS, MOST_STRANGERS, OTHER, RETURNS


def metrics_page() -> str:
    """Return the tables of all metrics."""
    return page(
        "Metrics",
        "What `/metrics` tells Prometheus, in its text format and in OpenMetrics.\n"
        "[Watch it](../how-to/watch-it.md) tells what to do with it.",
        "## The newswire as a whole",
        "Told by the API, from the broker: every replica tells the same, so take the `max` over "
        "replicas and never the sum.\n"
        "Counts are those of the commit gate: each message is in them once, whoever dies.",
        _metrics_table(api_metrics.MEASURES, {READY, ALIVE}),
        "## Each worker",
        "Told by every process of fetcher, parser, enricher and store of itself, from its start: "
        "add them up.",
        _metrics_table(worker_metrics.MEASURES, {READY, ALIVE}),
        "## Every process",
        "Fetcher, parser, enricher, store and api.",
        _metrics_table((READY, ALIVE), set()),
        "## Labels",
        table(
            ("label", "values"),
            [
                ("`stage`", ", ".join(f"`{stage.group}`" for stage in STAGES)),
                (
                    "`outcome`",
                    f"endings: {_ticked(ENDINGS)}; of `steppewire_retries_total`: "
                    f"{_ticked(RETURNS)}",
                ),
                ("`source`", "names of sources; `?` where the message could not be read"),
                (
                    "`reason`",
                    "a short slug, as in the [tallies](wire.md#how-every-message-ended); "
                    "empty for `done`",
                ),
                ("`service`", "`fetcher`, `parser`, `enricher`, `store`, `api`"),
            ],
        ),
        f"Sources that no fetcher has claimed, and reasons: the first {MOST_STRANGERS} of each "
        f"that are single words of at most 80 letters are told; the rest is counted as "
        f"`{OTHER}`, so a hostile writer cannot fill Prometheus.",
    )


def _ticked(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _metrics_table(measures: Sequence[Measure], without: set[Measure]) -> str:
    rows = [
        (f"`{one.name}`", one.kind, _ticked(one.by), _explained(one))
        for one in measures
        if one not in without
    ]
    return table(("metric", "type", "labels", "meaning"), rows)


def _explained(measure: Measure) -> str:
    if not measure.bounds:
        return measure.help
    bounds = ", ".join(f"{bound:g}" for bound in measure.bounds)
    return f"{measure.help} Bounds: {bounds}."
