"""`steppewire source new` and `steppewire source check`: the fetcher's part of the command."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from steppewire.errors import NotFound, Verdict
from steppewire.health.remedies import remedy_of
from steppewire.plugins import Source
from steppewire.testing.frozen import read_page
from steppewire.testing.sources import OF_REAL_PAGES, PROMISES, problems
from steppewire_fetcher import check as checking
from steppewire_fetcher.alone import utc_now, visiting
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.drafting import files, show
from steppewire_fetcher.drafting.proposal import Draft, Json, propose
from steppewire_fetcher.drafting.scout import Scout
from steppewire_fetcher.lookup import DROPPED_IN
from steppewire_fetcher.settings import FetcherSettings, at_hand
from steppewire_fetcher.sources.generic import generic

What = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A name, a TOML file, or a URL.")]


def check(
    what: What, live: Annotated[bool, typer.Option("--live", help="Ask the site.")] = False
) -> None:
    """Show what a source would discover and read, field by field."""
    raise typer.Exit(0 if checking.check(what, live=live) else 1)


def new(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's front page.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder of TOML sources.", show_default="STEPPEWIRE_SOURCES_DIR"),
    ] = None,
    pack: Annotated[
        bool, typer.Option("--pack", help="Write into the pack of this checkout of steppewire.")
    ] = False,
    country: Annotated[
        str | None,
        typer.Option(help="KZ, UZ, …: gives the time zone.", show_default="by the domain"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Write a source for a site: find its lists, read some articles, show what came of it."""
    settings = at_hand()
    places = (
        files.in_pack(Path())
        if pack
        else files.in_folder(folder or settings.sources_dir or DROPPED_IN)
    )
    if country and not (len(country) == 2 and country.isalpha()):
        raise NotFound(f"--country {country!r} is no country; give two letters such as KZ")
    likely = site_at(url, settings).name  # before anything is made
    files.ready(places)
    files.place_of(likely, places, force=force)  # before the site is asked for a minute
    if sys.stderr.isatty():
        typer.echo(f"looking at {url}, at its pace: this takes a minute …", err=True)
    draft = asyncio.run(drafted(url, settings, country.upper() if country else None))
    written = files.write(draft, places, utc_now(), force=force)
    typer.echo("\n".join(_report(draft, written, places)))


def site_at(url: str, settings: FetcherSettings) -> Source:
    """Return what is known of a site by its address alone. Raises NotFound when it is none."""
    try:
        return settings.adjusted(generic(url))
    except ValueError as error:
        raise NotFound(
            f"{url!r} is no address of a site ({error}); give https://example.kz"
        ) from None


async def drafted(url: str, settings: FetcherSettings, country: str | None) -> Draft:
    """Look at a site and propose a source. Raises NotFound when it is no news site."""
    site = site_at(url, settings)
    async with visiting(settings) as visitor:
        found = await Scout(visitor, settings.manners(site), utc_now).look(site.home)
    reasons: list[Verdict] = []
    try:
        return await asyncio.to_thread(
            propose, found, partial(read, told=reasons), country=country, now=utc_now()
        )
    except NotFound as error:
        if not reasons:
            raise
        why = Counter(map(str, reasons)).most_common(1)[0][0]
        what_to_do = remedy_of(why)
        raise NotFound(f"{error}. Why not: {why}{what_to_do and f'; {what_to_do}'}") from None


def read(source: Source, page: Answer, *, told: list[Verdict] | None = None) -> Json | None:
    """Read a page as the parser would; None when it is no article, and `told` says why."""
    try:
        return read_page(source, page.body, page.url, at=utc_now(), content_type=page.content_type)
    except Verdict as why:
        if told is not None:
            told.append(why)
        return None


def _report(draft: Draft, written: list[Path], places: files.Places) -> list[str]:
    source = draft.source
    lines = [f"wrote {written[0]}:", ""]
    lines += [f"  {line}" for line in written[0].read_text("utf-8").splitlines()]
    lines += ["", *(f"wrote {path}" for path in written[1:]), "", "discovery:"]
    for one in draft.listed:
        ours = sum(source.owns(link.url) for link in one.links)
        lines.append(f"  {one.point.kind:8} {one.point.url}: {ours} of {len(one.links)} links")
    for page in draft.pages:
        lines += ["", "article:", *show.article(read(source, page) or {}, where=page.url)]
    asked = PROMISES if places.generator else OF_REAL_PAGES
    wrong = problems(source, places.golden / source.name, asked)
    lines += ["", "now read this with your own eyes, and look at:"]
    lines += [f"! {doubt}" for doubt in (*draft.doubts, *wrong)] or ["  nothing seems odd"]
    return [*lines, *_next(written[0], pack=places.generator is not None)]


def _next(path: Path, *, pack: bool) -> list[str]:
    if pack:
        return ["then put invented stories into the frozen pages (never copy a text), and run "
                "make golden: see docs/how-to/add-a-source.md"]  # fmt: skip
    return [f"change {path} as you like, and try it: steppewire source check {path}"]
