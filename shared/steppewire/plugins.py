"""What a news source is: plain data, written as Python or as TOML.

Ours and a stranger's come in by the same door: an entry point in the group `steppewire.sources`
that names a module with a `SOURCE` or a `SOURCES`, or a TOML file in the sources folder.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from steppewire.rules import SiteRules

SOURCES_GROUP = "steppewire.sources"
HOOKS_GROUP = "steppewire.parser_hooks"
STAGES_GROUP = "steppewire.stages"
"""Entry points by which services offer their pure functions to `steppewire replay`: `parse` and
`enrich`, each an event in, an event out, and `rules`: a folder of sources in, source -> its rules
out."""

Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Host = Annotated[str, Field(pattern=r"^[^\sA-Z/:@]+$")]
"""A host name in lower case, without scheme, port and path."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"bad regular expression {pattern!r}: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression (Python's `re`), searched for in the whole URL."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Feed(_Declared):
    """RSS or Atom."""

    kind: Literal["feed"] = "feed"
    url: Url
    language: str | None = None


class Sitemap(_Declared):
    """A sitemap, news sitemap or sitemap index, plain or gzipped (sitemaps.org 0.9)."""

    kind: Literal["sitemap"] = "sitemap"
    url: Url
    language: str | None = None
    skip: tuple[Pattern, ...] = ()
    """Regular expressions: child sitemaps whose address matches one are not opened."""
    newest: int = Field(default=3, ge=1)
    """How many child sitemaps of an index to open, newest first."""


class Listing(_Declared):
    """An HTML page that lists articles."""

    kind: Literal["listing"] = "listing"
    url: Url
    language: str | None = None
    links: str = "a[href]"
    """CSS selector of the links; the source's `article` pattern filters them further."""


Discovery = Annotated[Feed | Sitemap | Listing, Field(discriminator="kind")]


class Source(_Declared):
    """One publication: where its articles are listed, how to know and to read them."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    """Unique slug: `zakon.kz`."""
    title: str
    home: Url
    hosts: tuple[Host, ...]
    """Hosts whose pages belong to this source."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags with script, main language first."""
    country: str | None = None
    discover: tuple[Discovery, ...] = ()
    """Every discovery point is polled. Empty: feeds and sitemaps are looked for at `home`."""
    article: tuple[Pattern, ...] = ()
    """Regular expressions; an article's URL matches at least one (of the whole URL). Empty: any."""
    exclude: tuple[Pattern, ...] = ()
    """Regular expressions; a URL that matches one is no article."""
    rules: SiteRules = SiteRules()
    poll: float = Field(default=300, ge=1)
    """Seconds between two looks at the discovery points."""
    pace: float = Field(default=2.0, ge=0)
    """Seconds between two requests to the same host; robots.txt Crawl-delay wins if longer."""
    concurrency: int = Field(default=2, ge=1)
    """Requests to the same host at the same time, over all fetchers."""
    timeout: float = Field(default=30, gt=0)
    """Seconds that one whole request may take."""
    user_agent: str | None = None
    """Replaces ours where a site answers only to certain agents; `{agent}` stands for ours."""
    confidence: Literal["H", "M", "L"] = "L"
    """How sure we are of these facts; see docs/reference/sources.md."""
    checked: str | None = None
    """Date of the evidence, ISO 8601."""
    notes: str = ""

    def owns(self, url: str) -> bool:
        """Tell whether `url` looks like an article of this source."""
        return (
            _host_of(url) in self.hosts
            and (not self.article or any(re.search(p, url) for p in self.article))
            and not any(re.search(p, url) for p in self.exclude)
        )


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # what a page's links may hold: `https://[broken/`
        return None
