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


def test_a_borrowed_agent_can_carry_our_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_CONTACT", "https://example.kz/bot")
    source = ZAKON.model_copy(update={"user_agent": "Mozilla/5.0 (compatible; {agent})"})

    agent = load(FetcherSettings).manners(source).agent

    assert agent.startswith("Mozilla/5.0 (compatible; steppewire/")
    assert "+https://example.kz/bot" in agent


@pytest.mark.parametrize("contact", ["https://example.kz/bot", "desk@example.kz", ""])
def test_a_contact_is_an_address_or_a_mail(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("STEPPEWIRE_CONTACT", contact)

    assert load(FetcherSettings).contact == contact


@pytest.mark.parametrize("contact", ["me", "https://a.kz/ b", "a@b.kz\r\nX: 1"])
def test_a_contact_that_cannot_stand_in_a_header_is_refused(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("STEPPEWIRE_CONTACT", contact)

    with pytest.raises(SettingError, match=r"STEPPEWIRE_CONTACT.*reaches nobody: give https://"):
        load(FetcherSettings)


def test_networks_inside_are_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_ALLOW_NETWORKS", "10.20.0.0/16, 192.168.1.7")
    assert load(FetcherSettings).allow_networks == ("10.20.0.0/16", "192.168.1.7/32")

    monkeypatch.setenv("STEPPEWIRE_ALLOW_NETWORKS", "intranet")
    with pytest.raises(SettingError, match="no network: give one such as"):
        load(FetcherSettings)
