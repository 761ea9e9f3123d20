"""What a source knows about its own pages. Rules are data: they ride on the fetched event,
so a new source needs no new parser."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

Selectors = tuple[str, ...]
"""CSS selectors in order of preference; the first that matches wins.

`selector@attribute` reads an attribute instead of the text
(`meta[property="article:published_time"]@content`)."""


class SiteRules(BaseModel):
    """Selectors, cut lines and date hints for one site's articles; every field may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Selectors = ()
    """The headline, where the page does not tell machines."""
    lead: Selectors = ()
    """The standfirst."""
    body: Selectors = ()
    """The container(s) of the text; its block elements become paragraphs."""
    author: Selectors = ()
    """Whoever signed."""
    published: Selectors = ()
    """When it was published; a date without an offset is in `timezone`."""
    modified: Selectors = ()
    """When it was last changed."""
    tags: Selectors = ()
    """Topics."""
    section: Selectors = ()
    """The part of the site."""
    drop: Selectors = ()
    """Removed inside the body before its text is read."""
    cut: tuple[str, ...] = ()
    """A paragraph that starts with one of these (any case) is left out."""
    stop: tuple[str, ...] = ()
    """The body ends before a paragraph that starts with one of these (any case)."""
    timezone: str = "Asia/Almaty"
    """IANA zone of dates that are written without an offset."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags the site publishes in: the order in which month names are tried."""
    hreflang: dict[str, str] = Field(default_factory=dict)
    """What the site's own codes for its languages mean: `oz` -> `uz-Latn`."""
    hook: str | None = None
    """Name of a parser hook (entry point group `steppewire.parser_hooks`), if one is installed."""


SELECTORS = ("title", "lead", "body", "author", "published", "modified", "tags", "section", "drop")
"""The fields that hold CSS selectors."""
