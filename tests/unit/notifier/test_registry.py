"""Webhooks of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.errors import SettingError
from steppewire.webhooks import new_secret
from steppewire_notifier.registry import read

SECRET = new_secret()


def write(folder: Path, text: str) -> Path:
    path = folder / "webhooks.toml"
    path.write_text(text, "utf-8")
    return path


def entry(more: str = "", id: str = "team") -> str:
    return f'[[webhook]]\nid = "{id}"\nurl = "https://team.test/"\nsecret = "{SECRET}"\n{more}\n'


def test_a_file_says_who_is_told_of_what(tmp_path: Path) -> None:
    [hook] = read(write(tmp_path, entry('language = ["kk"]\nq = "Тоқаев"')))

    assert (hook.id, hook.language, hook.q, hook.secret) == ("team", ("kk",), "Тоқаев", SECRET)


def test_an_empty_file_is_no_webhook(tmp_path: Path) -> None:
    assert read(write(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[webhook", "Expected"),
        (entry() + entry(), "two webhooks have the same id"),
        (entry("colour = 1"), "webhook.0.colour"),
        (entry(f'secrets = ["{SECRET}"]'), "needs `secret`, or `secrets`"),
        (entry().replace("https://team.test/", "team"), "such as https://host/path"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_the_remedy(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(SettingError, match=why) as caught:
        read(write(tmp_path, text))

    assert "docs/how-to/webhooks.md" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="No such file"):
        read(tmp_path / "none.toml")
