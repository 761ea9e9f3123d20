from __future__ import annotations

import pytest

from steppewire.errors import SettingError
from steppewire.settings import Settings, explain, load
from steppewire_fetcher.catalogue import load_catalogue
from steppewire_fetcher.settings import FetcherSettings

ZAKON = load_catalogue().sources["zakon.kz"]


def test_lists_and_routes_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_SOURCES", "zakon.kz, el.kz,")
    monkeypatch.setenv("STEPPEWIRE_REROUTE", "el.kz=http://127.0.0.1:8700, *=http://127.0.0.1:1")

    settings = load(FetcherSettings)

    assert settings.sources == ("zakon.kz", "el.kz")
    assert settings.reroute == {"el.kz": "http://127.0.0.1:8700", "*": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("STEPPEWIRE_REROUTE", "el.kz", "give el.kz=http://127.0.0.1:8700"),
        ("STEPPEWIRE_REROUTE", "el.kz=127.0.0.1:8700", "give el.kz=http://127.0.0.1:8700"),
        ("STEPPEWIRE_MAX_PAGE_BYTES", "lots", "STEPPEWIRE_MAX_PAGE_BYTES"),
        ("STEPPEWIRE_PACE", "-1", "STEPPEWIRE_PACE"),
    ],
)
def test_a_wrong_setting_is_told_with_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError, match=told.replace("*", r"\*")):
        load(FetcherSettings)


def test_poll_and_pace_can_be_set_for_every_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_POLL", "5")
    monkeypatch.setenv("STEPPEWIRE_PACE", "0")

    sources = load(FetcherSettings).catalogue().sources.values()

    assert {(source.poll, source.pace) for source in sources} == {(5.0, 0.0)}


def test_we_say_who_we_are_and_whom_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_CONTACT", "mailto:desk@example.kz")
    settings = load(FetcherSettings)

    assert settings.manners(ZAKON).agent.startswith("steppewire/")
    assert "+mailto:desk@example.kz" in settings.agent


def test_a_source_may_need_another_agent() -> None:
    source = ZAKON.model_copy(update={"user_agent": "rss-parser"})

    assert load(FetcherSettings).manners(source).agent == "rss-parser"


def test_every_setting_is_told_in_a_line() -> None:
    ours = FetcherSettings.model_fields.keys() - Settings.model_fields.keys()
    table = explain(FetcherSettings)

    assert [name for name in ours if not FetcherSettings.model_fields[name].description] == []
    assert [name for name in ours if f"STEPPEWIRE_{name.upper()} " not in table] == []
