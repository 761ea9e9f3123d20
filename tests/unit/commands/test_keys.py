"""`steppewire keys new | list | revoke`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from steppewire.commands.keys import app
from steppewire.errors import NotFound, SettingError


def told(*words: str, file: Path) -> Result:
    return CliRunner().invoke(app, [*words, "--file", str(file)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_a_new_key_is_printed_once_and_listed_without_itself(file: Path) -> None:
    made = told("new", "desk", "--scope", "operate,read", file=file)
    token = made.stdout.strip()
    listed = told("list", file=file).stdout

    assert token.startswith("swk_")
    assert "Authorization: Bearer" in made.stderr
    assert token not in listed
    assert "desk" in listed
    assert "read, operate" in listed


def test_what_nobody_said_is_reading_and_listening(file: Path) -> None:
    key = json.loads(told("new", "desk", "--json", file=file).stdout)

    assert key["scopes"] == ["read", "live"]
    assert "until" not in key


def test_a_revoked_key_is_gone(file: Path) -> None:
    told("new", "desk", file=file)
    told("new", "press", file=file)
    gone = told("revoke", "desk", file=file).stdout

    assert "(desk)" in gone
    assert [key["name"] for key in json.loads(told("list", "--json", file=file).stdout)] == [
        "press"
    ]


@pytest.mark.parametrize(
    ("words", "error", "remedy"),
    [
        (("new", "desk", "--scope", "everything"), SettingError, "there are: read: articles"),
        (("new", " "), SettingError, "letters that can be printed"),
        (("new", "a\x1b[31mb"), SettingError, "letters that can be printed"),
        (("new", "desk", "--days", "99999999"), SettingError, "beyond the calendar"),
        (("revoke", "nobody"), NotFound, "steppewire keys list"),
    ],
)
def test_what_cannot_be_is_refused_with_its_remedy(
    file: Path, words: tuple[str, ...], error: type[Exception], remedy: str
) -> None:
    done = told(*words, file=file)

    assert isinstance(done.exception, error)
    assert remedy in str(done.exception)
    assert not file.exists()
