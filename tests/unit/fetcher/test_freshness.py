from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steppewire_fetcher.freshness import Hints, feed_hints, fresh_for

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
HOUR = 3600.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=60", "age": "900"}, 0),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "s-maxage=900"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store", "expires": "Wed, 25 Nov 2026 13:00:00 GMT"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"expires": "Wed, 25 Nov 2026 13:00:00 GMT"}, HOUR),
        ({"expires": "0"}, 0),
        ({"expires": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0),
        ({"cache-control": "max-age=60", "expires": "Wed, 25 Nov 2026 13:00:00 GMT"}, 60),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_its_headers_say(
    headers: dict[str, str], seconds: float
) -> None:
    assert fresh_for(headers, NOON) == seconds


def test_a_server_whose_clock_is_wrong_is_taken_by_its_own_clock() -> None:
    headers = {"date": "Wed, 25 Nov 2020 12:00:00 GMT", "expires": "Wed, 25 Nov 2020 12:10:00 GMT"}

    assert fresh_for(headers, NOON) == 600


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl> 60 </ttl>", HOUR),
        ("<ttl>soon</ttl>", 0),
        ("<sy:updatePeriod>\thourly\t</sy:updatePeriod>", HOUR),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            900,
        ),
        ("<sy:updatePeriod>never</sy:updatePeriod>", 0),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            HOUR,
        ),
        ("<item><ttl>15</ttl></item>", 0),
        ("", 0),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_looked_at(channel: str, seconds: float) -> None:
    assert feed_hints(f"<rss><channel>{channel}<item/></channel></rss>".encode()).every == seconds


def test_a_feed_says_when_nothing_is_published() -> None:
    hints = feed_hints(
        b"<rss><channel><skipHours><hour>22</hour><hour>24</hour><hour>99</hour></skipHours>"
        b"<skipDays><day>Sunday</day><day>Someday</day></skipDays><item><hour>3</hour></item>"
    )

    assert (hints.skip_hours, hints.skip_days) == ((22, 24), (6,))


@pytest.mark.parametrize(
    ("hints", "wait"),
    [
        (Hints(), 300),
        (Hints(every=900), 900),
        (Hints(skip_hours=(12, 13)), 2 * HOUR),
        (Hints(skip_hours=(1, 2)), 300),
        (Hints(skip_days=(2, 3)), 36 * HOUR),
        (Hints(skip_hours=tuple(range(24))), 300),
        (Hints(every=900, skip_days=tuple(range(7))), 900),
    ],
)
def test_a_look_falls_into_no_hour_that_a_feed_skips(hints: Hints, wait: float) -> None:
    assert hints.wait(NOON, 300) == wait


def test_midnight_is_hour_0_and_hour_24() -> None:
    late = NOON.replace(hour=23, minute=59)

    assert Hints(skip_hours=(24,)).wait(late, 120) == Hints(skip_hours=(0,)).wait(late, 120) == 3660
