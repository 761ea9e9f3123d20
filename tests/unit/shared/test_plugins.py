"""A source is plain data, and a mistake in it is found when it is read, not at night."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from steppewire.plugins import Feed, Listing, Sitemap, Source

TEN_LINES = r"""
name = "ulus.example"
title = "Ұлыс"
home = "https://ulus.example/"
hosts = ["ulus.example", "www.ulus.example"]
article = ['/\d{4}/\d+-[a-z0-9-]+$']
exclude = ["/video/"]
discover = [{ kind = "feed", url = "https://ulus.example/rss" }]
[rules]
body = ["div.article"]
stop = ["Тағы оқыңыз"]
"""


@pytest.fixture
def source() -> Source:
    return Source.model_validate(tomllib.loads(TEN_LINES))


def test_ten_lines_of_toml_are_a_source(source: Source) -> None:
    assert source.discover == (Feed(url="https://ulus.example/rss"),)
    assert source.rules.stop == ("Тағы оқыңыз",)


def test_python_and_toml_say_the_same(source: Source) -> None:
    written = Source(
        name="ulus.example",
        title="Ұлыс",
        home="https://ulus.example/",
        hosts=("ulus.example", "www.ulus.example"),
        article=(r"/\d{4}/\d+-[a-z0-9-]+$",),
        exclude=("/video/",),
        discover=(Feed(url="https://ulus.example/rss"),),
        rules=source.rules,
    )

    assert written == source


@pytest.mark.parametrize("kind", [Feed, Sitemap, Listing])
def test_the_kind_of_a_discovery_point_picks_its_class(
    kind: type[Feed | Sitemap | Listing],
) -> None:
    name = kind.model_fields["kind"].default
    point = {"kind": name, "url": "https://ulus.example/x"}

    [found] = Source.model_validate(tomllib.loads(TEN_LINES) | {"discover": [point]}).discover
    assert type(found) is kind


OWNED = ["https://ulus.example/2026/15-zhana-zhol", "http://WWW.ulus.example:80/2026/1-a"]
STRANGE = [
    "https://other.example/2026/15-zhana-zhol",
    "https://ulus.example/about",
    "https://ulus.example/video/2026/15-zhana",
    "https://ulus.example.evil/2026/15-zhana",
    "https://ulus.example@evil.example/2026/15-zhana",
    "/2026/15-zhana-zhol",
    "mailto:a@ulus.example",
    "https://[broken/2026/1-a",
    "",
]


@pytest.mark.parametrize("url", OWNED)
def test_an_article_of_the_source_is_owned(source: Source, url: str) -> None:
    assert source.owns(url)


@pytest.mark.parametrize("url", STRANGE)
def test_anything_else_is_not(source: Source, url: str) -> None:
    assert not source.owns(url)


MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "unknown field": ({"lenguages": ["kk"]}, "lenguages"),
    "unknown rule": ({"rules": {"boddy": ["div"]}}, "boddy"),
    "bad pattern": ({"article": ["("]}, "bad regular expression '\\('"),
    "bad pattern of a sitemap": (
        {"discover": [{"kind": "sitemap", "url": "https://a.kz/s.xml", "skip": ["["]}]},
        "bad regular expression",
    ),
    "unknown kind": ({"discover": [{"kind": "pigeon", "url": "https://a.kz"}]}, "pigeon"),
    "no address": ({"home": "ulus.example"}, "home"),
    "host with scheme": ({"hosts": ["https://ulus.example"]}, "hosts"),
    "host in capitals": ({"hosts": ["Ulus.example"]}, "hosts"),
    "name with a slash": ({"name": "../ulus"}, "name"),
    "no time": ({"poll": 0}, "poll"),
    "negative pace": ({"pace": -1}, "pace"),
}


@pytest.mark.parametrize(("change", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Source.model_validate(tomllib.loads(TEN_LINES) | change)


@pytest.mark.parametrize("field", ["title", "home"])
def test_what_a_source_must_have_is_named(field: str) -> None:
    values = tomllib.loads(TEN_LINES)
    del values[field]

    with pytest.raises(ValidationError, match=field):
        Source.model_validate(values)
