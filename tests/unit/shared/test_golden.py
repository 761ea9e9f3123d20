"""The suite for sources sees what is wrong, and the tool writes what a human then judges."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from steppewire.plugins import Source
from steppewire.testing.frozen import Frozen
from steppewire.testing.golden import main
from steppewire.testing.sources import OF_REAL_PAGES, noises, problems, sources_of

GOLDEN = Path(__file__).parents[2] / "contract/sources/golden"
ZAKON = next(s for s in sources_of("steppewire_fetcher.sources") if s.name == "zakon.kz")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN / "zakon.kz", tmp_path / "zakon.kz")
    return tmp_path / "zakon.kz"


def changed(**rules: object) -> Source:
    return ZAKON.model_copy(update={"rules": ZAKON.rules.model_copy(update=rules)})


def test_a_source_without_a_golden_page_fails(tmp_path: Path) -> None:
    found = problems(ZAKON, tmp_path / "zakon.kz")

    assert any("has no golden page" in one for one in found)
    assert any("no frozen list leads to an article" in one for one in found)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"body": (".gone",)}, "the body selectors find nothing"),
        ({"timezone": "Asia/Tokyo"}, "is not in Asia/Tokyo"),
        ({"drop": (*ZAKON.rules.drop, ".gone")}, "rules.drop: no golden page has '.gone'"),
        ({"stop": (*ZAKON.rules.stop, "Gone")}, "rules.stop: no golden page has 'Gone'"),
        ({"title": ("h3",)}, "page.html: article.title should be"),
    ],
)
def test_a_wrong_rule_shows(rules: dict[str, object], told: str) -> None:
    assert any(told in one for one in problems(changed(**rules), GOLDEN / "zakon.kz"))


def test_a_page_in_another_script_than_its_language_shows() -> None:
    wrong = ZAKON.model_copy(update={"languages": ("uz-Latn",)})

    found = problems(wrong, GOLDEN / "zakon.kz")

    assert any("not written in the script of uz-Latn" in one for one in found)


def test_a_pattern_that_no_page_matches_shows() -> None:
    wrong = ZAKON.model_copy(update={"article": ("/never/",)})

    assert any("is no article by the source" in one for one in problems(wrong, GOLDEN / "zakon.kz"))


def test_a_list_that_reads_otherwise_is_told_in_a_line_however_long_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "a.kz"
    folder.mkdir()
    items = "".join(f"<item><link>https://a.kz/n/{at}</link></item>" for at in range(200))
    (folder / "feed.xml").write_text(f"<rss version='2.0'><channel>{items}</channel></rss>")
    source = Source.model_validate(
        {"title": "A", "home": "https://a.kz/", "languages": "ru-Cyrl", "discover": "feed /rss"}
    )
    golden = Frozen(source, folder / "feed.xml")
    golden.expectation.write_text(json.dumps(golden.read()))
    wrong = source.model_copy(update={"languages": ("kk-Cyrl",)})

    [told] = [one for one in problems(wrong, folder) if one.startswith("feed.xml")]

    assert "links 200 differ, the first is number 1: should be" in told
    assert "'language': 'ru-Cyrl'" in told
    assert len(told) < 500


def test_a_page_in_windows_1251_is_judged_by_its_letters(folder: Path) -> None:
    page = folder / "page.html"
    plain = page.read_text("utf-8").replace('charset="utf-8"', 'charset="windows-1251"')
    page.write_bytes(plain.encode("cp1251", "xmlcharrefreplace"))

    assert problems(ZAKON, folder) == []
    wrong = problems(changed(timezone="Asia/Tokyo"), folder)
    assert any("is not in Asia/Tokyo" in one for one in wrong)


def test_pages_of_the_site_itself_are_not_asked_to_be_dressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("steppewire.testing.sources.NOISE", 1_000_000)

    assert any("is bare" in one for one in problems(ZAKON, GOLDEN / "zakon.kz"))
    assert problems(ZAKON, GOLDEN / "zakon.kz", OF_REAL_PAGES) == []


def test_a_forgotten_expectation_and_a_lonely_one_show(folder: Path) -> None:
    (folder / "page.expected.json").rename(folder / "page-x.expected.json")

    found = problems(ZAKON, folder)

    assert any("page.html has no expectation" in one for one in found)
    assert any("page-x.expected.json: the document it speaks of is gone" in one for one in found)


def test_the_tool_writes_what_is_read_and_shows_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "page.expected.json").read_text("utf-8")
    (folder / "page.expected.json").unlink()

    status = main(["zakon.kz", "page.html", "--folder", str(folder.parent)])

    assert status == 0
    assert (folder / "page.expected.json").read_text("utf-8") == before
    assert "Караганде" in capsys.readouterr().out


def test_the_tool_names_sources_when_it_does_not_know_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["nowhere.kz"]) == 64
    assert "zakon.kz" in capsys.readouterr().err


def test_a_pack_that_asks_the_network_on_import_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loud_pack.py").write_text("import socket, lxml\nsocket.socket().close()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    heard = noises("loud_pack")

    assert any(one.startswith("socket.") for one in heard)
    assert "imports lxml, which is slow to load" in heard
