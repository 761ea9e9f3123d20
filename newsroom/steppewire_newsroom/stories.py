"""A story as it is written down: the one text from which both the page and the truth are made.

A body has one passage a line; the first character tells its kind::

    ## a subheading          > a quotation          - an item of a list
    ~ background ("Напомним, …")                    ! seen on the page, but no part of the article

Names are marked where they stand: `[Тоқаевтың](toqaev)` points at the register in `names.toml`,
`[Айгүл Серікова](person)` names somebody who is not in it. Soft hyphens and no-break spaces are
written as they reach the page; `clean` is what a reader would call the text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["text", "subhead", "quote", "list-item", "background", "noise"]

_MARK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)\)")
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("## ", "subhead"),
    ("> ", "quote"),
    ("- ", "list-item"),
    ("~ ", "background"),
    ("! ", "noise"),
)
_SPACES = re.compile(r"[ \t\n\u00a0\u202f\u2009]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `name` is the key it was marked with, empty for ordinary words."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class Passage:
    """One block of the body, still with its marks."""

    raw: str
    kind: Kind = "text"

    @property
    def shown(self) -> str:
        """The text as it reaches the page, soft hyphens and all."""
        return shown(self.raw)


@dataclass(frozen=True)
class Story:
    """One article of one site, in one version."""

    site: str
    number: str
    slug: str
    language: str
    """BCP 47 tag with script."""
    title: str
    published: datetime
    passages: tuple[Passage, ...]
    lead: str | None = None
    section: str = ""
    modified: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    photo: str = ""
    """Caption of the picture, as the page prints it."""
    story: str = ""
    """Shared by the translations of one story within a site."""
    copy_of: str = ""
    """`site number` of the story whose text this one repeats word for word."""
    quirks: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    """Other paths at which the same page is found, with the same rel=canonical."""
    moved_from: tuple[str, ...] = ()
    """Paths that redirect here, and that the site still lists."""
    version: int = 1

    @property
    def changed(self) -> datetime:
        """The last change."""
        return self.modified or self.published

    @property
    def article(self) -> tuple[Passage, ...]:
        """The passages that belong to the article."""
        return tuple(p for p in self.passages if p.kind != "noise")


def pieces(raw: str) -> Iterator[Piece]:
    """Split marked text into names and the words between them."""
    end = 0
    for match in _MARK.finditer(raw):
        if match.start() > end:
            yield Piece(raw[end : match.start()])
        yield Piece(match[1], match[2])
        end = match.end()
    if end < len(raw):
        yield Piece(raw[end:])


def shown(raw: str) -> str:
    """Return marked text without its marks."""
    return _MARK.sub(r"\1", raw)


def clean(text: str) -> str:
    """Return text as the truth has it: NFC, every space a plain one, no soft hyphens."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.replace("\u00ad", "")))


def passages(body: str) -> tuple[Passage, ...]:
    """Read a body, one passage a line."""
    return tuple(_passage(line.strip()) for line in body.splitlines() if line.strip())


def _passage(line: str) -> Passage:
    for sign, kind in _KINDS:
        if line.startswith(sign):
            return Passage(line.removeprefix(sign), kind)
    return Passage(line)


@cache
def first_edition(site: str) -> tuple[Story, ...]:
    """Return the stories of a site as first published, newest first."""
    return _ordered(_read(site, entry) for entry in _entries(site))


@cache
def second_edition(site: str) -> tuple[Story, ...]:
    """Return the stories of a site after the desk has edited some of them."""
    return _ordered(_edited(_read(site, entry), entry) for entry in _entries(site))


def _ordered(stories: Iterator[Story]) -> tuple[Story, ...]:
    return tuple(sorted(stories, key=lambda s: (s.published, s.number), reverse=True))


@cache
def _entries(site: str) -> tuple[dict[str, Any], ...]:
    text = files(__package__).joinpath("sites", f"{site}.toml").read_text("utf-8")
    return tuple(_with_text(entry) for entry in tomllib.loads(text)["article"])


def _with_text(entry: dict[str, Any]) -> dict[str, Any]:
    """Give a syndicated copy the words of its original."""
    if "copy_of" not in entry:
        return entry
    site, number = entry["copy_of"].split()
    original = next(e for e in _entries(site) if e["number"] == number)
    return {key: original[key] for key in _WORDS if key in original} | entry


_WORDS = ("title", "lead", "body", "language")


def _read(site: str, entry: Mapping[str, Any]) -> Story:
    return Story(
        site=site,
        passages=passages(entry["body"]),
        quirks=frozenset(entry.get("quirks", ())),
        **{key: _frozen(value) for key, value in entry.items() if key not in _OTHERWISE},
    )


_OTHERWISE = frozenset({"body", "quirks", "edit"})
"""Keys of an entry that are no fields of a story as they stand."""


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _edited(story: Story, entry: Mapping[str, Any]) -> Story:
    edit = entry.get("edit")
    if edit is None:
        return story
    return replace(
        story,
        title=edit.get("title", story.title),
        lead=edit.get("lead", story.lead),
        passages=passages(edit.get("body", entry["body"])),
        modified=edit["modified"],
        version=2,
    )
