"""Trying a source before it runs: what it says, what it would discover, what would be read.

`steppewire source check NAME|URL|file.toml [--live]`, or without that command
`python -m steppewire_fetcher.check`. Without `--live` nothing is asked of the site: its frozen
pages and lists are read. With it, every discovery point is read once, and the newest article.
Needs no broker.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from steppewire.errors import NotFound, PluginError, SettingError, SteppewireError, Verdict
from steppewire.events import ArticleDiscovered
from steppewire.health.remedies import remedy, remedy_of
from steppewire.near import hint
from steppewire.plugins import Discovery, Source
from steppewire.testing.frozen import frozen, read_page
from steppewire.testing.sources import OF_REAL_PAGES, PROMISES, problems
from steppewire_fetcher.alone import Oblivion, Tray, utc_now, visiting
from steppewire_fetcher.catalogue import read_toml
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.drafting import files, show
from steppewire_fetcher.judge import judge_page
from steppewire_fetcher.settings import FetcherSettings, at_hand
from steppewire_fetcher.sources.generic import generic
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Visitor


def find(what: str, settings: FetcherSettings) -> Source:
    """Return the source that is meant: a TOML file, an address, or a name.

    Raises PluginError for a file that is wrong, NotFound for what does not exist.
    """
    if what.endswith(".toml"):
        if not Path(what).is_file():
            raise NotFound(f"{what}: there is no such file")
        return settings.adjusted(read_toml(Path(what)))
    if "://" in what:
        try:
            return settings.adjusted(generic(what))
        except ValueError as error:
            raise NotFound(f"{what!r} is no address of a site ({error})") from None
    catalogue = settings.catalogue()
    for fault in catalogue.faults:
        print(f"! {fault}")
    if what in catalogue.sources:
        return catalogue.sources[what]
    meant = hint(what, catalogue.sources, "give its TOML file, or a name of `source list`")
    raise NotFound(f"no source is named {what[:100]!r}; {meant}")


def told(source: Source) -> str:
    """Return a declaration in a few lines."""
    points = [f"  {p.kind:8} {p.url}{_depth(p)}" for p in source.discover] or [
        "  (looked for at the home page)"
    ]
    head = f"{source.name}: {source.title} ({', '.join(source.languages) or 'any language'})"
    manners = f"poll {source.poll:g} s, pace {source.pace:g} s, confidence {source.confidence}"
    return "\n".join([head, manners, "discovery:", *points])


def _depth(point: Discovery) -> str:
    """Say how many pages are read of one that has several: one, where nobody has said more."""
    if "{page}" not in point.url and "{day:" not in point.url:
        return ""
    pages = getattr(point, "pages", 1)
    return f" ({pages} pages)" if pages > 1 else " (the first only: say `pages = 5` for more)"


def golden_of(what: str, source: Source, settings: FetcherSettings) -> Path | None:
    """Return the folder of a source's frozen documents: beside its file, or in a checkout."""
    beside = [Path(what).parent / "golden"] if what.endswith(".toml") else []
    dropped = [settings.sources_dir / "golden"] if settings.sources_dir else []
    known = (*beside, *dropped, files.PACK_GOLDEN)
    return next((one / source.name for one in known if (one / source.name).is_dir()), None)


def look_frozen(source: Source, folder: Path | None) -> bool:
    """Read the frozen pages and lists, and tell; False if something is not as expected."""
    if folder is None:
        print("no frozen pages: `steppewire source new URL` makes some; --live asks the site")
        return True
    for one in frozen(source, folder):
        print(f"{one.path.name}:")
        try:
            read = one.read()
        except (Verdict, ValueError) as why:
            print(f"  ! {why}")
            continue
        print("\n".join(show.article(read) if one.kind == "page" else _listed(read)))
    # in a user's own folder the frozen pages are the site's, not written by us
    asked = PROMISES if folder.parent == files.PACK_GOLDEN else OF_REAL_PAGES
    found = problems(source, folder, asked)
    print("\n".join(f"! {one}" for one in found) or "all as expected")
    return not found


def _listed(read: show.Json) -> list[str]:
    found = read.get("links", [])
    return [f"  {read['point']}: {len(found)} articles", *show.links(found)]


async def look(source: Source, settings: FetcherSettings) -> bool:
    """Read every discovery point, fetch the newest article, and tell; False if nothing is found."""
    async with visiting(settings) as visitor:
        tray = Tray()
        discoverer = Discoverer(
            visitor=visitor,
            surveyor=Surveyor(visitor, time.monotonic),
            memory=Oblivion(),
            door=tray,
            now=utc_now,
            manners=settings.manners,
            max_links=settings.max_links,
        )
        poll = await discoverer.poll(source)
        print(f"points {poll.points}, unreadable {poll.failed}, articles {poll.seen}")
        for line in wrong(poll.warnings, poll.error):
            print(f"! {line}")
        print("\n".join(show.links([_as_link(event) for event, _ in tray.links])))
        if not tray.links:
            return False
        return await _fetch_one(tray.links[0][0], source, settings, visitor)


def wrong(warnings: Mapping[str, int], error: str) -> list[str]:
    """Return what went wrong in a look, each thing once, with what to do about it."""
    told = [error] if error else []
    told += [
        f"{slug} ({count} times)" if count > 1 else slug
        for slug, count in warnings.items()
        if f" {slug}: " not in error  # it says where, too
    ]
    slugs = dict.fromkeys(warnings)
    return [*told, *(f"  {text}" for slug in slugs if (text := remedy(slug)))]


def _as_link(event: ArticleDiscovered) -> show.Json:
    published = event.published_hint.isoformat() if event.published_hint else None
    return {"url": event.url, "title": event.title_hint, "published": published}


async def _fetch_one(
    event: ArticleDiscovered, source: Source, settings: FetcherSettings, visitor: Visitor
) -> bool:
    answer = await visitor.visit(event.url, settings.manners(source))
    verdict = judge_page(answer, asked=event.url, now=utc_now(), challenge_wait=0)
    print(f"newest article: {answer.status} {answer.url}, {len(answer.body)} bytes, "
          f"{answer.content_type or 'no content type'}: {verdict or 'a page to keep'}")  # fmt: skip
    if verdict:
        return False
    try:
        read = read_page(
            source,
            answer.body,
            answer.url,
            at=utc_now(),
            published_hint=event.published_hint,
            content_type=answer.content_type,
        )
    except SettingError as error:  # as in the fetcher's container: discovery alone is worth a look
        print(f"  not read: {error}")
        return True
    except Verdict as why:
        print(f"  ! not read: {why}")
        print("\n".join(f"  !   {text}" for text in (remedy_of(str(why)),) if text), end="")
        return False
    print("\n".join(show.article(read, where=event.url)))
    return True


def check(what: str, *, live: bool) -> bool:
    """Check one source; False if something is wrong. Raises SteppewireError."""
    settings = at_hand()
    source = find(what, settings)
    print(told(source))
    if not live:
        return look_frozen(source, golden_of(what, source, settings))
    try:
        return asyncio.run(look(source, settings))
    except Verdict as verdict:
        raise PluginError(f"{source.name}: {verdict}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one source; return the exit status."""
    parser = argparse.ArgumentParser(prog="steppewire_fetcher.check", description=__doc__)
    parser.add_argument("what", help="name of a source, address of a site, or a TOML file")
    parser.add_argument("--live", action="store_true", help="ask the site")
    asked = parser.parse_args(arguments)
    try:
        return 0 if check(asked.what, live=asked.live) else 1
    except (SteppewireError, ValueError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", 2)


if __name__ == "__main__":
    sys.exit(main())
