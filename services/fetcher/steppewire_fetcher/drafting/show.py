"""What was discovered and read, field by field, for a human to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steppewire.health.remedies import remedy

Json = Mapping[str, Any]

_WIDTH = 12
_LONG = 160
_NEWEST = 10


def article(read: Json, *, where: str = "") -> list[str]:
    """Return one article as it was read."""
    said = read["article"]
    text = [one if isinstance(one, str) else next(iter(one.values())) for one in said["paragraphs"]]
    letters = sum(map(str.isalpha, "".join(text)))
    rows: list[tuple[str, str]] = [
        ("address", where or said.get("url", "")),
        ("language", read.get("language") or "not told by address or page"),
        ("title", said.get("title", "")),
        ("lead", said.get("lead") or "none"),
        ("authors", ", ".join(said.get("authors", ())) or "none found"),
        ("published", said.get("published_at") or "not found"),
        *_known("modified", said.get("modified_at")),
        *_known("section", said.get("section")),
        *_known("tags", ", ".join(said.get("tags", ()))),
        *_known("images", str(len(said.get("images", ())) or "")),
        *_known("editions", ", ".join(said.get("translations", {}))),
        ("text", f"{len(text)} paragraphs, {letters} letters, read by {read['method']}"),
        *((f"  {at}", one) for at, one in _ends(text)),
        *_known("notes", ", ".join(read.get("facts", ()))),
        *(("!", text) for text in _remedies(read.get("facts", ()))),
    ]
    return [f"  {name:<{_WIDTH}}{_short(value)}" for name, value in rows]


def links(found: Sequence[Json]) -> list[str]:
    """Return the newest links, each with what is known of it before it is read."""
    rows = [
        f"  {one['url']}  {one.get('title') or ''}  {one.get('published') or ''}".rstrip()
        for one in found[:_NEWEST]
    ]
    more = len(found) - _NEWEST
    return [*rows, *([f"  and {more} more"] if more > 0 else [])]


def _ends(text: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs where mistakes show: the first two and the last two."""
    for at, one in enumerate(text, 1):
        if at <= 2 or at > len(text) - 2:
            yield str(at), one


def _remedies(facts: Sequence[str]) -> list[str]:
    """Return what to do about the facts of a reading: of two about the selectors, the first."""
    return [text for fact in facts if (text := remedy(fact))][:1]


def _known(name: str, value: str | None) -> list[tuple[str, str]]:
    return [(name, value)] if value else []


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"
