"""A setting comes from the environment; a wrong one is one clear line."""

from __future__ import annotations

import pytest

from steppewire.errors import SettingError
from steppewire.settings import PREFIX, Settings, explain, load


class OwnSettings(Settings):
    """A service's own."""

    own_workers: int = 2
    """How many."""


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OwnSettings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_every_setting_has_a_default() -> None:
    assert load(OwnSettings).own_workers == 2


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_OWN_WORKERS", "7")
    monkeypatch.setenv("STEPPEWIRE_PARTITIONS", "4")

    assert (load(OwnSettings).own_workers, load(OwnSettings).partitions) == (7, 4)


def test_an_empty_setting_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_OWN_WORKERS", "")

    assert load(OwnSettings).own_workers == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARTITIONS", "0"),
        ("PARTITIONS", "many"),
        ("LEASE", "0"),
        ("MAX_MEMORY_SHARE", "1.5"),
        ("HEALTH_PORT", "http"),
        ("RETAIN", "-1"),
    ],
)
def test_a_wrong_setting_is_named_with_where_to_look(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", value)

    with pytest.raises(SettingError, match=rf"STEPPEWIRE_{name}: .*docs/reference/settings\.md"):
        load(OwnSettings)


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_PARTITIONS", "x")
    monkeypatch.setenv("STEPPEWIRE_OWN_WORKERS", "y")

    with pytest.raises(SettingError, match=r"(?s)PARTITIONS.*OWN_WORKERS"):
        load(OwnSettings)


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_REDIS_URL", "redis://:opensesame@broker:6379/0")

    settings = load(OwnSettings)
    assert "opensesame" not in repr(settings) + explain(OwnSettings)
    assert "opensesame" in settings.redis_url.get_secret_value()


def test_the_own_settings_are_explained_beside_the_shared() -> None:
    table = explain(OwnSettings)

    assert "STEPPEWIRE_OWN_WORKERS" in table
    assert "How many. [2]" in table
    assert "STEPPEWIRE_LEASE" in table
