"""What `steppewire enrich` is given: texts, articles as JSON, or lines of these."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from steppewire.commands.inputs import Unread
from steppewire.events import Article, Paragraph

KINDS = "a text file, an article as JSON, JSON lines, or - for JSON lines on standard input"
WANTED = 'write an object with "text" and, if known, "title", "language", "published"'
_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE = re.compile(r"[^\S\n]*\n[^\S\n]*")


@dataclass(frozen=True)
class Given:
    """One text to enrich."""

    name: str
    """The file it came from, or `-`."""
    text: str
    title: str = ""
    language: str | None = None
    """What it is said to be written in."""
    published: datetime | None = None
    url: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Marks of the asker (`id`, `file`), handed back as they came."""


def given_of(name: str, data: bytes) -> Given:
    """Read what stands in a file: JSON if it is an object, else plain text. Raises Unread."""
    text = data.decode("utf-8-sig", "replace")
    if name.endswith(".json") or (text.lstrip()[:1] == "{" and text.rstrip()[-1:] == "}"):
        return given_of_json(name, text)
    return Given(name, text.replace("\r\n", "\n"))


def given_of_json(name: str, line: str | bytes) -> Given:
    """Read one JSON object: with `text`, or as `steppewire parse --jsonl` writes it."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unread("bad-json", f"no JSON ({str(error)[:100]}): {WANTED}") from None
    if not isinstance(said, dict):
        raise Unread("bad-json", f"JSON, but no object: {WANTED}")
    article = said["article"] if isinstance(said.get("article"), dict) else said
    return Given(
        name=name,
        text=_text_of(article),
        title=_string(article, "title"),
        language=_string(article, "language") or None,
        published=_moment(_string(article, "published") or _string(article, "published_at")),
        url=_string(article, "url"),
        more={key: said[key] for key in ("id", "file") if key in said},
    )


def _text_of(article: Mapping[str, Any]) -> str:
    for key in ("text", "body"):
        if isinstance(article.get(key), str):
            return str(article[key])
    paragraphs = article.get("paragraphs")
    if isinstance(paragraphs, list) and paragraphs:
        lead = [_string(article, "lead")] if article.get("lead") else []
        return "\n\n".join([*lead, *(_paragraph(p) for p in paragraphs)])
    raise Unread("no-text", f"nothing to read in it: {WANTED}")


def _paragraph(value: Any) -> str:
    return _string(value, "text") if isinstance(value, dict) else str(value)


def _string(of: Mapping[str, Any], key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.astimezone()


@dataclass(frozen=True)
class Cut:
    """A text in paragraphs, and where each of them stands in it."""

    paragraphs: tuple[str, ...]
    starts: tuple[int, ...]

    def places(self) -> Iterator[tuple[int, int, int]]:
        """Yield for each paragraph its begin in the joined text, its end there, and its start."""
        at = 0
        for text, start in zip(self.paragraphs, self.starts, strict=True):
            yield at, at + len(text), start
            at += len(text) + len("\n\n")


def cut(text: str) -> Cut:
    """Cut a text into paragraphs: at blank lines; where there are none, at the ends of lines."""
    border = _BLANK if _BLANK.search(text.strip()) else _LINE
    pieces: list[tuple[int, str]] = []
    at = 0
    for match in border.finditer(text):
        pieces.append((at, text[at : match.start()]))
        at = match.end()
    pieces.append((at, text[at:]))
    kept = [(start + _margin(piece), piece.strip()) for start, piece in pieces if piece.strip()]
    return Cut(tuple(piece for _, piece in kept), tuple(start for start, _ in kept))


def _margin(piece: str) -> int:
    return len(piece) - len(piece.lstrip())


def article_of(one: Given, pieces: Cut) -> Article:
    """Return a text as the article that the recipe reads; unchecked, for it stays in here."""
    construct = Paragraph.model_construct
    return Article.model_construct(
        article_id="", version_id="", url=one.url, source="", title=one.title, lead=None,
        paragraphs=tuple(construct(text=text, kind="text") for text in pieces.paragraphs),
        published_at=one.published,
    )  # fmt: skip
