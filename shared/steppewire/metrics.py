"""What a metric is: its name, meaning and labels, told once for exporters, reference and tests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

Kind = Literal["counter", "gauge", "histogram"]


class Histogram:
    """Counts by upper bound; observing costs half a microsecond, so that batches can afford it."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def observe_all(self, values: Sequence[float]) -> None:
        """Count many values, at once where they share a bucket. Negative ones (the broker's clock
        is ahead of ours) count as 0."""
        if not values:
            return
        lowest, highest = min(values), max(values)
        if lowest < 0:
            self.observe_all([max(0.0, value) for value in values])
        elif (first := bisect_left(self.bounds, lowest)) == bisect_left(self.bounds, highest):
            self.counts[first] += len(values)
            self.total += sum(values)
        else:
            for value in values:
                self.observe(value)

    def buckets(self) -> list[tuple[str, float]]:
        """Return (upper bound, how many are not above it), as Prometheus wants them."""
        bounds = [*map(floatToGoString, self.bounds), "+Inf"]
        return list(zip(bounds, map(float, accumulate(self.counts)), strict=True))


Value = float | Histogram
Row = tuple[tuple[str, ...], Value]
"""Values of the labels, and what was measured."""


@dataclass(frozen=True)
class Measure:
    """One metric. `by` are its labels; `bounds` belong to a histogram."""

    name: str
    kind: Kind
    help: str
    by: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def samples(self) -> tuple[str, ...]:
        """The names under which queries find it."""
        if self.kind != "histogram":
            return (self.name,)
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))

    def family(self, rows: Iterable[Row]) -> Metric:
        """Return it with its values."""
        if self.kind == "histogram":
            return self._histogram(rows)
        make = CounterMetricFamily if self.kind == "counter" else GaugeMetricFamily
        told = make(self.name, self.help, labels=self.by)
        for labels, value in rows:
            told.add_metric(labels, value)  # type: ignore[arg-type]  # a Histogram came above
        return told

    def _histogram(self, rows: Iterable[Row]) -> Metric:
        told = HistogramMetricFamily(self.name, self.help, labels=self.by)
        for labels, value in rows:
            if isinstance(value, Histogram):
                told.add_metric(labels, buckets=value.buckets(), sum_value=value.total)
        return told


READY = Measure("steppewire_ready", "gauge", "1 while `/health/ready` says so.", ("service",))
ALIVE = Measure("steppewire_alive", "gauge", "1 while `/health/live` says so.", ("service",))


def exposition(families: Iterable[Metric], accept: str) -> tuple[bytes, str]:
    """Return the text of metrics, and its content type: what the asking Prometheus reads best."""
    encode, kind = choose_encoder(accept)
    return encode(_Given(families)), kind


class _Given(Collector):
    """Stands where the encoders of prometheus_client want a registry."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
