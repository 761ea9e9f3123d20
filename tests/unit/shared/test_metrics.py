"""Metrics are told in a form that Prometheus reads, and cost a batch next to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from steppewire.metrics import Histogram, Measure, exposition

OPEN = "application/openmetrics-text; version=1.0.0"
BOUNDS = (0.1, 1.0, 10.0)


def test_a_value_counts_in_every_bucket_that_is_not_below_it() -> None:
    histogram = Histogram(BOUNDS)
    for value in (0.05, 0.1, 5.0, 99.0):
        histogram.observe(value)

    assert histogram.buckets() == [("0.1", 2), ("1.0", 2), ("10.0", 3), ("+Inf", 4)]
    assert histogram.total == pytest.approx(104.15)


@given(st.lists(st.floats(0, 1000)))
def test_many_at_once_count_as_one_by_one(values: list[float]) -> None:
    together, alone = Histogram(BOUNDS), Histogram(BOUNDS)
    together.observe_all(values)
    for value in values:
        alone.observe(value)

    assert together.counts == alone.counts
    assert together.total == pytest.approx(alone.total)


def test_a_broker_whose_clock_is_ahead_makes_no_negative_wait() -> None:
    histogram = Histogram(BOUNDS)
    histogram.observe_all([-3.0, 0.5])

    assert histogram.counts == [1, 1, 0, 0]
    assert histogram.total == 0.5


@pytest.mark.parametrize(("accept", "read"), [("", plain), (OPEN, openmetrics)])
def test_both_formats_of_prometheus_are_spoken(accept: str, read) -> None:  # type: ignore[no-untyped-def]
    histogram = Histogram(BOUNDS)
    histogram.observe(2.0)
    families = [
        Measure("x_y_total", "counter", "Counts.", ("stage",)).family([(("a",), 3)]),
        Measure("x_z_seconds", "histogram", "Times.", (), BOUNDS).family([((), histogram)]),
        Measure("x_w", "gauge", "Now.").family([((), True)]),
    ]

    text, kind = exposition(families, accept)

    told = {s.name: s.value for f in read(text.decode()) for s in f.samples if "le" not in s.labels}
    assert told == {"x_y_total": 3, "x_z_seconds_count": 1, "x_z_seconds_sum": 2, "x_w": 1}
    assert ("openmetrics" in kind) == bool(accept)
