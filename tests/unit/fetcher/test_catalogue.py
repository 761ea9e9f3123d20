from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from steppewire.errors import PluginError, Reject, SettingError
from steppewire.events import ArticleDiscovered
from steppewire.plugins import SOURCES_GROUP
from steppewire_fetcher.catalogue import Catalogue, load_catalogue, read_toml, restrict

GOOD = """
name = "good"
title = "Good"
home = "https://good.kz/"
hosts = ["good.kz"]
[[discover]]
kind = "feed"
url = "https://good.kz/rss"
[rules]
body = ["article"]
"""


def load(folder: Path, **files: str) -> Catalogue:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return load_catalogue(folder=folder, packs=tuple)


def pack(value: str) -> list[EntryPoint]:
    return [EntryPoint("strange", value, SOURCES_GROUP)]


def test_a_source_is_one_toml_file(tmp_path: Path) -> None:
    catalogue = load(tmp_path, good=GOOD)

    assert catalogue.faults == []
    assert catalogue.sources["good"].rules.body == ("article",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title =", "titel ="), "titel: no such field"),
        (('home = "https://good.kz/"', ""), "home: is missing"),
        (('home = "https://good.kz/"', "homepage = 1"), "homepage: no such field"),
        (('"feed"', '"rss"'), "discover.0"),
        (('kind = "feed"', ""), 'discover.0: needs kind = "feed", "sitemap", "listing", "api"'),
        (("[rules]", 'article = ["("]\n[rules]'), "discover.0.article: no such field"),
        (('hosts = ["good.kz"]', 'hosts = ["good.kz"]\narticle = ["("]'), "bad regular expression"),
        (("[rules]", "[rules"), "not valid TOML"),
        (
            ('kind = "feed"', 'kind = "listing"\nlinks = "a[["'),
            "discover.0.links: not a CSS selector: 'a[['",
        ),
        (('body = ["article"]', 'body = ["div..x"]'), "rules.body: not a CSS selector: 'div..x'"),
        (('body = ["article"]', 'drop = ["a:nope@href"]'), "rules.drop: not a CSS selector"),
        (('body = ["article"]', 'timezone = "Asia/Atlantis"'), "rules.timezone: no IANA time zone"),
        (("home =", 'languages = ["oz"]\nhome ='), "'oz' is no language; write uz-Latn"),
        (("home =", 'languages = ["Kazakh"]\nhome ='), "write kk-Cyrl"),
        (("home =", 'editions = { "/ka/" = "kaa_Cyrl" }\nhome ='), "'kaa_Cyrl' is no language tag"),
        (("home =", 'engine = "drupal"\nhome ='), "none named 'drupal'; there are: baq, gazeta"),
        (("[rules]\nbody", "[rules]\nlead = 3\nbody"), "rules.lead"),
        (('kind = "feed"', 'kind = "api"\nitem = "x"'), "discover.0.item: no such field"),
        (('kind = "feed"', 'kind = "fed"'), "'fed' is no kind of list; write feed, sitemap"),
        (("home =", 'country = "Kazakhstan"\nhome ='), "write two capital letters, such as KZ"),
        (('body = ["article"]', 'timezone = "Asia/Almati"'), "did you mean Asia/Almaty?"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_file_and_field(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    catalogue = load(tmp_path, good=GOOD, bad=GOOD.replace(*change).replace('"good"', '"bad"'))

    (fault,) = catalogue.faults
    assert set(catalogue.sources) == {"good"}
    assert str(tmp_path / "bad.toml") in str(fault)
    assert told in str(fault)
    assert "\n" not in str(fault)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PluginError, match="not valid TOML"):
        read_toml(tmp_path / "bad.toml")


def test_two_files_of_one_name_are_told(tmp_path: Path) -> None:
    catalogue = load(tmp_path, a=GOOD, b=GOOD.replace("Good", "Other"))

    assert catalogue.sources["good"].title == "Good"
    assert "a source named 'good' is loaded already" in str(catalogue.faults[0])


def test_a_folder_that_does_not_exist_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="STEPPEWIRE_SOURCES_DIR"):
        load_catalogue(folder=tmp_path / "nowhere", packs=tuple)


@pytest.mark.parametrize("value", ["no.such.module", "json.tool:nothing", "json", "this_raises"])
def test_a_pack_that_cannot_be_loaded_is_left_out(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "this_raises.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)

    catalogue = load_catalogue(packs=lambda: pack(value), sites=["https://a.kz"])

    assert set(catalogue.sources) == {"a.kz"}
    assert f"entry point 'strange' ({value})" in str(catalogue.faults[0])


def test_our_own_sources_come_in_by_the_door_of_everybody() -> None:
    catalogue = load_catalogue()

    assert catalogue.faults == []
    assert {"zakon.kz", "kaz.zakon.kz", "el.kz"} <= set(catalogue.sources)


def test_a_file_replaces_a_source_of_a_pack(tmp_path: Path) -> None:
    (tmp_path / "el.toml").write_text(GOOD.replace('"good"', '"el.kz"'))

    catalogue = load_catalogue(folder=tmp_path)

    assert catalogue.faults == []
    assert catalogue.sources["el.kz"].title == "Good"


def test_an_address_is_a_source() -> None:
    catalogue = load_catalogue(sites=["https://www.nova24.uz/", "qala.kz"], packs=tuple)

    assert set(catalogue.sources) == {"nova24.uz", "qala.kz"}
    assert catalogue.sources["nova24.uz"].hosts == ("nova24.uz", "www.nova24.uz")


def test_what_is_no_address_is_told() -> None:
    catalogue = load_catalogue(sites=["ftp://a.kz", "https://"], packs=tuple)

    assert len(catalogue.faults) == 2
    assert "give https://example.kz" in str(catalogue.faults[0])


def discovered(url: str) -> ArticleDiscovered:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return ArticleDiscovered(
        link_id="0" * 32, url=url, source="stranger", via="manual", discovered_at=now
    )


def test_a_link_of_an_unknown_source_is_fetched_like_a_page_of_any_site() -> None:
    source = Catalogue().source_of(discovered("https://ulus.kz/a-1/"))

    assert source.hosts == ("ulus.kz", "www.ulus.kz")


def test_a_link_of_an_unknown_source_that_leads_nowhere_is_rejected() -> None:
    with pytest.raises(Reject, match="bad-url"):
        Catalogue().source_of(discovered("urn:isbn:1"))


def test_only_the_named_sources_run(tmp_path: Path) -> None:
    catalogue = restrict(load_catalogue(sites=["a.kz", "b.kz"], packs=tuple), ["b.kz", "c.kz"])

    assert set(catalogue.sources) == {"b.kz"}
    assert "no source is named 'c.kz'; loaded are: a.kz, b.kz" in str(catalogue.faults[0])


BAD = GOOD.replace('"good"', '"bad"').replace("article", "div..x")


def test_a_pack_may_be_a_folder_of_toml_files_and_one_bad_file_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "toml_pack"
    package.mkdir()
    for name, text in {"__init__.py": "", "good.toml": GOOD, "bad.toml": BAD}.items():
        (package / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    catalogue = load_catalogue(packs=lambda: pack("toml_pack"))

    assert set(catalogue.sources) == {"good"}
    assert str(package / "bad.toml") in str(catalogue.faults[0])


def test_a_pack_may_be_plain_data_and_one_bad_member_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain_pack.py").write_text(
        "GOOD = {'title': 'A', 'home': 'https://a.kz/'}\n"
        "SOURCES = [GOOD, GOOD | {'home': 'https://b.kz/', 'article': '('}, 3]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    catalogue = load_catalogue(packs=lambda: pack("plain_pack"))

    assert set(catalogue.sources) == {"a.kz"}
    assert "article.0: bad regular expression" in str(catalogue.faults[0])
    assert "give it a SOURCE or SOURCES" in str(catalogue.faults[1])
