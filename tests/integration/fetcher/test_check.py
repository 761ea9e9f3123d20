from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.plugins import Source
from steppewire.testing.site import PAGE, Site, reply
from steppewire_fetcher.check import find, look, main, told
from steppewire_fetcher.check import told as describe
from steppewire_fetcher.settings import FetcherSettings

RSS = (
    b"<rss version='2'><channel><item><title>One</title><link>/1.html</link></item></channel></rss>"
)


def test_a_source_is_told_without_asking_its_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["el.kz"]) == 0

    shown = capsys.readouterr().out
    assert "sitemap  https://el.kz/sitemap.xml" in shown
    assert "title       Ancient caravanserai found in Mangystau" in shown
    assert "all as expected" in shown


def test_a_mistake_in_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("name = 'a'\n")

    assert main([str(tmp_path / "a.toml")]) != 0
    assert "home: is missing" in capsys.readouterr().err


async def test_a_live_check_shows_the_links_and_judges_the_first_page(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.replies |= {"/": reply(RSS), "/1.html": reply(PAGE)}
    settings = FetcherSettings(reroute={"*": site.url})
    source = find("https://news.kz/", settings).model_copy(update={"pace": 0.0})

    assert "(looked for" in told(source)
    assert not await look(source, settings), "PAGE is too short for an article"

    shown = capsys.readouterr().out
    assert "https://news.kz/1.html  One" in shown
    assert "a page to keep" in shown
    assert "! not read: no-article" in shown


async def test_a_live_check_says_what_to_do_about_what_cannot_be_read(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.replies["/rss"] = reply(b"no", status=403)
    settings = FetcherSettings(reroute={"*": site.url})
    declared = {"title": "N", "home": "https://news.kz/", "discover": "feed /rss", "pace": 0}

    assert not await look(Source.model_validate(declared), settings)

    shown = capsys.readouterr().out
    assert "! https://news.kz/rss: forbidden: status 403\n" in shown
    assert "the site refuses us" in shown


@pytest.mark.parametrize(("pages", "told"), [(1, "the first only"), (3, "(3 pages)")])
def test_how_deep_a_listing_in_pages_is_read_is_told(pages: int, told: str) -> None:
    point = {"kind": "listing", "url": "/news?page={page}", "pages": pages}

    said = describe(
        Source.model_validate({"title": "N", "home": "https://news.kz/", "discover": [point]})
    )

    assert told in said
