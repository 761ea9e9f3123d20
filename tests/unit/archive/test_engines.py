"""A wrong database setting is one clear line, without the password."""

from __future__ import annotations

import pytest

from steppewire.archive import open_archive
from steppewire.archive.engines import parse, shown
from steppewire.errors import SettingError


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "no database URL"),
        ("var/articles.sqlite3", "no database URL"),
        ("mysql://u:geheim@host/db", "no archive on 'mysql'"),
        ("redis://:geheim@host", "no archive on 'redis'"),
        ("sqlite://", "memory"),
        ("sqlite:///:memory:", "memory"),
        ("postgresql://u:geheim@host", "name is missing"),
        ("postgresql://u:geheim@host:port/db", "no database URL"),
    ],
)
def test_a_wrong_url_is_told_with_its_remedy(url: str, cause: str) -> None:
    with pytest.raises(SettingError) as caught:
        open_archive(url)

    line = str(caught.value)
    assert line.startswith("STEPPEWIRE_DATABASE")
    assert cause in line
    assert "give" in line
    assert "geheim" not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"]
)
def test_every_usual_postgresql_url_is_taken(url: str) -> None:
    assert parse(url).drivername == "postgresql+asyncpg"


def test_sslmode_is_passed_on_under_the_drivers_name() -> None:
    url = parse("postgresql://u@h/d?sslmode=require")

    assert dict(url.query) == {"ssl": "require"}


def test_messages_do_not_show_the_password() -> None:
    assert shown(parse("postgresql://u:geheim@h/d")) == "postgresql://u:***@h/d"
