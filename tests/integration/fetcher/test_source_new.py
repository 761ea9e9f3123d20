"""`steppewire source new`: a source is written from nothing but an address, and it is right."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from steppewire.errors import NotFound
from steppewire.plugins import Source
from steppewire.testing.frozen import frozen
from steppewire.testing.site import PAGE, Reply, Site, reply
from steppewire_fetcher.alone import Oblivion, Tray, utc_now, visiting
from steppewire_fetcher.catalogue import read_toml
from steppewire_fetcher.commands import drafted, read
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.drafting import files
from steppewire_fetcher.settings import FetcherSettings, routes
from steppewire_fetcher.survey import Surveyor
from steppewire_newsroom import bad_pages, reroute, serve, truth
from steppewire_newsroom.truth import Truth

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / files.PACK_GOLDEN
PACK = ROOT / files.PACK
CLOSE = 0.93
"""Where a site prints its lead inside the text, a draft leaves it there (gazeta.uz)."""
HOMES = {
    "zakon.kz": "https://www.zakon.kz/",
    "kaz.zakon.kz": "https://kaz.zakon.kz/",
    "el.kz": "https://el.kz/",
    "tengrinews.kz": "https://tengrinews.kz/",
    "inform.kz": "https://www.inform.kz/",
    "gazeta.uz": "https://www.gazeta.uz/",
    "kun.uz": "https://kun.uz/",
    "timesca.com": "https://timesca.com/",
    "24.kg": "https://24.kg/",
}


@dataclass(frozen=True)
class Made:
    """A source made from an address, as it is read back from its file."""

    source: Source
    truth: list[Truth]
    path: Path
    found: set[str]
    reads: dict[str, Any]


@pytest.fixture
async def newsroom() -> AsyncIterator[FetcherSettings]:
    async with serve() as port:
        yield FetcherSettings(reroute=routes(reroute(port)), pace=0.0)  # type: ignore[arg-type]


@pytest.fixture(params=HOMES)
async def made(request: pytest.FixtureRequest, newsroom: FetcherSettings, tmp_path: Path) -> Made:
    draft = await drafted(HOMES[request.param], newsroom, None)
    [path, *_] = files.write(draft, files.in_folder(tmp_path), utc_now())
    source = newsroom.adjusted(read_toml(path))
    real = [one for one in truth() if one.source == request.param]
    found, reads = await used(source, newsroom, real)
    return Made(source, real, path, found, reads)


async def used(
    source: Source, settings: FetcherSettings, real: list[Truth]
) -> tuple[set[str], dict[str, Any]]:
    """Discover and read by a source as a fetcher and a parser would."""
    async with visiting(settings) as visitor:
        tray = Tray()
        await Discoverer(
            visitor=visitor,
            surveyor=Surveyor(visitor, time.monotonic),
            memory=Oblivion(),
            door=tray,
            now=utc_now,
            manners=settings.manners,
        ).poll(source)
        pages = {one.url: await visitor.visit(one.url, settings.manners(source)) for one in real}
    reads = {url: read(source, page) for url, page in pages.items()}
    return {event.url for event, _ in tray.links}, reads


def words(article: dict[str, Any]) -> list[str]:
    said = article["paragraphs"]
    return [one if isinstance(one, str) else next(iter(one.values())) for one in said]


def test_a_written_source_discovers_every_article_of_its_site_and_reads_it_right(
    made: Made,
) -> None:
    said = [line for line in made.path.read_text().splitlines() if line and line[0] != "#"]
    gone = {page.url for page in bad_pages()}

    assert len(said) <= files.MAX_LINES
    assert made.found - {url for real in made.truth for url in real.urls} <= gone
    for real in made.truth:
        assert set(real.urls) & made.found, real.url
        is_as_it_was_written(made.reads[real.url], real)
    is_frozen(made)


def is_as_it_was_written(reading: dict[str, Any], real: Truth) -> None:
    article = reading["article"]
    assert article["title"] == real.title
    assert words(article) == list(real.paragraphs)
    assert article.get("lead") == real.lead
    assert article.get("authors", []) == list(real.authors)
    assert datetime.fromisoformat(article["published_at"]) == real.published_at
    assert reading["language"] == real.language


def is_frozen(made: Made) -> None:
    """Pages and lists stand beside it, and read as they say; the table has its row."""
    documents = frozen(made.source, made.path.parent / "golden" / made.source.name)

    assert {one.kind for one in documents} > {"page"}
    assert all(one.expected == one.read() for one in documents)
    assert f"| `{made.source.name}` |" in (made.path.parent / files.TABLE).read_text()


# Golden pages, played as a site


@pytest.mark.parametrize("name", ["el.kz", "baq.kz", "zakon.kz", "gazeta.uz"])
async def test_pages_in_a_sites_own_markup_are_read_as_its_golden_pages_say(
    site: Site, name: str
) -> None:
    known = read_toml(PACK / f"{name}.toml")
    pages = [one for one in frozen(known, GOLDEN / name) if one.kind == "page"]
    home = known.home
    links = "".join(f'<a href="{one.expected["url"]}">x</a>' for one in pages)
    site.replies[urlsplit(home).netloc + "/"] = reply(f"<html><body>{links}</body></html>".encode())
    for one in pages:
        url = urlsplit(one.expected["url"])
        site.replies[url.netloc + url.path] = reply(one.path.read_bytes())

    draft = await drafted(home, FetcherSettings(reroute={"*": site.url}, pace=0.0), None)

    assert len(draft.pages) == len(pages)
    for one in pages:
        page = next(page for page in draft.pages if page.url == one.expected["url"])
        reading = read(draft.source, page)
        assert reading is not None
        assert draft.source.owns(page.url)
        assert reading["article"]["title"] == one.expected["article"]["title"]
        assert alike(words(reading["article"]), words(one.expected["article"])) > CLOSE
        assert reading["article"]["published_at"] == one.expected["article"]["published_at"]
        assert reading["language"] == one.expected["language"]


def alike(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, "\n".join(one), "\n".join(other), autojunk=False).ratio()


# What is no news site

SHOP = b"""<!doctype html><html><title>Shop</title><body><h1>Carpets</h1>
<a href="/carpets">Carpets</a><a href="/cart">Cart</a><a href="/contacts">Contacts</a>"""
GOODS = b"".join(b'<a href="/red-carpet-of-wool-%d">Red</a>' % at for at in range(5))


@pytest.mark.parametrize(
    ("front", "why"),
    [
        (reply(SHOP), "links to nothing that looks like an article"),
        (reply(SHOP + GOODS), "none is an article"),
        (reply(b"%PDF-1.4"), "it answers binary, not a page"),
        (reply(b"", 404), "cannot be read: gone"),
        (reply(PAGE, 503), "cannot be read: server-error"),
    ],
)
async def test_what_is_no_news_site_is_told_in_one_line(site: Site, front: Reply, why: str) -> None:
    site.replies["/"] = front
    for at in range(5):
        site.replies[f"/red-carpet-of-wool-{at}"] = reply(SHOP)

    with pytest.raises(NotFound, match=why) as told:
        await drafted("https://shop.kz", FetcherSettings(reroute={"*": site.url}, pace=0.0), None)

    assert "\n" not in str(told.value)


async def test_a_site_whose_robots_txt_bars_us_is_left_alone(site: Site) -> None:
    site.replies["/robots.txt"] = reply(b"User-agent: *\nDisallow: /\n")

    with pytest.raises(NotFound, match=r"robots\.txt bars"):
        await drafted("https://shop.kz", FetcherSettings(reroute={"*": site.url}, pace=0.0), None)

    assert site.paths() == []


# The command


def steppewire(
    *arguments: str | Path, at: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    command = [sys.executable, "-m", "steppewire.cli", *map(str, arguments)]
    return subprocess.run(command, env=clean | environment, cwd=at, capture_output=True, text=True)


def test_a_source_that_is_there_is_told_before_the_site_is_asked(tmp_path: Path) -> None:
    (tmp_path / "kun.uz.toml").touch()

    nobody = {"STEPPEWIRE_REROUTE": "*=http://127.0.0.1:1"}
    told = steppewire("source", "new", "https://www.kun.uz", "--folder", tmp_path, **nobody)

    assert told.returncode == 64
    assert "say --force" in told.stderr


async def test_the_command_writes_a_source_and_another_tries_it(tmp_path: Path) -> None:
    async with serve() as port:
        given = {"STEPPEWIRE_REROUTE": reroute(port), "STEPPEWIRE_PACE": "0"}
        run = partial(asyncio.to_thread, steppewire)

        made = await run("source", "new", "https://kun.uz", "--folder", tmp_path, **given)
        again = await run("source", "new", "https://kun.uz", "--folder", tmp_path, **given)
        tried = await run("source", "check", tmp_path / "kun.uz.toml", **given)
        live = await run("source", "check", tmp_path / "kun.uz.toml", "--live", **given)

    assert made.returncode == 0, made.stderr
    assert "now read this with your own eyes" in made.stdout
    assert "published   2026-11-19T" in made.stdout
    assert again.returncode == 64
    assert "say --force" in again.stderr
    assert (tried.returncode, live.returncode) == (0, 0), tried.stdout + live.stderr
    assert "all as expected" in tried.stdout
    assert "7 articles" in tried.stdout
    assert "articles 7" in live.stdout
    assert "read by rules" in live.stdout


async def test_the_command_writes_into_the_pack_of_a_checkout(tmp_path: Path) -> None:
    (tmp_path / files.PACK).mkdir(parents=True)
    reference = files.GENERATOR.parent
    (tmp_path / reference).mkdir(parents=True)
    shutil.copy(ROOT / files.GENERATOR, tmp_path / files.GENERATOR)
    shutil.copytree(ROOT / reference / "generating", tmp_path / reference / "generating")
    (tmp_path / "newsroom").symlink_to(ROOT / "newsroom")
    async with serve() as port:
        given = {"STEPPEWIRE_REROUTE": reroute(port), "STEPPEWIRE_PACE": "0"}
        words = ("source", "new", "https://kun.uz", "--pack")
        made = await asyncio.to_thread(partial(steppewire, *words, at=tmp_path, **given))

    assert made.returncode == 0, made.stderr
    assert (tmp_path / files.PACK / "kun.uz.toml").is_file()
    assert (tmp_path / files.PACK_GOLDEN / "kun.uz" / "feed.expected.json").is_file()
    assert "put invented stories into the frozen pages" in made.stdout
    assert "| `el.kz` |" in (tmp_path / files.PACK_TABLE).read_text()


def test_a_pack_is_written_in_a_checkout_only(tmp_path: Path) -> None:
    done = steppewire("source", "new", "https://kun.uz", "--pack", at=tmp_path)

    assert "is no checkout of steppewire" in done.stderr
    assert (done.returncode, done.stderr.count("\n")) == (64, 1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("new", "htp:/x"), "'htp:/x' is no address of a site"),
        (("new", "https://a.kz", "--folder", "README.md"), "README.md is no folder to write to"),
        (("new", "https://a.kz", "--country", "Kazakhstan"), "give two letters such as KZ"),
        (("check", "nowhere.kz"), "no source is named 'nowhere.kz'"),
        (("check", "missing.toml"), "missing.toml: there is no such file"),
        (("list", "--redis-url", "redis://127.0.0.1:1"), "no Redis-compatible server"),
        (("list", "--data", "nowhere"), "no newswire with a broker of its own runs in nowhere"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(words: tuple[str, ...], told: str) -> None:
    done = steppewire("source", *words)

    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.returncode in (64, 69)
