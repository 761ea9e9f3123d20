"""How the live stream is written, and who wants what."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from steppewire.archive.matching import Content
from steppewire_api.events import frame
from steppewire_api.filters import Subscription
from steppewire_api.moments import Arrival, Beat, Gap, State, missing
from steppewire_api.sse import comment, written

from .conftest import MemoryArchive

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_an_article_carries_the_id_to_resume_after() -> None:
    assert frame(Arrival(7, "{}")) == b"id: 7\nevent: article\ndata: {}\n\n"


def test_an_article_is_written_once_for_everybody() -> None:
    arrival = Arrival(7, "{}")

    assert frame(arrival) is frame(arrival)


def test_a_heartbeat_is_a_comment_that_moves_the_position() -> None:
    assert frame(Beat(7)) == b": beat\nid: 7\n\n"


def test_a_gap_says_what_to_do() -> None:
    told = frame(Gap(6, requested="1", resumes=7))

    assert told.startswith(b"id: 6\nevent: gap\n")
    assert b"GET /articles?since=" in told


def test_a_state_has_no_id_for_it_is_no_place() -> None:
    told = frame(State(connected=False, reason="gone"))

    assert told == b'event: state\ndata: {"connected": false, "reason": "gone"}\n\n'


def test_no_line_break_in_the_data_begins_a_field() -> None:
    told = written("note", "a\r\nid: 9\rb\nc")

    assert told == b"event: note\ndata: a\ndata: id: 9\ndata: b\ndata: c\n\n"


def test_a_comment_may_tell_when_to_come_back() -> None:
    assert comment("hello", retry_ms=5) == b": hello\nretry: 5\n\n"


@pytest.mark.parametrize(
    ("position", "first", "last", "gap"),
    [
        (0, 0, 0, None),
        (0, 50, 90, None),  # who wants everything gets everything that is there
        (49, 50, 90, None),
        (90, 50, 90, None),
        (7, 0, 0, None),
        (48, 50, 90, Gap(49, "48", 50)),
        (91, 50, 90, Gap(0, "91", 50)),
    ],
)
def test_a_gap_is_what_was_deleted_or_another_log(
    position: int, first: int, last: int, gap: Gap | None
) -> None:
    assert gap == missing(position, first, last)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, True),
        ({"language": ["kk"]}, True),
        ({"language": ["KK-cyrl"]}, True),
        ({"language": ["k"]}, False),
        ({"language": ["ru,uz"]}, False),
        ({"source": ["news.test"]}, True),
        ({"source": ["news.test"], "language": ["ru"]}, False),
        ({"q": "токаев"}, True),
        ({"q": "самолёт"}, False),
        ({"q": "  "}, True),
        ({"entity": "person/toqaev-qasym-jomart"}, True),
        ({"entity": "Касым-Жомарт Токаев"}, True),
        ({"entity": "Ташкент"}, False),
        ({"last": "30d"}, True),
        ({"last": "1h", "until": "2026-01-01"}, False),
        ({"since": "2027-01-01"}, False),
    ],
)
async def test_a_subscription_wants_what_it_names(
    archive: MemoryArchive, asked: dict[str, object], wanted: bool
) -> None:
    [entry, *_] = await archive.log(0)

    assert wanted == Subscription.model_validate(asked).wish(NOON).met_by(Content(entry.record))


def test_equal_questions_share_one_answer() -> None:
    one, other = (Subscription(q="Тоқаев", language=("kk",)) for _ in range(2))

    assert one.wish(NOON) is other.wish(NOON)


@pytest.mark.parametrize("header", ["yesterday", "1-0.2-x", "9" * 40])
async def test_an_event_id_of_somebody_else_is_refused(
    client: httpx.AsyncClient, header: str
) -> None:
    answer = await client.get("/events", headers={"Last-Event-ID": header})

    assert answer.status_code == 400
    assert "`0` for everything" in answer.json()["detail"]


async def test_an_unknown_filter_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events?colour=blue")

    assert answer.status_code == 422
    assert "'colour' is not a parameter here" in answer.json()["detail"]


def test_of_two_beginnings_the_later_one_counts() -> None:
    asked = Subscription.model_validate({"last": "24h", "since": "2026-11-20"})
    late = Subscription.model_validate({"last": "24h", "since": "2026-11-22"})

    assert asked.beginning(NOON) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert late.beginning(NOON) == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("last", ["", "0h", "24", "h", "1y", "-1h", "9999999h", "999999w", "１h"])
async def test_a_length_of_time_that_is_none_is_refused(
    client: httpx.AsyncClient, last: str
) -> None:
    answers = [await client.get(path, params={"last": last}) for path in ("/events", "/articles")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "90m, 24h, 7d, 2w" in answers[0].json()["detail"] or len(last) > 7
