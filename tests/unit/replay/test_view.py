"""A diff that people can read: what changed, in colour, and nothing that acts on a terminal."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from rich.console import Console, RenderableType

from steppewire.commands.replay_view import change_page, findings_json, summary
from steppewire.events import ArticleParsed
from steppewire.replay.changes import Change, Difference
from steppewire.replay.run import Findings, Scope
from steppewire.testing.samples import parsed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCOPE = Scope("el.kz", NOON, NOON, NOON)


def drawn(what: RenderableType, *, colour: bool = False) -> str:
    out = io.StringIO()
    system = "standard" if colour else None
    Console(file=out, width=100, force_terminal=colour, color_system=system).print(what)
    return out.getvalue()


def change(event: ArticleParsed | None = None, **fields: Difference) -> Change:
    return Change("version", dict(fields), event or parsed())


def test_a_removed_paragraph_is_one_red_line() -> None:
    text = ({"text": "Мәзір", "kind": "text"}, {"text": "Мәтін", "kind": "text"})

    page = drawn(change_page(change(paragraphs=(list(text), [text[1]]))), colour=True)

    assert "\x1b[31m    - Мәзір" in page
    assert "Мәтін" not in page


def test_in_a_line_that_was_changed_the_words_are_marked() -> None:
    page = drawn(
        change_page(change(title=("Тоқаев келді бүгін", "Тоқаев кетті бүгін"))), colour=True
    )

    assert "\x1b[7;31mкелді" in page
    assert "\x1b[7;32mкетті" in page


def test_lines_that_have_nothing_in_common_are_not_marked() -> None:
    page = drawn(change_page(change(title=("Тоқаев келді", "Courts close"))), colour=True)

    assert "\x1b[7" not in page


def test_a_field_that_was_empty_only_gains() -> None:
    page = drawn(change_page(change(authors=([], ["А. Сәрсенов"]), lead=(None, "Сапар."))))

    assert "    + А. Сәрсенов\n" in page
    assert "    + Сапар.\n" in page
    assert "    -" not in page


def test_a_hundred_lost_paragraphs_are_told_by_their_number() -> None:
    many = [{"text": f"бөлім {n}", "kind": "text"} for n in range(100)]

    page = drawn(change_page(change(paragraphs=(many, []))))

    assert "бөлім 11" in page
    assert "бөлім 12" not in page
    assert "… 88 more lines" in page


def test_entities_pictures_and_translations_are_lines() -> None:
    person = {"type": "person", "name": "Тоқаев", "id": "person/t", "mentions": [1, 2]}
    picture = {"url": "https://el.kz/1.jpg", "caption": None}

    page = drawn(
        change_page(
            change(
                entities=([], [person]),
                images=([], [picture]),
                translations=({}, {"ru": "https://x"}),
            )
        )
    )

    assert "+ person: Тоқаев (person/t) ×2" in page
    assert "+ https://el.kz/1.jpg\n" in page
    assert "+ ru: https://x" in page


def test_what_a_site_wrote_never_acts_on_the_terminal() -> None:
    page = drawn(change_page(change(title=("[bold]\x1b[2J", "\x1b]0;owned\x07"))))

    assert "\x1b" not in page
    assert "\x07" not in page
    assert "[bold]" in page


def test_the_summary_counts_fields_and_tells_what_stays() -> None:
    found = Findings(looked_at=1200, unchanged=1190, versions=7)
    found.refused["no-article"], found.failed["fault-ValueError"] = 2, 1
    found.fields.update({"title": 3, "paragraphs": 7})

    page = drawn(summary(found, SCOPE, "steppewire-parser/0.1.0"))

    assert "1,200  looked at: el.kz, fetched since 2026-11-22 12:00 UTC" in page
    assert "no article any more (no-article): they stay as stored" in page
    assert "failed: fault-ValueError" in page
    assert page.index("paragraphs") < page.index("title")


def test_json_has_the_sample_in_full() -> None:
    found = Findings(versions=1, sample=[change(title=("A", "B"))])

    answer = json.loads(json.dumps(findings_json(found, SCOPE, "parse")))

    assert answer["sample"][0]["fields"] == {"title": {"old": "A", "new": "B"}}
    assert (answer["changed"], answer["since"]) == (1, "2026-11-22T12:00:00+00:00")
