"""Corrections by hand hold, and what cannot be meant is refused in one line."""

from __future__ import annotations

import os

import pytest

from steppewire.corrections import VARIABLE, corrections, read
from steppewire.errors import SettingError

SAID = """
[[same]]
ids = ["person/a", "person/~b", "person/~c"]

[[apart]]
id = "person/~askar-jaras"
when = ["Караганда", "Қарағанды"]
to = "person/~askar-jaras.karaganda"

[names."person/a"]
kk = "Асқар"
"""


def test_the_first_of_the_same_ids_stays():
    said = read(SAID)
    assert said.id("person/~b") == said.id("person/~c") == said.id("person/a") == "person/a"
    assert said.all("person/~b") == ("person/a", "person/~b", "person/~c")


def test_ids_that_are_the_same_in_steps_end_at_one():
    said = read('[[same]]\nids = ["p/a", "p/b"]\n[[same]]\nids = ["p/b", "p/c"]')
    assert said.id("p/c") == said.id("p/b") == "p/a"


def test_an_id_means_the_other_one_where_the_text_has_the_word():
    said = read(SAID)
    assert (
        said.id("person/~askar-jaras", "ол қарағанды қаласынан") == "person/~askar-jaras.karaganda"
    )
    assert said.id("person/~askar-jaras", "ол таразда") == "person/~askar-jaras"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[same]", "is no TOML"),
        ("[[equal]]\nids = []", "no such part: equal"),
        ('[[same]]\nids = ["p/a"]', "takes two ids or more"),
        ('[[same]]\nids = ["p/a", 5]', "takes two ids or more"),
        ('[[apart]]\nid = "p/a"', "when is missing"),
        ('[[same]]\nids = ["p/a", "p/c"]\n[[same]]\nids = ["p/b", "p/c"]', "as p/a and as p/b"),
        ('[[same]]\nids=["p/a","p/b"]\n[[apart]]\nid="p/a"\nwhen=["x"]\nto="p/b"', "both same and"),
        ("same = 5", "[[same]]"),
        ("names = 5", "[names"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(text, told):
    with pytest.raises(SettingError) as caught:
        read(text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_edit_holds_without_a_restart_and_a_broken_one_costs_nothing(tmp_path, monkeypatch):
    file = tmp_path / "entities.toml"
    monkeypatch.setenv(VARIABLE, str(file))
    file.write_text('[[same]]\nids = ["p/a", "p/b"]')
    os.utime(file, (1, 1))
    assert corrections().id("p/b") == "p/a"
    file.write_text('[[same]]\nids = ["p/z", "p/b"]')
    os.utime(file, (2, 2))
    assert corrections().id("p/b") == "p/z"
    file.write_text("[[same")
    os.utime(file, (3, 3))
    assert corrections().id("p/b") == "p/z"


def test_a_file_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(SettingError, match="cannot be read"):
        corrections()
