"""docs/how-to/enrich-texts.md is true: its commands are run, and answer as it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .console import ROOT, first_command, fits, output_of, shown_in, told

PAGE = (ROOT / "docs/how-to/enrich-texts.md").read_text("utf-8")
SHOWN = shown_in(PAGE)


@pytest.mark.parametrize("shown", SHOWN, ids=first_command)
def test_a_command_answers_as_the_page_shows(shown: str, tmp_path: Path) -> None:
    script, answers = told(shown)

    said = output_of(script, tmp_path)

    assert fits(answers, said), said


def test_every_field_is_explained() -> None:
    from steppewire_enricher.commands import Ask, Reader

    line = '{"id": 1, "title": "Ташкент", "text": "Встреча прошла 16 ноября в Ташкенте."}'
    told = json.loads(Reader(None, None)()(Ask("-", (line.encode(),))).text)
    fields = {*told, *told["entities"][0], *told["paragraphs"][0]}

    assert [name for name in sorted(fields) if f"`{name}`" not in PAGE] == []


def test_near_copies_are_found_as_the_page_shows() -> None:
    from steppewire_enricher.copies import sketch

    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    words = [f"сөз{n}" for n in range(100)]
    one, other = sketch(words), sketch([*words[:97], "басқа"])
    assert one
    assert other
    given: dict[str, Any] = {
        "one": {"sketch": one.encoded()},
        "other": {"sketch": other.encoded()},
    }
    exec(code.replace("1_000_000", "100"), given)

    assert given["first"] is None
    assert given["again"].number == 0
    assert 0.8 < given["again"].alike < 1


def test_a_page_that_shows_something_else_is_noticed() -> None:
    assert fits(["a …", "b"], "a 1\nb\n")
    assert not fits(["a …", "b"], "a 1\nc\n")
