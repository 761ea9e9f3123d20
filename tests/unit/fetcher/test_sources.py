from __future__ import annotations

import pytest

from steppewire.plugins import Source
from steppewire_fetcher.catalogue import load_catalogue
from steppewire_fetcher.links import belongs
from steppewire_fetcher.sources.generic import generic

SOURCES = load_catalogue().sources


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (
            SOURCES["zakon.kz"],
            "https://www.zakon.kz/obshestvo/6456789-v-astane-otkryli-shkolu.html",
        ),
        (SOURCES["zakon.kz"], "https://www.zakon.kz/4909264-v-kazahstane.html"),
        (SOURCES["kaz.zakon.kz"], "https://kaz.zakon.kz/sport/6456790-almatyda-zharys.html"),
        (SOURCES["el.kz"], "https://el.kz/qazaq-tili_400045726/"),
        (SOURCES["el.kz"], "https://el.kz/ru/yazyk_400045727/"),
        (SOURCES["el.kz"], "https://el.kz/en/language_400045728/"),
        (generic("https://nova24.uz"), "https://nova24.uz/sport/match-of-the-day"),
        (generic("https://nova24.uz"), "https://www.nova24.uz/?p=1234"),
    ],
)
def test_an_article_of_a_source_is_known_by_its_address(source: Source, url: str) -> None:
    assert belongs(source, url)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (SOURCES["zakon.kz"], "https://www.zakon.kz/news/"),
        (SOURCES["zakon.kz"], "https://www.zakon.kz/pbf/6456789-banner.html"),
        (SOURCES["zakon.kz"], "https://fin.zakon.kz/6456789-kurs.html"),
        (SOURCES["zakon.kz"], "https://kaz.zakon.kz/sport/6456790-almatyda-zharys.html"),
        (SOURCES["el.kz"], "https://el.kz/ru/"),
        (SOURCES["el.kz"], "https://el.kz/ru/category/sport/"),
        (generic("https://nova24.uz"), "https://nova24.uz/"),
        (generic("https://nova24.uz"), "https://nova24.uz/tag/uzbekistan/"),
        (generic("https://nova24.uz"), "https://nova24.uz/photo.jpg"),
    ],
)
def test_what_is_no_article_of_a_source_is_known_too(source: Source, url: str) -> None:
    assert not belongs(source, url)


@pytest.mark.parametrize("url", ["", "https://", "javascript:1", "mailto:a@b.kz"])
def test_what_is_no_address_is_no_site(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        generic(url)
