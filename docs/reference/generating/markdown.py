"""Pages and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

COMMAND = "python docs/reference/generate.py write"
NOTE = f"<!-- Written by `{COMMAND}`; change the code, not this page. -->"


def page(title: str, *blocks: str) -> str:
    """Return a page that says who writes it."""
    return "\n\n".join((f"# {title}", NOTE, *blocks)) + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table; a bar in a cell stays in it."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
