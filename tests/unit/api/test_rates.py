"""How often one caller may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steppewire_api.rates import MOST, Bucket, Limiter, Rate, headers, neighbourhood, take

RATE = Rate(per_second=2, burst=10)


def test_a_burst_passes_and_then_one_waits_for_the_next_token() -> None:
    bucket, passed = None, []
    for _ in range(12):
        taken = take(bucket, RATE, now=0.0)
        bucket, passed = taken.bucket, [*passed, taken.passes]

    assert passed == [True] * 10 + [False] * 2
    assert not take(bucket, RATE, now=0.4).passes
    assert take(bucket, RATE, now=0.5).passes


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_nobody_passes_more_often_than_burst_and_pace_allow(pauses: list[float]) -> None:
    bucket, now, passed = None, 0.0, 0
    for pause in pauses:
        now += pause
        taken = take(bucket, RATE, now)
        bucket, passed = taken.bucket, passed + taken.passes

    assert passed <= RATE.burst + (now - pauses[0]) * RATE.per_second + 1e-6


def test_a_clock_that_goes_back_gives_nothing() -> None:
    assert take(Bucket(0.0, at=100.0), RATE, now=50.0).bucket.tokens == 0


def test_who_is_refused_is_told_when_to_come_back() -> None:
    told = headers(RATE, take(Bucket(0.0, at=0.0), Rate(0.1, 10), now=0.0))

    assert told["Retry-After"] == "10"
    assert told["RateLimit"] == '"default";r=0;t=10'
    assert told["RateLimit-Policy"] == '"default";q=10;w=5'


def test_callers_do_not_pay_for_each_other() -> None:
    limiter = Limiter(Rate(1, 1), clock=lambda: 0.0)

    assert limiter.take("a", Rate(1, 1)).passes
    assert limiter.take("b", Rate(1, 1)).passes
    assert not limiter.take("a", Rate(1, 1)).passes


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    limiter = Limiter(RATE, clock=lambda: 0.0)
    for number in range(MOST + 100):
        limiter.take(str(number), RATE)

    assert len(limiter._buckets) == MOST


def test_the_addresses_that_one_provider_gives_one_customer_count_as_one() -> None:
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("2001:db8:1:3::1") != neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("unix") == "unix"
