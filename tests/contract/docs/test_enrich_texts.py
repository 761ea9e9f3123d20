"""docs/how-to/enrich-texts.md is true: its commands are run, and answer as it shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/how-to/enrich-texts.md").read_text("utf-8")
SHOWN = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the commands are run: the checkout's pages are there, and what they write is not."""
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    return tmp_path


def told(shown: str) -> tuple[str, list[str]]:
    """Return the commands of a block, as a script, and the lines that they answer with."""
    commands, answers = [], []
    for line in shown.splitlines():
        begins, rest = line[:2], line[2:]
        (commands if begins in ("$ ", "> ") else answers).append(
            rest if begins in ("$ ", "> ") else line
        )
    return "\n".join(commands), answers


def fits(answers: list[str], output: str) -> bool:
    """Compare; `…` stands for anything."""
    pattern = re.escape("\n".join(answers)).replace("…", ".*")
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.splitlines()[0][2:60])
def test_a_command_answers_as_the_page_shows(shown: str, place: Path) -> None:
    script, answers = told(shown)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=place,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert fits(answers, done.stdout), done.stdout


def test_every_field_is_explained() -> None:
    from steppewire_enricher.commands import Ask, Reader

    line = '{"id": 1, "title": "Ташкент", "text": "Встреча прошла 16 ноября в Ташкенте."}'
    told = json.loads(Reader(None, None)()(Ask("-", line.encode())).text)
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
