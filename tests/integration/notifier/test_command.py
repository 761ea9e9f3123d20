"""`steppewire webhooks`: what it writes is what the notifier and the API read."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from steppewire.archive.hooks import Book
from steppewire.cli import app
from steppewire.errors import NotFound, SchemaMismatch, SettingError
from steppewire.webhooks import State, Webhook, new_secret
from steppewire_store.migrate import migrate

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    asyncio.run(migrate(url))
    return url


@pytest.fixture
def run(url: str) -> Run:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["webhooks", *words, "--database", url])

    return run


def noted(url: str, act: Callable[[Book], Any]) -> Any:
    async def go() -> Any:
        async with aclosing(Book.at(url)) as book:
            return await act(book)

    return asyncio.run(go())


def test_one_is_added_listed_switched_off_and_on_and_removed(run: Run, url: str) -> None:
    added = run("add", "https://team.test/in", "--id", "team", "--q", "бюджет", "--language", "kk")
    secret = added.stdout.split()[1]
    hook = noted(url, lambda book: book.get("team"))
    off, listed = run("disable", "team"), run("list", "--json")
    on, table = run("enable", "team"), run("list")
    gone, empty = run("remove", "team"), run("list")

    assert [r.exit_code for r in (added, off, listed, on, table, gone, empty)] == [0] * 7
    assert (hook.secrets, hook.q, hook.language) == ((secret,), "бюджет", ("kk",))
    [told] = json.loads(listed.stdout)
    assert (told["status"], "whsec_" in listed.stdout) == ("off", False)
    assert "active" in table.stdout
    assert "no webhooks" in empty.stdout


def test_one_that_failed_for_too_long_is_told_why_and_gets_another_chance(
    run: Run, url: str
) -> None:
    run("add", "https://team.test/in", "--id", "team")
    state = State(failures=9, disabled_at=datetime.now(UTC), disabled_why="it failed for 120 hours")
    noted(url, lambda book: book.note("team", state))
    before, _, after = run("list"), run("enable", "team"), run("list", "--json")

    assert "disabled" in before.stdout
    assert "it failed for 120 hours" in before.stdout
    assert json.loads(after.stdout)[0]["status"] == "active"


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (("add", "ftp://team.test/"), SettingError, "such as https://host/path"),
        (("add", "https://t.test/", "--id", "A B"), SettingError, "lower-case"),
        (("add", "https://t.test/", "--secret", "x"), SettingError, "24 to 64 bytes"),
        (("add", "https://t.test/", "--id", "filed"), SettingError, "already"),
        (("remove", "nobody"), NotFound, "there are: filed"),
        (("remove", "filed"), SettingError, "change it there"),
        (("test", "nobody"), NotFound, "there are: filed"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_remedy(
    run: Run, url: str, words: tuple[str, ...], error: type[Exception], told: str
) -> None:
    filed = Webhook(
        id="filed",
        url="https://team.test/",
        secrets=(new_secret(),),
        made_at=datetime.now(UTC),
        origin="file",
    )
    noted(url, lambda book: book.put(filed))
    result = run(*words)

    assert isinstance(result.exception, error)
    assert told in str(result.exception)


def test_a_test_message_that_may_not_go_there_is_told_why(run: Run) -> None:
    run("add", "http://127.0.0.1:9000/", "--id", "inside")
    result = run("test", "inside")

    assert result.exit_code == 1
    assert "is not a public address" in result.stderr


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("test", "inside"), 1, "is not a public address"),
        (("test", "nobody"), 64, "there are: inside"),
        (("tset", "inside"), 1, "usage: python -m steppewire_notifier [test ID]"),
    ],
)
def test_the_notifier_itself_sends_a_test_message_where_the_command_is_not(
    run: Run, url: str, words: tuple[str, ...], status: int, told: str
) -> None:
    """As in its container."""
    run("add", "http://127.0.0.1:9000/", "--id", "inside")
    done = subprocess.run(
        [sys.executable, "-m", "steppewire_notifier", *words],
        env=os.environ | {"STEPPEWIRE_DATABASE": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, told in done.stderr) == (status, True)


def test_without_a_database_the_remedy_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    result = CliRunner().invoke(app, ["webhooks", "list", "--database", url])

    assert isinstance(result.exception, SchemaMismatch)
