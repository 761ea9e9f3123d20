"""An article as `steppewire parse` shows it to people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from steppewire.terminal import clean

NARROWEST, WIDEST = 40, 90
"""Columns of a text that can be read."""
_STYLES = {"bold": 1, "dim": 2, "italic": 3, "red": 31, "yellow": 33}
"""Numbers of the terminal's styles (ECMA-48, SGR)."""
_MARKS = {"list-item": "• ", "quote": "│ ", "background": "↩ ", "caption": "▣ "}


class Show:
    """Writes articles for a terminal, or for a file."""

    def __init__(self, *, width: int, colours: bool) -> None:
        self.width, self._colours = max(NARROWEST, min(width, WIDEST)), colours

    def article(self, record: Mapping[str, Any]) -> str:
        """Return one article, or why there is none, as lines."""
        if "refused" in record:
            return "\n".join(self._refused(record))
        blocks = [self._styled(self._wrapped(record["title"] or "(no title)"), "bold")]
        if record["lead"]:
            blocks.append(self._styled(self._wrapped(record["lead"]), "italic"))
        blocks.append("\n".join(self._about(record)))
        blocks += self._text(record["paragraphs"])
        if said := "\n".join(self._after(record)):
            blocks.append(said)
        return "\n\n".join(blocks)

    def between(self) -> str:
        """Return what stands between two articles."""
        return self._styled("─" * self.width, "dim")

    def _refused(self, record: Mapping[str, Any]) -> Iterator[str]:
        yield self._styled(f"{clean(record['file'])}: not read", "red")
        yield self._wrapped(f"{record['refused']}: {record['detail']}", "  ")

    def _about(self, record: Mapping[str, Any]) -> Iterator[str]:
        rows = (
            ("by", ", ".join(record["authors"])),
            ("published", record["published"]),
            ("modified", record["modified"]),
            ("language", record["language"]),
            ("section", record["section"]),
            ("tags", ", ".join(record["tags"])),
            ("address", record["url"]),
            ("read by", record["rule"]),
            ("file", record["file"] if record["file"] != record["url"] else None),
        )
        for name, value in rows:
            if value:
                yield self._styled(f"{name:<10}", "dim") + clean(" ".join(value.split()))

    def _text(self, paragraphs: Iterable[Mapping[str, str]]) -> Iterator[str]:
        listed: list[str] = []
        for paragraph in paragraphs:
            if paragraph["kind"] == "list-item":
                listed.append(self._paragraph(paragraph))
                continue
            yield from ("\n".join(listed),) if listed else ()
            listed = []
            yield self._paragraph(paragraph)
        yield from ("\n".join(listed),) if listed else ()

    def _paragraph(self, paragraph: Mapping[str, str]) -> str:
        kind = paragraph["kind"]
        text = self._wrapped(paragraph["text"], _MARKS.get(kind, ""))
        if kind == "subhead":
            return self._styled(text, "bold")
        return self._styled(text, "dim") if kind in ("background", "caption") else text

    def _after(self, record: Mapping[str, Any]) -> Iterator[str]:
        for image in record["images"]:
            caption = f"  {image['caption']}" if image["caption"] else ""
            yield self._styled("image     ", "dim") + clean(f"{image['url']}{caption}")
        for tag, url in record["translations"].items():
            yield self._styled(f"{tag:<10}", "dim") + clean(url)
        if record["warnings"]:
            told = f"warnings  {', '.join(record['warnings'])}"
            yield self._styled(told, "yellow")

    def _wrapped(self, text: str, mark: str = "") -> str:
        lines = textwrap.wrap(
            clean(text), self.width - len(mark), break_long_words=False, break_on_hyphens=False
        )
        rest = mark if mark == _MARKS["quote"] else " " * len(mark)
        return "\n".join(f"{rest if at else mark}{line}" for at, line in enumerate(lines))

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colours else text
