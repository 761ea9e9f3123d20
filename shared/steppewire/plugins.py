"""What a news source is: plain data, written as Python or as TOML.

Ours and a stranger's come in by the same door: an entry point in the group `steppewire.sources`
that names a module (with a `SOURCE` or `SOURCES`, or with TOML files beside it), or a TOML file in
the sources folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from steppewire.engines import completed
from steppewire.errors import PluginError
from steppewire.installed import points
from steppewire.language.codes import real
from steppewire.rules import SiteRules

SOURCES_GROUP = "steppewire.sources"
HOOKS_GROUP = "steppewire.parser_hooks"
STAGES_GROUP = "steppewire.stages"
"""Entry points by which services offer functions to commands, each by its name:

`parse`, `enrich`: an event in, an event out; `rules`: a folder of sources in, source -> its rules
out; `owners`: returns a function from an address to its source, or None; `page`: a context that
holds a function from an address to the server's answer; `language`: an article and a hint in, the
tag of its language out.
"""
ENRICHERS_GROUP = "steppewire.enrichers"
"""Each names a function of an article and its enrichment, as plain values of JSON, that returns
what it adds; see `docs/how-to/add-an-enricher.md`."""
CATALOGUES_GROUP = "steppewire.catalogues"
"""Each names a function that returns all sources that can be loaded, and the faults of others."""


def offered(name: str) -> Any:
    """Return what an installed service offers under a name; None when none does.

    Raises PluginError when it cannot be loaded.
    """
    point = next(iter(points(STAGES_GROUP).select(name=name)), None)
    try:
        return point.load() if point else None
    except Exception as error:  # a package may raise anything on import
        raise PluginError(
            f"{point.value if point else name} cannot be loaded: {type(error).__name__}: {error}; "
            "repair that package"
        ) from None


Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Host = Annotated[str, Field(pattern=r"^[^\sA-Z/:@]+$")]
"""A host name in lower case, without scheme, port and path."""

_TAG = re.compile(r"^([a-z]{2,3})(-[A-Z][a-z]{3})?(-(?:[A-Z]{2}|\d{3}))?$")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"bad regular expression {pattern!r}: {error}") from None
    return pattern


def _language(tag: str) -> str:
    shape = _TAG.match(tag)
    if not shape:
        raise ValueError(f"{tag!r} is no language tag; write kk-Cyrl, uz-Latn, ru, …")
    return real(tag)


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression (Python's `re`), searched for in the whole URL."""
Tag = Annotated[str, AfterValidator(_language)]
"""A BCP 47 tag: language, script, region."""


Place = Annotated[
    str, Field(pattern=r"^(([a-z0-9.-]+)?(/\S*)?|\?[^\s=&]+=[^\s=&]+)$", min_length=1)
]
"""A host, the beginning of a path, or both (`kaz.site.kz`, `/oz/`, `site.kz/en/`), or one parameter
(`?lang=kk`)."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Point(_Declared):
    """Something that lists articles."""

    url: Url
    language: Tag | None = None
    """Of everything listed here, where address and source do not tell it."""


class _Paged(_Point):
    pages: int = Field(default=1, ge=1, le=100)
    """Most pages read in one look when `url` has a `{page}` (1, 2, …) or a `{day:%Y-%m-%d}`
    (today, yesterday, …); a page that lists nothing new ends it earlier."""


class Feed(_Point):
    """RSS, RDF, Atom or JSON Feed."""

    kind: Literal["feed"] = "feed"


class Sitemap(_Paged):
    """A sitemap, news sitemap or sitemap index, plain or gzipped (sitemaps.org 0.9)."""

    kind: Literal["sitemap"] = "sitemap"
    skip: tuple[Pattern, ...] = ()
    """Regular expressions: child sitemaps whose address matches one are not opened."""
    newest: int = Field(default=3, ge=1)
    """How many child sitemaps of an index to open, newest first."""


class Listing(_Paged):
    """An HTML page that lists articles."""

    kind: Literal["listing"] = "listing"
    links: str = "a[href]"
    """CSS selector of the links; the source's `article` pattern filters them further."""


class Api(_Paged):
    """A JSON answer that lists articles.

    `link` and the others are texts with `{path.to.field}` of one item: `https://a.kz/n/{id}`.
    `{date:%Y/%m/%d}` writes a date of the item as the site's addresses do (daryo.uz).
    """

    kind: Literal["api"] = "api"
    items: str = ""
    """Path to the list, such as `data.posts`; lists on the way are walked through. Empty: the whole
    answer."""
    link: str = "{link}"
    title: str = ""
    published: str = ""
    modified: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    """Request headers that the API asks for, such as `Accept-Language`."""


class Telegram(_Point):
    """The public preview of a Telegram channel: posts that link to articles of the source."""

    kind: Literal["telegram"] = "telegram"

    @property
    def channel(self) -> str:
        """The channel's name."""
        return urlsplit(self.url).path.rpartition("/")[2]


Discovery = Annotated[Feed | Sitemap | Listing | Api | Telegram, Field(discriminator="kind")]


class Source(_Declared):
    """One publication: where its articles are listed, how to know and to read them.

    What is not said follows from the engine, the country and the languages; see `engines`.
    """

    engine: str | None = None
    """Name of the engine that the site runs on (`wordpress`, …): its facts are taken over."""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    """Unique slug: `zakon.kz`."""
    title: str
    home: Url
    hosts: tuple[Host, ...]
    """Hosts whose pages belong to this source."""
    languages: tuple[Tag, ...] = ()
    """BCP 47 tags with script, main language first."""
    editions: dict[Place, Tag] = Field(default_factory=dict)
    """Where which language is: `/oz/` (beginning of a path), `kaz.site.kz` (host), both in one, or
    `?lang=kk`. The longest that fits an address wins."""
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """ISO 3166 code; gives the time zone."""
    discover: tuple[Discovery, ...] = ()
    """In order of preference; every point is polled. Empty: feeds and sitemaps are
    looked for at `home`."""
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

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, data: Any) -> Any:
        try:
            return completed(data) if isinstance(data, Mapping) else data
        except (TypeError, AttributeError):  # a list where a text belongs: the fields say it better
            return data

    def language_of(self, url: str) -> str | None:
        """Return the language that the address tells; that of the source if it has only one."""
        fits = [place for place in self.editions if _fits(place, url)]
        if fits:
            return self.editions[max(fits, key=lambda place: (place[0] != "/", len(place)))]
        return self.languages[0] if len(self.languages) == 1 else None

    def owns(self, url: str) -> bool:
        """Tell whether `url` looks like an article of this source."""
        return (
            _host_of(url) in self.hosts
            and (not self.article or any(re.search(p, url) for p in self.article))
            and not any(re.search(p, url) for p in self.exclude)
        )


def _fits(place: str, url: str) -> bool:
    host, slash, path = place.partition("/")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if place.startswith("?"):
        return place[1:] in parts.query.split("&")
    bare = (parts.hostname or "").removeprefix("www.")
    same = not host or bare == host.removeprefix("www.")
    return same and f"{parts.path}/".startswith(slash + path)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # what a page's links may hold: `https://[broken/`
        return None
