"""docs/explanation/failures.md names, for each of the failures, tests that the suite runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/explanation/failures.md").read_text("utf-8")
ROWS = {
    int(row[0]): row for row in re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
}
NEVER = {"skip", "xfail", "slow", "compose"}
"""Marks of tests that the suite does not run, or does not believe."""


def written() -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each test and the marks that it has as a whole."""
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = {
                    part.attr
                    for decorator in node.decorator_list
                    for part in [decorator.func if isinstance(decorator, ast.Call) else decorator]
                    if isinstance(part, ast.Attribute)
                }
                yield node.name, marks


TESTS = dict(written())


def test_all_failures_are_told_in_order() -> None:
    assert list(ROWS) == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 25


@pytest.mark.parametrize("number", ROWS)
def test_a_failure_has_tests_that_the_suite_runs(number: int) -> None:
    named = re.findall(r"`(test_\w+)`", ROWS[number][3])

    assert named
    assert [name for name in named if TESTS.get(name, NEVER) & NEVER] == []


def test_every_test_that_the_page_names_exists() -> None:
    assert {name for name in re.findall(r"`(test_\w+)`", PAGE) if name not in TESTS} == set()
