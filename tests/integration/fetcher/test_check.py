from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.testing.site import PAGE, Site, reply
from steppewire_fetcher.check import find, look, main, told
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
