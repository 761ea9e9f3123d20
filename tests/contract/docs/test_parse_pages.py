"""docs/how-to/parse-pages.md is true: its commands are run, and answer as it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from .console import ROOT, first_command, fits, output_of, shown_in, told

PAGE = (ROOT / "docs/how-to/parse-pages.md").read_text("utf-8")
SHOWN = shown_in(PAGE)


@pytest.mark.parametrize("shown", SHOWN, ids=first_command)
def test_a_command_answers_as_the_page_shows(shown: str, tmp_path: Path) -> None:
    script, answers = told(shown)

    said = output_of(script, tmp_path)

    assert fits(answers, said), said


def test_every_field_is_explained() -> None:
    from steppewire.commands.inputs import Input
    from steppewire_parser.record import refusal

    assert [name for name in refusal(Input("a"), "b", "c") if f"`{name}`" not in PAGE] == []


def test_a_page_that_shows_something_else_is_noticed() -> None:
    assert fits(["a …", "b"], "a 1\nb\n")
    assert not fits(["a …", "b"], "a 1\nc\n")
