"""A record of a fetch is found by its name, and comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppewire.errors import BlobMissing, SettingError
from steppewire.events import ArticleFetched
from steppewire.identity import fetch_id
from steppewire.records import DirectoryRecords, FetchRecord, folder_name, open_records, stamp_of
from steppewire.rules import SiteRules
from steppewire.testing.samples import fetch

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def records(tmp_path: Path) -> DirectoryRecords:
    return DirectoryRecords(tmp_path / "fetched")


def record(number: int = 0, *, at: datetime = NOON, source: str = "news.test") -> FetchRecord:
    page = fetch(number).model_copy(update={"fetched_at": at, "source": source})
    return FetchRecord(event=ArticleFetched(fetch=page, rules=SiteRules(body=("main",))), mark="m")


def test_a_record_comes_back_as_it_was(records: DirectoryRecords) -> None:
    records.put(record(1))

    [stamp] = records.list()

    assert records.get(stamp) == record(1)
    assert records.find(record(1).event.fetch) == record(1)
    assert stamp.source == "news.test"


def test_a_name_tells_the_fetch_without_opening_the_file(records: DirectoryRecords) -> None:
    one = record(1, at=NOON + timedelta(microseconds=250))
    records.put(one)

    [stamp] = records.list()

    assert stamp == stamp_of(one.event.fetch)
    assert stamp.fetch_id == fetch_id(one.event.fetch.link_id, one.event.fetch.fetched_at)
    assert stamp.key == f"2026-11-22/news.test/120000.000250-{stamp.fetch_id}.json"
    assert (records.root / stamp.key).is_file()


def test_the_same_fetch_is_one_record_and_is_never_changed(records: DirectoryRecords) -> None:
    records.put(record(1))
    records.put(record(1).model_copy(update={"mark": "later"}))

    [stamp] = records.list()

    assert records.get(stamp).mark == "m"


def test_the_same_moment_in_another_zone_is_the_same_fetch() -> None:
    almaty = datetime.fromisoformat("2026-11-22T17:00:00+05:00")

    assert fetch_id("link", almaty) == fetch_id("link", NOON)
    assert fetch_id("link", almaty) != fetch_id("other", NOON)
    assert fetch_id("link", NOON) != fetch_id("link", NOON + timedelta(microseconds=1))


def test_records_are_listed_in_the_order_of_fetching(records: DirectoryRecords) -> None:
    times = [NOON + timedelta(hours=h) for h in (30, 2, 1, 14)]
    for number, at in enumerate(times):
        records.put(record(number, at=at, source=f"s{number}.kz"))

    assert [stamp.fetched_at for stamp in records.list()] == sorted(times)


def test_a_window_has_its_beginning_and_not_its_end(records: DirectoryRecords) -> None:
    for hour in range(60):
        records.put(record(hour, at=NOON + timedelta(hours=hour)))
    since, until = NOON + timedelta(hours=10), NOON + timedelta(hours=40)

    found = [stamp.fetched_at for stamp in records.list(since=since, until=until)]

    assert found == [NOON + timedelta(hours=hour) for hour in range(10, 40)]


def test_a_source_is_listed_alone(records: DirectoryRecords) -> None:
    records.put(record(1, source="el.kz"))
    records.put(record(2, source="zakon.kz"))

    assert [stamp.source for stamp in records.list(source="el.kz")] == ["el.kz"]
    assert list(records.list(source="nowhere.kz")) == []
    assert records.sources() == {"el.kz", "zakon.kz"}


def test_an_archive_without_records_is_empty(records: DirectoryRecords) -> None:
    assert list(records.list()) == []
    assert records.sources() == set()


HOSTILE = [
    "",
    ".",
    "..",
    "../../etc",
    "/etc/passwd",
    "a/b",
    "қазақ",
    "x" * 500,
    "a\0b",
    "\ud83d",
    ".",
]


@pytest.mark.parametrize("source", HOSTILE, ids=ascii)
def test_no_source_leaves_the_folder_of_its_day(records: DirectoryRecords, source: str) -> None:
    name = folder_name(source)
    records.put(record(1, source=source))

    [file] = records.root.rglob("*.json")

    assert file.parent == records.root / "2026-11-22" / name
    assert len(name) <= 120
    [stamp] = records.list(source=source)
    assert records.get(stamp).event.fetch.link_id == fetch(1).link_id


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(max_size=40))
def test_two_sources_never_share_a_folder(one: str, other: str) -> None:
    if one.encode("utf-8", "replace") != other.encode("utf-8", "replace"):
        assert folder_name(one) != folder_name(other)


def test_half_an_emoji_in_a_hint_does_not_lose_the_record(records: DirectoryRecords) -> None:
    event = record(1).event.model_copy(update={"title_hint": "жаңа \ud83d"})
    records.put(FetchRecord(event=event))

    [stamp] = records.list()

    assert records.get(stamp).event.title_hint == "жаңа ?"


def test_a_damaged_record_says_which_file_it_is(records: DirectoryRecords) -> None:
    records.put(record(1))
    [file] = records.root.rglob("*.json")
    file.write_text("{")

    with pytest.raises(BlobMissing, match=f"fetch record .*{file.name} cannot be read"):
        records.get(next(records.list()))


def test_what_is_being_written_is_not_listed(records: DirectoryRecords) -> None:
    records.put(record(1))
    [file] = records.root.rglob("*.json")
    (file.parent / ".abc.tmp").write_text("{")

    assert len(list(records.list())) == 1


def test_records_lie_beside_the_bytes(tmp_path: Path) -> None:
    assert open_records(f"file://{tmp_path}").root == tmp_path / "fetched"
    with pytest.raises(SettingError, match="only directories"):
        open_records("s3://bucket")
