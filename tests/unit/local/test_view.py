"""The live view, from what the API answers."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from steppewire.local.view import Picture, age, changed, progress, render, source_lines, stage_rows

STATS = {
    "stages": [
        {
            "stage": "fetcher",
            "totals": {"done": 84, "skip": 7},
            "lag": 3,
            "pending": 2,
            "delayed": 1,
            "oldest_lag": 4.0,
            "oldest_pending": 125.0,
            "outcomes": [
                {"outcome": "skip", "reason": "gone", "source": "a.kz", "count": 5},
                {"outcome": "skip", "reason": "robots", "source": "a.kz", "count": 2},
                {"outcome": "done", "reason": "", "source": "a.kz", "count": 84},
            ],
        }
    ]
}


def shown(picture: Picture) -> str:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render(picture))
    return console.export_text()


def test_a_stage_is_a_row_with_what_waits_and_how_it_ended():
    assert stage_rows(STATS) == [
        {
            "stage": "fetcher",
            "done": 84,
            "skip": 7,
            "reject": 0,
            "dead": 0,
            "retry": 0,
            "waiting": 5,
            "delayed": 1,
            "oldest": 125.0,
        }
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "·"), (3.4, "3 s"), (119.0, "119 s"), (125.0, "2 min"), (7300.0, "2 h"), (2e5, "2 d")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, told: str) -> None:
    assert age(seconds) == told


def test_the_picture_tells_address_reasons_and_headlines():
    headline = {"language": "kk-Cyrl", "source": "el.kz", "title": "Жаңа кітапхана ашылды"}

    text = shown(Picture("http://127.0.0.1:8080", "var", stats=STATS, headlines=[headline]))

    assert "http://127.0.0.1:8080" in text
    assert "gone 5 · robots 2" in text
    assert "2 min" in text
    assert "Жаңа кітапхана ашылды" in text


def test_before_the_api_answers_there_is_a_picture_all_the_same():
    assert "http://x" in shown(Picture("http://x", "var"))


def test_sources_that_cannot_be_read_are_named_with_the_cause():
    failing = {"name": "a.kz", "state": {"state": "failing", "last_error": "no such host"}}
    well = {"name": "b.kz", "state": {"state": "ok"}}

    assert source_lines([failing, well]) == [
        "1 of 2 sources cannot be read:",
        "  a.kz: no such host",
    ]
    assert source_lines([well, {"name": "new", "state": None}]) == []


def test_markup_in_a_headline_is_shown_and_not_obeyed():
    hostile = {"language": "en-Latn", "source": "x", "title": "[bold]not bold[/bold]"}

    assert "[bold]not bold[/bold]" in shown(Picture("http://x", "var", headlines=[hostile]))


def test_commands_to_the_terminal_in_a_headline_are_not_passed_on():
    hostile = {"language": "en-Latn", "source": "x", "title": "all \x1b[2J gone"}

    assert "\x1b" not in shown(Picture("http://x", "var", headlines=[hostile]))


def test_letters_that_wait_for_somebody_are_told_until_they_are_mended():
    waiting = {"stages": [{**STATS["stages"][0], "dead": 3}]}

    assert "dead letters: 3 (fetch 3; steppewire dead list)" in shown(
        Picture("http://x", "", stats=waiting)
    )
    assert "dead letters" not in shown(Picture("http://x", "", stats=STATS))


def test_a_broker_that_is_away_is_told_with_the_reason():
    away = {"stages": [], "broker": {"reachable": False, "reason": "no broker at redis://x"}}

    assert "no broker at redis://x" in shown(Picture("http://x", "", stats=away))


def test_a_broker_that_answers_and_cannot_write_is_told_too():
    full = {"stages": [], "broker": {"reachable": True, "reason": "cannot write to its disk"}}

    assert "cannot write to its disk" in shown(Picture("http://x", "", stats=full))


def test_a_line_of_progress_tells_of_stages_beside_the_path_only_where_they_work() -> None:
    idle = [
        {"stage": "store", "done": 0, "waiting": 0},
        {"stage": "webhooks", "done": 0, "waiting": 0},
    ]
    busy = [
        {"stage": "store", "done": 5, "waiting": 1},
        {"stage": "webhooks", "done": 0, "waiting": 2},
    ]

    assert progress(idle) == "store 0 (+0)"
    assert progress(busy) == "store 5 (+1)  webhooks 0 (+2)"


def test_trouble_is_told_once_and_that_it_is_over():
    trouble = ["1 of 9 sources cannot be read:", "  a.kz: gone"]

    assert changed([], trouble) == trouble
    assert changed(trouble, list(trouble)) == ()
    assert changed(trouble, []) == ["all is well again"]
    assert changed([], []) == ()
