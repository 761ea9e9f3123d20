"""What every article of the newsroom really says, and how every bad page must end.

Made from the same stories as the pages, so that neither can drift from the other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.publishers.site import Site
from steppewire_newsroom.stories import Kind, Story, clean, pieces, shown
from steppewire_newsroom.trouble import BAD_PAGES, PROBLEMS, BadPage, SourceProblem

__all__ = [
    "BadPage",
    "SourceProblem",
    "TrueEntity",
    "TrueMention",
    "Truth",
    "as_json",
    "bad_pages",
    "source_problems",
    "truth",
]

EntityType = Literal["PERSON", "ORGANISATION", "GPE", "LOCATION"]


@dataclass(frozen=True)
class TrueMention:
    """One place where a name stands; offsets count code points, as in `steppewire.events`."""

    field: Literal["title", "lead", "text"]
    start: int
    end: int
    surface: str


@dataclass(frozen=True)
class TrueEntity:
    """Somebody or something that the article names."""

    type: EntityType
    key: str
    """The same in every language (`person/toqaev-qasym-jomart`); empty when not in the register."""
    name: str
    """Normal form in the article's language; the first surface when not in the register."""
    mentions: tuple[TrueMention, ...]

    @property
    def surfaces(self) -> tuple[str, ...]:
        """The different forms in which it is named."""
        return tuple(dict.fromkeys(m.surface for m in self.mentions))


@dataclass(frozen=True)
class Truth:
    """One version of one article, as a perfect reader would record it."""

    source: str
    """Name of the source, as in `steppewire.plugins.Source.name`."""
    url: str
    """The canonical URL."""
    urls: tuple[str, ...]
    """Every address that leads to it, the canonical one first."""
    version: int
    """1, or 2 after the edit."""
    language: str
    """BCP 47 tag with script."""
    title: str
    lead: str | None
    """Standfirst, where the site prints one apart from the body."""
    paragraphs: tuple[str, ...]
    kinds: tuple[Kind, ...]
    """One for each paragraph."""
    authors: tuple[str, ...]
    published_at: datetime
    modified_at: datetime | None
    tags: tuple[str, ...]
    section: str
    entities: tuple[TrueEntity, ...]
    translations: tuple[tuple[str, str], ...]
    """(hreflang, URL), as the page declares them."""
    copy_of: str | None
    """Canonical URL of the article on another site whose text this one repeats."""
    quirks: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs joined by blank lines: what offsets into "text" count in."""
        return "\n\n".join(self.paragraphs)


def truth(edited: bool = False) -> list[Truth]:
    """Return every article; after the edit the edited ones in both versions, older one first."""
    return [_truth(site, story) for site in SITES for story in _versions(site, edited)]


def bad_pages() -> tuple[BadPage, ...]:
    """Return every page that must not become an article, or only after a retry."""
    return BAD_PAGES


def source_problems() -> tuple[SourceProblem, ...]:
    """Return the discovery points that answer with something else than they should."""
    return PROBLEMS


def as_json(edited: bool = False) -> dict[str, Any]:
    """Return the whole truth as JSON values (times as ISO 8601)."""
    return {
        "articles": [_jsonable(asdict(item)) for item in truth(edited)],
        "bad_pages": [asdict(page) for page in bad_pages()],
        "source_problems": [asdict(problem) for problem in source_problems()],
    }


def _jsonable(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in fields.items()}


def _versions(site: Site, edited: bool) -> Iterator[Story]:
    yield from site.stories(edited=False)
    if edited:
        yield from (story for story in site.stories(edited=True) if story.version > 1)


def _truth(site: Site, story: Story) -> Truth:
    article = story.article
    return Truth(
        source=site.source,
        url=site.url(story),
        urls=tuple(site.base + path for path in site.paths(story)),
        version=story.version,
        language=story.language,
        title=clean(shown(story.title)),
        lead=clean(shown(story.lead)) if story.lead else None,
        paragraphs=tuple(clean(passage.shown) for passage in article),
        kinds=tuple(passage.kind for passage in article),
        authors=story.authors,
        published_at=story.published,
        modified_at=story.modified,
        tags=story.tags,
        section=story.section,
        entities=_entities(story),
        translations=site.translations(story),
        copy_of=_original(story),
        quirks=tuple(sorted(story.quirks)),
    )


def _original(story: Story) -> str | None:
    if not story.copy_of:
        return None
    key, number = story.copy_of.split()
    site = next(site for site in SITES if site.key == key)
    return next(site.url(s) for s in site.stories(edited=False) if s.number == number)


def _entities(story: Story) -> tuple[TrueEntity, ...]:
    """Collect the marked names; equal keys (or equal unregistered surfaces) are one entity."""
    found: dict[str, list[TrueMention]] = {}
    for name, mention in _mentions(story):
        found.setdefault(_identity(name, mention.surface), []).append(mention)
    return tuple(_entity(key, mentions, story.language) for key, mentions in found.items())


def _identity(name: str, surface: str) -> str:
    return f"{name}:{surface}" if name in _TYPES else name


def _entity(identity: str, mentions: Sequence[TrueMention], language: str) -> TrueEntity:
    name, _, surface = identity.partition(":")
    if surface:
        return TrueEntity(_TYPES[name], "", surface, tuple(mentions))
    entry = register()[name]
    return TrueEntity(
        entry["type"], entry["id"], entry["names"].get(language, mentions[0].surface),
        tuple(mentions),
    )  # fmt: skip


_TYPES: dict[str, EntityType] = {
    "person": "PERSON",
    "organisation": "ORGANISATION",
    "place": "GPE",
}


def _mentions(story: Story) -> Iterator[tuple[str, TrueMention]]:
    yield from _mentions_in("title", story.title, 0)
    yield from _mentions_in("lead", story.lead or "", 0)
    start = 0
    for passage in story.article:
        yield from _mentions_in("text", passage.raw, start)
        start += len(clean(passage.shown)) + len("\n\n")


def _mentions_in(
    field: Literal["title", "lead", "text"], raw: str, start: int
) -> Iterator[tuple[str, TrueMention]]:
    for piece in pieces(raw):
        surface = clean(piece.text)
        end = start + len(surface)
        if piece.name:
            yield piece.name, TrueMention(field, start, end, surface)
        start = end


@cache
def register() -> dict[str, dict[str, Any]]:
    """Return the known names: key -> type, id and normal form in each language."""
    text = files(__package__).joinpath("names.toml").read_text("utf-8")
    return {
        key: {
            "type": entry.get("type", _TYPES[kind]),
            "id": f"{kind}/{entry.get('id', key)}",
            "names": _names(entry),
        }
        for kind, entries in tomllib.loads(text).items()
        for key, entry in entries.items()
    }


def _names(entry: dict[str, str]) -> dict[str, str]:
    short = {"kk": "kk-Cyrl", "ru": "ru-Cyrl", "uz": "uz-Latn", "uzc": "uz-Cyrl", "en": "en-Latn"}
    return {tag: entry[key] for key, tag in short.items() if key in entry}
