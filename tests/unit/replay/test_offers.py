"""What services offer to a replay, and what is said where they are not installed."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from steppewire.errors import NotFound, PluginError, SettingError
from steppewire.plugins import STAGES_GROUP
from steppewire.replay import offers


def test_parser_enricher_and_fetcher_offer_their_code() -> None:
    rules, by = offers.todays_rules(None)

    assert offers.stage_offer("parse").code.startswith("steppewire-parser/")
    assert offers.stage_offer("enrich").code.startswith("steppewire-enricher/")
    assert by.startswith("steppewire-fetcher/")
    assert rules["zakon.kz"].body != ()


def test_a_file_of_one_s_own_is_today_s_rule(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'name = "a.kz"\ntitle = "A"\nhome = "https://a.kz/"\nhosts = ["a.kz"]\n'
        '[rules]\nbody = ["main"]\n'
    )

    rules, _ = offers.todays_rules(tmp_path)

    assert rules["a.kz"].body == ("main",)


def test_a_slip_in_today_s_rules_is_told_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a.kz"\n[rules]\nbodies = ["main"]\n')

    with pytest.raises(PluginError, match=r"a\.toml.*rules\.bodies: no such field"):
        offers.todays_rules(tmp_path)


def test_an_unknown_stage_says_which_there_are() -> None:
    with pytest.raises(NotFound, match="unknown stage 'fetch'; can be replayed: parse, enrich"):
        offers.stage_offer("fetch")


def test_a_service_that_is_not_installed_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(offers, "entry_points", lambda **_: [])

    with pytest.raises(SettingError, match="needs steppewire-parser installed beside this command"):
        offers.stage_offer("parse")
    assert offers.todays_rules(None) == ({}, "")


def test_a_broken_package_is_one_line(monkeypatch) -> None:
    broken = EntryPoint("parse", "no_such_module:parse", STAGES_GROUP)
    monkeypatch.setattr(offers, "entry_points", lambda **_: [broken])

    with pytest.raises(PluginError, match="no_such_module:parse cannot be loaded"):
        offers.stage_offer("parse")


def test_nothing_else_is_offered_under_our_name() -> None:
    offered = {point.name for point in entry_points(group=STAGES_GROUP)}

    # replay asks for the first three, `steppewire parse` for the others
    assert offered == {"parse", "enrich", "rules", "page", "owners", "language"}
