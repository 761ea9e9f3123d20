"""The arithmetic of quality: what counts as right, and what a floor says when it is missed."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from floors.ledger import Floor, floors
from floors.measures import data
from quality_pages import report
from quality_pages.scores import Total, judge, shingles, worst
from quality_pages.sets import Page, chosen, folders, listed, load

TELLS = ("body", "title", "published", "authors")


def judged(record: dict[str, Any], truth: dict[str, Any], **more: Any) -> Any:
    return judge(record, truth, more.pop("tells", TELLS), more.pop("article", True))


def test_a_body_is_compared_by_runs_of_four_words_whatever_case_and_marks() -> None:
    same = judged({"body": "One, two – three\nFOUR five."}, {"body": "one two three four five"})
    half = judged({"body": "a b c d e x y z q"}, {"body": "a b c d e"})

    assert (same.precision, same.recall, same.f1) == (1, 1, 1)
    assert (half.precision, half.recall) == (2 / 6, 1)


def test_a_short_text_is_one_run_and_nothing_is_none() -> None:
    assert len(shingles("one two")) == 1
    assert len(shingles(" – ")) == 0
    nothing = judged({"body": None, "refused": "no-article"}, {"body": "a b c d"})
    assert (nothing.f1, nothing.refused) == (0, "no-article")


def test_repeated_text_counts_once_for_each_time_that_it_is_true() -> None:
    twice = judged({"body": "a b c d a b c d"}, {"body": "a b c d"})

    assert twice.precision == 1 / 5


def test_titles_dates_and_authors_are_right_wrong_or_not_told() -> None:
    truth = {"title": "«Төрт» сөз", "date": "2026-11-18", "authors": [["A. Б."], "C"]}
    right = judged(
        {"title": "Төрт сөз", "published": "2026-11-18T01:00:00+05:00", "authors": ["А Б", "c"]},
        truth,
    )
    silent = judged({}, truth)
    wrong = judged({"title": "Төрт", "published": "2026-11-19"}, truth)

    assert (right.title, right.date_right, right.date_wrong) == (True, True, False)
    assert right.authors == 0.5  # a Cyrillic А is not a Latin one
    assert (silent.title, silent.date_right, silent.date_wrong) == (False, False, False)
    assert (wrong.title, wrong.date_right, wrong.date_wrong) == (False, False, True)


@pytest.mark.parametrize(
    ("told", "true", "f1"),
    [
        (["Jane Doe", "A. Mamin"], ["Jane Doe and A. Mamin"], 1),
        (["Jane Doe, A. Mamin & Li Na"], ["Jane Doe", "A. Mamin", "Li Na"], 1),
        (["Jane Doe"], ["Jane Doe, MD, Ph.D."], 1),
        (["Jane Doe", "AFP"], ["Jane Doe"], 1),
        (["AFP"], ["dpa"], 0),
        (["Jane Doe"], ["Jane Doe and A. Mamin"], 2 / 3),
        (["Andrew Sandy"], ["Andrew Sandy"], 1),
        (["FR/dpa"], ["FR"], 0),
    ],
)
def test_people_are_compared_however_they_are_joined(
    told: list[str], true: list[str], f1: float
) -> None:
    one = judged({"authors": told}, {"authors": true})
    turned = judged({"authors": true}, {"authors": told})

    assert one.authors == turned.authors == pytest.approx(f1)


def test_names_are_counted_over_pages_of_one_author_and_of_many() -> None:
    total = Total([
        judged({"authors": ["A B"]}, {"authors": ["A B"]}),
        judged({"authors": []}, {"authors": ["C D", "E F", "G H"]}),
    ])  # fmt: skip

    assert total.figures()["authors"] == 0.5
    assert total.figures()["authors_summed"] == 2 / 5


def test_letters_that_nobody_sees_are_no_difference() -> None:
    one = judged(
        {"title": "Helikopterlandeplatz", "body": "a b c d"},
        {"title": "Helikopter\u00adlandeplatz", "body": "\ufeffa b\u200b c d"},
    )

    assert one.title
    assert one.f1 == 1


@pytest.mark.parametrize("date", ["nan", "2015-11", "2022-29-11", "2022-01.26", "", None])
def test_a_truth_that_is_no_day_is_no_truth(date: str | None) -> None:
    one = judged({"published": "2022-11-29T08:00:00+05:00"}, {"date": date})

    assert (one.date_right, one.date_wrong) == (None, None)


def test_what_a_tool_cannot_tell_and_what_nobody_knows_is_not_judged() -> None:
    only_dates = judged({"published": None}, {"body": "a", "title": "t", "date": "2026-01-01"},
                        tells=("published",))  # fmt: skip

    assert (only_dates.title, only_dates.f1, only_dates.date_right) == (None, None, False)
    assert judged({"title": "t", "body": "b"}, {}).title is None
    assert Total([judged({}, {})]).figures() == {"pages": 1, "refused": 0}


def test_strings_that_must_and_must_not_be_there_are_counted() -> None:
    one = judged({"body": "the text\n is here"}, {"with": ["text is", "gone"], "without": ["menu"]})

    assert (one.kept, one.left) == (0.5, 1)


def test_pages_that_are_no_article_count_only_as_refused_or_not() -> None:
    total = Total([
        judged({"body": "a b c d"}, {"body": "a b c d"}),
        judged({"body": "x"}, {"body": "a b c d"}, article=False),
        judged({"refused": "no-article"}, {"body": "a b c d"}, article=False),
    ])  # fmt: skip
    figures = total.figures()

    assert (figures["body_f1"], figures["bodies"]) == (1, 1)
    assert (figures["refused"], figures["refused_others"]) == (0, 0.5)


def test_the_worst_pages_come_first() -> None:
    bodies = {"good": "a b c d e", "bad": "x", "half": "a b c d"}
    pages = [(n, judged({"body": body}, {"body": "a b c d e"})) for n, body in bodies.items()]

    assert [name for name, _ in worst(pages, 2)] == ["bad", "half"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three sets: two folders and an archive."""
    for name in ("one", "two", "three"):
        (tmp_path / name / "pages").mkdir(parents=True)
        truths = {}
        for number in range(20):
            page = tmp_path / name / "pages" / f"{number}.html"
            page.write_text(f"<p>{number}")
            truths[f"{number:02}"] = {
                "file": f"pages/{number}.html",
                "url": f"https://www.site{number}.example/1",
            }
        (tmp_path / name / "truth.json").write_text(json.dumps(truths))
    with tarfile.open(tmp_path / "three.tar.xz", "w:xz") as tar:
        tar.add(tmp_path / "three", "three")
    return tmp_path


def test_sets_are_found_open_or_packed_each_once(folder: Path, tmp_path_factory: Any) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    both = [path.name for path in folders(folder, scratch)]
    alone = folders(folder / "three.tar.xz", scratch)

    assert both == ["one", "three", "two"]
    assert len(load(alone[0])) == 20
    assert folders(folder / "one", scratch) == [folder / "one"]


def test_hosts_are_of_one_part_and_samples_are_always_the_same(folder: Path) -> None:
    pages = load(folder / "one")
    dev, held_out = (chosen(pages, part=part) for part in ("dev", "held-out"))

    assert len(dev) + len(held_out) == 20
    assert 0 < len(held_out) < len(dev)
    bare = Page(
        "one", "x", Path(), {"url": pages[0].url.replace("www.", "") if pages[0].url else ""}
    )
    assert bare.held_out == pages[0].held_out
    assert chosen(pages, part="all", limit=5) == pages[::4]
    assert [json.loads(line)["url"] for line in listed(pages).splitlines()] == [
        p.url for p in pages
    ]


def test_a_floor_that_is_missed_says_by_how_much() -> None:
    floor = Floor("pages", "set", least={"body_f1": 0.9, "title": 0.5}, most={"date_wrong": 0.04})

    assert floor.missed({"body_f1": 0.9, "title": 0.6, "date_wrong": 0.04}) == []
    assert floor.missed({"body_f1": 0.89, "date_wrong": 0.05}) == [
        "pages/set: body_f1 0.89, at least 0.9",
        "pages/set: title not measured, at least 0.5",
        "pages/set: date_wrong 0.05, at most 0.04",
    ]
    assert len(floor.missed({"body_f1": float("nan"), "title": 1, "date_wrong": float("nan")})) == 2


def test_a_floor_that_asks_for_nothing_is_no_floor(tmp_path: Path) -> None:
    (tmp_path / "floors.toml").write_text("[pages.set]\nsample = 3\n")

    with pytest.raises(ValueError, match="neither `least` nor `most`"):
        floors(tmp_path / "floors.toml")


def test_a_folder_of_data_that_is_not_there_is_no_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWIRE_QUALITY_DATA", "nowhere")

    with pytest.raises(NotADirectoryError, match="give the data's"):
        data()


def test_the_report_says_the_same_in_every_form() -> None:
    result = {
        "made": "2026-11-26T08:00:00+00:00", "versions": {"a": "1.0"},
        "parts": {"dev": {"set<1>": {"steppewire": {"pages": 3, "body_f1": 0.5},
                                     "a": {"pages": 3}}}},
        "worst": {"set<1>": [("p", 0.1)]},
    }  # fmt: skip

    assert "| steppewire | 0.500 |\n| a | – |" in report.markdown(result)
    assert "Measured on 2026-11-26 with a 1.0." in report.markdown(result)
    assert "width:50.0%" in report.page(result)
    assert "set&lt;1&gt;" in report.page(result)
    assert report.table("dev", "set", result["parts"]["dev"]["set<1>"]).row_count == 2
