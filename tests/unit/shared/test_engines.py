"""A source says what is special; engine, country and languages say the rest."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from steppewire import engines
from steppewire.plugins import Api, Feed, Listing, Source, Telegram
from steppewire.rules import SiteRules


def source(**said: object) -> Source:
    return Source.model_validate({"title": "Qala", "home": "https://qala.kz/"} | said)


def test_name_hosts_and_zone_follow_from_address_and_country() -> None:
    qala = source(country="UZ")

    assert qala.name == "qala.kz"
    assert qala.hosts == ("qala.kz", "www.qala.kz")
    assert qala.rules.timezone == "Asia/Tashkent"


def test_a_host_below_a_domain_has_no_twin() -> None:
    assert source(home="https://kaz.qala.kz/").hosts == ("kaz.qala.kz",)


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://www.qala.kz/oz/2026/1/", "uz-Latn"),
        ("https://qala.kz/oz", "uz-Latn"),
        ("https://qala.kz/2026/1/", "kk-Cyrl"),
        ("https://ru.qala.kz/2026/1/", "ru-Cyrl"),
        ("https://ru.qala.kz/en/1/", "en-Latn"),
        ("https://[broken/", None),
    ],
)
def test_the_address_tells_the_language(url: str, tag: str | None) -> None:
    editions = {
        "/": "kk-Cyrl",
        "/oz/": "uz-Latn",
        "ru.qala.kz": "ru-Cyrl",
        "ru.qala.kz/en/": "en-Latn",
    }

    assert source(editions=editions).language_of(url) == tag


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://qala.kz/n/1?lang=kk", "kk-Cyrl"),
        ("https://qala.kz/n/1?page=2&lang=ru", "ru-Cyrl"),
        ("https://qala.kz/n/1?lang=kkx", None),
        ("https://qala.kz/n/1", None),
    ],
)
def test_a_parameter_of_the_address_tells_the_language(url: str, tag: str | None) -> None:
    qala = source(editions={"?lang=kk": "kk-Cyrl", "?lang=ru": "ru-Cyrl"})

    assert qala.language_of(url) == tag
    assert qala.hosts == ("qala.kz", "www.qala.kz")


def test_the_only_language_of_a_source_is_that_of_every_address() -> None:
    assert source(languages=["kk-Cyrl"]).language_of("https://qala.kz/x") == "kk-Cyrl"
    assert source(languages=["kk-Cyrl", "ru-Cyrl"]).language_of("https://qala.kz/x") is None


def test_a_site_of_an_engine_needs_one_line_more() -> None:
    qala = source(engine="wordpress")

    feed, api = qala.discover
    assert feed == Feed(url="https://qala.kz/feed/")
    assert isinstance(api, Api)
    assert qala.rules.body == (".entry-content",)


def test_what_the_site_says_comes_before_its_engine_and_its_country() -> None:
    rules = {"body": ".qala-text", "cut": ["Qala:"], "timezone": "Asia/Oral"}

    qala = source(engine="wordpress", country="KZ", languages=["ru-Cyrl"], rules=rules)

    assert qala.rules.body == (".qala-text", ".entry-content")
    assert qala.rules.cut[0] == "Qala:"
    assert "Фото:" in qala.rules.cut
    assert qala.rules.timezone == "Asia/Oral"


def test_a_point_for_each_edition_knows_its_language() -> None:
    editions = {"/ru/": "ru-Cyrl", "kaz.qala.kz": "kk-Cyrl"}

    points = source(editions=editions, discover=["feed {edition}rss/"]).discover

    assert [(p.url, p.language) for p in points] == [
        ("https://qala.kz/ru/rss/", "ru-Cyrl"),
        ("https://kaz.qala.kz/rss/", "kk-Cyrl"),
    ]


def test_points_are_written_in_one_line() -> None:
    points = source(discover=["listing /news/ .card > a", "telegram qala"]).discover

    assert points == (
        Listing(url="https://qala.kz/news/", links=".card > a"),
        Telegram(url="https://t.me/s/qala"),
    )


def test_codes_of_two_scripts_mean_what_the_editions_say() -> None:
    editions = {"/oz/": "uz-Latn", "/uz/": "uz-Cyrl", "/ru/": "ru-Cyrl"}

    codes = source(country="UZ", editions=editions).rules.hreflang

    assert codes == {"oz": "uz-Latn", "uz": "uz-Cyrl", "ka": "kaa"}


@pytest.mark.parametrize("engine", [None, *engines.names()])
def test_completing_twice_changes_nothing(engine: str | None) -> None:
    once = source(engine=engine, editions={"/ru/": "ru-Cyrl", "/": "kk-Cyrl"}, country="KZ")

    assert Source.model_validate(once.model_dump()) == once
    assert Source.model_validate(json.loads(once.model_dump_json())) == once


def test_python_says_it_like_toml() -> None:
    rules = SiteRules(body=(".x",), timezone="Asia/Oral")

    assert source(rules=rules, country="KZ") == source(
        rules={"body": [".x"], "timezone": "Asia/Oral"}, country="KZ"
    )


@pytest.mark.parametrize("wrong", [{"rules": 3}, {"editions": 3}, {"discover": 3}, {"home": 3}])
def test_a_wrong_shape_is_a_fault_of_its_field(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        source(**wrong)


def test_an_engine_that_nobody_knows_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValidationError, match="none named 'joomla'; there are: baq, gazeta"):
        source(engine="joomla")
