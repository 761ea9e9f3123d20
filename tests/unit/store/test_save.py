"""The recipe: what becomes of a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from steppewire.errors import ArchiveUnreachable, Reject, Retry, SettingError, SteppewireError
from steppewire.events import ArticleEnriched, ArticleStored
from steppewire.testing.articles import story
from steppewire_store.save import PATIENCE, REST, keep_indexing, lanes_of, save


class Away:
    """An archive that answers nothing but its error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def save(self, events: Sequence[ArticleEnriched], *, index: bool) -> list[ArticleStored]:
        raise self.error

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"the store does not read: {name}")


@pytest.mark.parametrize("error", [ArchiveUnreachable("away"), SettingError("password changed")])
async def test_a_database_that_is_away_uses_up_nobodys_attempts(error: SteppewireError) -> None:
    answers = await save([story(1), story(2)], archive=Away(error), rush=9)  # type: ignore[arg-type]

    assert len(answers) == 2
    for answer in answers:
        assert isinstance(answer, Retry)
        assert (answer.reason, answer.counted, answer.after) == ("database-away", False, PATIENCE)


async def test_any_other_fault_is_the_delivery_layers_to_judge() -> None:
    with pytest.raises(RuntimeError):
        await save([story(1)], archive=Away(RuntimeError("broken")), rush=9)  # type: ignore[arg-type]


class Taking:
    """An archive that takes everything, and notes what."""

    def __init__(self) -> None:
        self.saved: list[str] = []

    async def save(self, events: Sequence[ArticleEnriched], *, index: bool) -> list[str]:
        self.saved += [event.key for event in events]
        return [f"stored {event.article.title}" for event in events]


def labelled(number: int, label: str) -> ArticleEnriched:
    """Return an article whose hash of the text is `label`."""
    event = story(number)
    return event.model_copy(
        update={"enrichment": event.enrichment.model_copy(update={"text_hash": label})}
    )


def of_source(number: int, name: str, **article: str) -> ArticleEnriched:
    """Return an article of a source with this name."""
    event = story(number, **article)  # type: ignore[arg-type]
    return event.model_copy(update={"article": event.article.model_copy(update={"source": name})})


async def test_what_no_database_takes_is_refused_with_its_reason_and_its_neighbours_are_stored():
    archive = Taking()
    events = [
        story(1, article_id="x" * 65),
        story(2, title="екі"),
        story(3, version_id="a\0b"),
        of_source(4, "қ" * 501),
        story(5, language="kk-" + "x" * 1000),
        labelled(6, "я" * 5000),
        story(7, title="жеті"),
        of_source(8, "қ" * 500, article_id="қ" * 64),
    ]

    answers = await save(events, archive=archive)  # type: ignore[arg-type]

    assert [f"{answer}".partition(":")[0] for answer in answers] == [
        "unfit",
        "stored екі",
        *["unfit"] * 4,
        "stored жеті",
        "stored Тақырып",
    ]
    assert all(isinstance(answer, Reject) for answer in answers if "unfit" in f"{answer}")
    assert "article_id 'xxx" in f"{answers[0]}"
    assert "source has 1002 bytes: give at most 1000" in f"{answers[3]}"
    assert archive.saved == [events[1].key, events[6].key, events[7].key]


class Counting:
    """An archive that notes whether a batch is indexed at once, and has three pieces waiting."""

    def __init__(self) -> None:
        self.at_once: list[bool] = []
        self.waiting = [250, 250, 7]

    async def save(self, events: Sequence[ArticleEnriched], *, index: bool) -> list[ArticleStored]:
        self.at_once.append(index)
        return []

    async def index(self) -> int:
        if self.waiting == [7]:
            self.waiting.append(0)
            raise ArchiveUnreachable("away")
        return self.waiting.pop(0)


async def test_only_a_full_batch_is_indexed_later() -> None:
    archive = Counting()

    for size in (1, 2, 3):
        await save([story(n) for n in range(size)], archive=archive, rush=3)  # type: ignore[arg-type]

    assert archive.at_once == [True, True, False]


async def test_what_waits_is_indexed_without_a_pause_and_an_outage_is_waited_for() -> None:
    archive, pauses = Counting(), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_indexing(archive, pause=pause)  # type: ignore[arg-type]

    assert archive.waiting == []
    assert pauses == [REST, REST]


def test_a_server_gets_two_batches_at_a_time_and_a_file_one():
    assert lanes_of("sqlite:///var/steppewire.sqlite3") == 1
    assert lanes_of("postgresql://user:secret@127.0.0.1/news") == 2
    assert lanes_of("postgres://user:secret@127.0.0.1/news") == 2


def test_what_is_no_database_has_no_lanes():
    with pytest.raises(SettingError, match="STEPPEWIRE_DATABASE"):
        lanes_of("mysql://127.0.0.1/news")
