"""API keys: told once, kept as hashes, refused when they ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from steppewire.errors import NotFound, SettingError
from steppewire.keys import SCOPES, id_of, make, named, read, write

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_key_opens_and_no_other_does() -> None:
    token, key = make("desk", ["read"], NOON)
    other, _ = make("desk", ["read"], NOON)

    assert key.opens_with(token, NOON)
    assert not key.opens_with(other, NOON)
    assert not key.opens_with(token[:-1], NOON)
    assert id_of(token) == key.id


def test_the_file_cannot_be_used_as_a_key(tmp_path: Path) -> None:
    token, key = make("desk", ["operate"], NOON)
    write(tmp_path / "keys.json", [key])
    text = (tmp_path / "keys.json").read_text()

    assert token not in text
    assert token.rpartition("_")[2] not in text
    assert not key.opens_with(key.hash, NOON)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_what_is_written_is_read(tmp_path: Path) -> None:
    keys = tuple(make(f"key {n}", SCOPES, NOON, until=NOON, rate=2.5)[1] for n in range(3))
    write(tmp_path / "deep" / "keys.json", keys)

    assert read(tmp_path / "deep" / "keys.json") == keys


def test_a_key_ends_when_it_was_said_to() -> None:
    token, key = make("guest", ["read"], NOON, until=NOON + timedelta(days=1))

    assert key.opens_with(token, NOON + timedelta(hours=23))
    assert not key.opens_with(token, NOON + timedelta(days=1))


def test_a_file_that_is_not_there_holds_no_keys(tmp_path: Path) -> None:
    assert read(tmp_path / "keys.json") == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{"id": 1}]}', "\0\0", '{"key": []}'])
def test_a_file_of_something_else_is_told_with_its_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)

    with pytest.raises(SettingError, match=r"is no file of API keys .*put the last good one back"):
        read(tmp_path / "keys.json")


def test_two_keys_of_one_name_are_told_apart_by_id() -> None:
    keys = [make("desk", ["read"], NOON)[1] for _ in range(2)]

    assert named(keys, keys[1].id) == keys[1]
    with pytest.raises(NotFound, match="2 keys are called 'desk'"):
        named(keys, "desk")
    with pytest.raises(NotFound, match="keys list"):
        named(keys, "press")
