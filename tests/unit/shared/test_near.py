"""A slip in a name is answered with the name that was meant."""

from __future__ import annotations

from steppewire.near import hint


def test_the_nearest_known_name_is_asked_for() -> None:
    assert hint("elkz", {"kun.uz": 1, "el.kz": 2}, "see the list") == "did you mean el.kz?"


def test_where_none_is_near_the_other_remedy_is_told() -> None:
    assert hint("reuters.com", ["kun.uz", "el.kz"], "see the list") == "see the list"
