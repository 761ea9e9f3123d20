"""Each phrase of our lists does what it is for, and none eats the author's own words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from steppewire.rules import SiteRules
from steppewire_parser import phrases
from steppewire_parser.blocks import Block
from steppewire_parser.clean import clean

LINES = {
    name: text.strip().splitlines()
    for name, text in tomllib.loads(
        (Path(__file__).parent / "lines.toml").read_text("utf-8")
    ).items()
}
BEFORE = Block("Мост через реку открыли в понедельник, движение по нему идёт в обе стороны.")
AFTER = Block("Строители работали на нём три года, рассказал на открытии аким города.")
CUT = ("read also", "label", "credit", "on topic", "alone")


def cleaned(line: str) -> list[Block]:
    return clean([BEFORE, Block(line), AFTER], title="Мост", lead=None, rules=SiteRules())


@pytest.mark.parametrize("line", LINES["cut"])
def test_a_line_of_the_page_is_cut_and_nothing_around_it(line):
    assert cleaned(line) == [BEFORE, AFTER]


@pytest.mark.parametrize("line", LINES["background"])
def test_a_reminder_of_older_events_is_kept_and_marked(line):
    assert [(b.text, b.kind) for b in cleaned(line)] == [
        (BEFORE.text, "text"), (line, "background"), (AFTER.text, "text"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", LINES["kept"])
def test_the_authors_own_words_are_kept_as_they_are(line):
    assert cleaned(line) == [BEFORE, Block(line), AFTER]


@pytest.mark.parametrize("line", LINES["cut"])
def test_a_phrase_inside_a_sentence_is_left_alone(line):
    sentence = Block(f"Надпись на плакате у моста гласила: {line}")

    assert sentence in clean([BEFORE, sentence, AFTER], title="", lead=None, rules=SiteRules())


@pytest.mark.parametrize(
    ("name", "entry"),
    [(name, entry) for name, text in phrases.LISTS.items() for entry in text.strip().splitlines()],
)
def test_every_phrase_has_a_line_that_shows_it(name, entry):
    shown = LINES["background" if name == "background" else "cut"]

    assert any(phrases.starts(entry, line) for line in shown), f"add a line to lines.toml: {entry}"


def test_long_paragraphs_are_the_authors_even_when_they_start_like_a_label():
    long = Block("Следите за новостями, говорил он ученикам, и добавлял: " + "думайте. " * 25)

    assert long in clean([BEFORE, long, AFTER], title="", lead=None, rules=SiteRules())


def test_the_links_under_read_also_go_with_it():
    links = [Block("Мост закроют на ремонт", linked=1.0), Block("Как строили мост", linked=1.0)]
    heading = Block("Читайте также", "subhead")

    found = clean([BEFORE, heading, *links, AFTER], title="", lead=None, rules=SiteRules())

    assert found == [BEFORE, AFTER]
