"""What an event means for an article's versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.history import History, arrival, rule
from steppewire.testing.articles import story
from steppewire.testing.samples import NOON

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

sightings = st.lists(
    st.tuples(st.sampled_from("АБВ"), st.integers(0, 5), st.sampled_from("12")), max_size=12
)


def _told(history: History, *seen: tuple[str, int, str]) -> list[tuple[str, int]]:
    """Tell a history what a page said when, read by which model."""
    events = [story(text=text, fetched=at, models={"m": model}) for text, at, model in seen]
    receipts = [rule(history, arrival(event), NOW).receipt for event in events]
    return [(receipt.change, receipt.number) for receipt in receipts]


def test_there_and_back_again_is_three_versions() -> None:
    assert _told(History(), ("А", 0, "1"), ("Б", 1, "1"), ("А", 2, "1")) == [
        ("created", 1),
        ("updated", 2),
        ("updated", 3),
    ]


def test_a_late_sighting_between_two_others_is_compared_with_its_own_time() -> None:
    history = History()

    answers = _told(history, ("А", 0, "1"), ("Б", 4, "1"), ("А", 2, "1"), ("В", 3, "1"))

    assert answers[2:] == [("unchanged", 1), ("updated", 3)]
    assert history.current == history.numbered(2)


def test_a_replayed_page_that_reads_differently_wins_over_the_old_reading() -> None:
    history = History()

    answers = _told(history, ("А", 0, "1"), ("Б", 0, "2"), ("А", 0, "1"))

    assert answers == [("created", 1), ("updated", 2), ("created", 1)]
    assert history.current == history.numbered(2)


def test_only_the_same_page_is_read_again() -> None:
    history = History()
    rule(history, arrival(story(models={"m": "1"})), NOW)

    replayed = rule(history, arrival(story(models={"m": "2"})), NOW)
    refetched = rule(history, arrival(story(models={"m": "2"}, fetched=9)), NOW)

    assert replayed.reread == history.numbered(1)
    assert refetched.reread is None


@given(sightings, st.randoms())
def test_whatever_is_repeated_in_whatever_order_gets_its_first_answer(seen, random) -> None:  # type: ignore[no-untyped-def]
    history = History()
    first = dict(zip(seen, _told(history, *seen), strict=True))
    kept = list(history.versions)

    again = random.sample(seen, len(seen))

    assert dict(zip(again, _told(history, *again), strict=True)) == first
    assert history.versions == kept


@given(sightings)
def test_the_current_version_is_the_one_fetched_last(seen: list[tuple[str, int, str]]) -> None:
    history = History()
    _told(history, *seen)

    if history.current is not None:
        assert history.current.fetched_at == max(v.fetched_at for v in history.versions)
        assert [v.number for v in history.versions] == list(range(1, len(history.versions) + 1))


def test_the_mark_of_an_event_does_not_depend_on_the_zone_of_its_times() -> None:
    event = story()
    moved = event.fetch.model_copy(update={"fetched_at": NOON.astimezone(UTC)})

    assert arrival(event) == arrival(event.model_copy(update={"fetch": moved}))
    assert arrival(event).mark != arrival(story(fetched=timedelta(seconds=1).total_seconds())).mark
