"""How the live stream is written, and who wants what."""

from __future__ import annotations

import httpx
import pytest

from steppewire.events import ArticleStored
from steppewire.testing.samples import NOON
from steppewire_api.events import frame, place
from steppewire_api.filters import Subscription
from steppewire_api.live import Arrival, Beat, Gap, State
from steppewire_api.position import Position

HERE = Position(((7, 0),))


def stored(language: str = "kk-Cyrl", source: str = "elkz") -> ArticleStored:
    return ArticleStored(
        article_id="0" * 32,
        version_id="1" * 32,
        version=1,
        change="created",
        source=source,
        url="https://el.test/1",
        title="Тақырып",
        language=language,
        stored_at=NOON,
    )


def test_an_article_carries_the_id_to_resume_after() -> None:
    assert frame(Arrival(HERE, "{}")).encode() == b"id: 7-0\nevent: article\ndata: {}\n\n"


def test_a_heartbeat_is_a_comment_that_moves_the_position() -> None:
    assert frame(Beat(HERE)).encode() == b": beat\nid: 7-0\n\n"


def test_a_gap_says_what_to_do() -> None:
    written = frame(Gap(HERE, requested="1-0", resumes="7-0")).encode()

    assert written.startswith(b"id: 7-0\nevent: gap\n")
    assert b"GET /articles?since=" in written


def test_a_state_has_no_id_for_it_is_no_place() -> None:
    written = frame(State(connected=False, reason="gone")).encode()

    assert written == b'event: state\ndata: {"connected": false, "reason": "gone"}\n\n'


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, True),
        ({"language": ["kk"]}, True),
        ({"language": ["KK-cyrl"]}, True),
        ({"language": ["k"]}, False),
        ({"language": ["ru,uz"]}, False),
        ({"source": ["elkz"]}, True),
        ({"source": ["elkz"], "language": ["ru"]}, False),
    ],
)
def test_a_subscription_wants_what_it_names(asked: dict[str, list[str]], wanted: bool) -> None:
    assert wanted == Subscription.model_validate(asked).wants(stored())


def test_nothing_to_resume_means_from_now_on() -> None:
    assert place(None, 1) is None
    assert place("", 1) is None


@pytest.mark.parametrize("header", ["yesterday", "1-0.2-x", "9" * 40])
async def test_an_event_id_of_somebody_else_is_refused(
    client: httpx.AsyncClient, header: str
) -> None:
    answer = await client.get("/events", headers={"Last-Event-ID": header})

    assert answer.status_code == 400
    assert "`0-0` for everything" in answer.json()["detail"]
