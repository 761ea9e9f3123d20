"""The fetcher's settings, and what follows from them for each source."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from steppewire.addresses import network
from steppewire.errors import PluginError
from steppewire.plugins import Source
from steppewire.settings import Settings, load
from steppewire_fetcher import __version__
from steppewire_fetcher.catalogue import Catalogue, load_catalogue, restrict
from steppewire_fetcher.lookup import DROPPED_IN
from steppewire_fetcher.visit import Manners

_CONTACT = re.compile(r"|https?://[^\s()]+|(mailto:)?[^\s()@:]+@[^\s()@]+")


def split(value: object) -> object:
    """Read a comma-separated list."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def networks(value: object) -> object:
    """Read a comma-separated list of networks; raise ValueError with the remedy."""
    return tuple(str(network(one)) for one in split(value) or ())  # type: ignore[attr-defined]


def routes(value: object) -> object:
    """Read `host=http://address,…` into a mapping; raise ValueError with the remedy."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in (split(value) or ())]  # type: ignore[attr-defined]
    for host, _, target in pairs:
        if not host or not target.startswith(("http://", "https://")):
            raise ValueError(
                f"{host!r} needs an address: give {host or 'host'}=http://127.0.0.1:8700"
            )
    return {host.strip(): target.strip() for host, _, target in pairs}


def reachable(value: str) -> str:
    """Return a contact as it may stand in a header; raise ValueError with the remedy."""
    if not _CONTACT.fullmatch(value):
        raise ValueError(f"{value!r} reaches nobody: give https://example.kz/bot or a mail address")
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)]
Networks = Annotated[tuple[str, ...], NoDecode, BeforeValidator(networks)]
Routes = Annotated[dict[str, str], NoDecode, BeforeValidator(routes)]


class FetcherSettings(Settings):
    """Settings of the fetcher."""

    blobs: str = "var/blobs"
    """Blob store of page bytes: a folder, or `file:///folder`."""
    sources: Names = ()
    """Names of the sources to run, separated by commas; empty: all that can be loaded."""
    sources_dir: Path | None = None
    """Folder of TOML files, one source each."""
    sites: Names = ()
    """Addresses of further sites, separated by commas; their feeds and sitemaps are looked for."""
    reroute: Routes = Field(default_factory=dict)
    """`host=http://address,…` (`*`: any host): where to send requests instead, as for the demo."""
    max_page_bytes: Annotated[int, Field(ge=1024)] = 10_000_000
    """Longest decoded page, feed or listing in bytes; a sitemap may have the protocol's 50 MiB."""
    max_links: Annotated[int, Field(ge=1)] = 500
    """Links taken from one feed, sitemap or listing at a time, the newest."""
    fetch_concurrency: Annotated[int, Field(ge=1)] = 32
    """Pages fetched at the same time by one fetcher, over all hosts."""
    poll_lanes: Annotated[int, Field(ge=0)] = 32
    """Sources looked at at the same time by one fetcher; 0: this one only fetches."""
    poll: Annotated[float, Field(ge=1)] | None = None
    """Seconds between two looks at a source, instead of what it says and its rhythm suggests."""
    slowest_poll: Annotated[float, Field(ge=0)] = 3600.0
    """Longest wait (seconds) that caching headers, a feed's hints or its rhythm make of `poll`."""
    pace: Annotated[float, Field(ge=0)] | None = None
    """Seconds between two requests to a host, instead of what each source says."""
    websub_callback: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    """Address under which feeds' hubs reach the health port; empty: feeds are only polled."""
    contact: Annotated[str, AfterValidator(reachable)] = ""
    """Address or mail that a site's operator can turn to; it is part of the User-Agent."""
    allow_networks: Networks = ()
    """Networks inside that may be connected to, separated by commas (`10.20.0.0/16`); else none."""
    challenge_wait: Annotated[float, Field(ge=0)] = 900.0
    """Seconds until a page that answered with a challenge is tried again."""

    def manners(self, source: Source) -> Manners:
        """Return how to behave on the pages of a source."""
        return Manners(
            agent=(source.user_agent or "{agent}").replace("{agent}", self.agent),
            pace=source.pace,
            timeout=source.timeout,
            limit=self.max_page_bytes,
            concurrency=source.concurrency,
        )

    @property
    def agent(self) -> str:
        """Who we say we are."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"steppewire/{__version__} (news reader{contact})"

    def catalogue(self) -> Catalogue:
        """Load the sources that these settings name, each with its poll and pace."""
        loaded = load_catalogue(folder=self.sources_dir, sites=self.sites)
        chosen = restrict(loaded, self.sources)
        adjusted = {name: self.adjusted(source) for name, source in chosen.sources.items()}
        return replace(chosen, sources=adjusted)

    def adjusted(self, source: Source) -> Source:
        """Return a source with the poll and pace that these settings ask for."""
        changes = {"poll": self.poll, "pace": self.pace}
        return source.model_copy(update={k: v for k, v in changes.items() if v is not None})


def at_hand() -> FetcherSettings:
    """Return the environment's settings for a command that a person runs where the newswire is."""
    settings = load(FetcherSettings)
    if settings.sources_dir is None and DROPPED_IN.is_dir():
        return settings.model_copy(update={"sources_dir": DROPPED_IN})
    return settings


def declared() -> tuple[list[Source], list[PluginError]]:
    """Return all sources that the environment names, and the faults of the others."""
    catalogue = at_hand().catalogue()
    return list(catalogue.sources.values()), catalogue.faults
