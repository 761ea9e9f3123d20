from __future__ import annotations

import pytest

from steppewire.plugins import Source
from steppewire_fetcher.links import belongs
from steppewire_fetcher.sources import SOURCES, elkz, zakon
from steppewire_fetcher.sources.generic import generic


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (zakon.RUSSIAN, "https://www.zakon.kz/obshestvo/6456789-v-astane-otkryli-shkolu.html"),
        (zakon.RUSSIAN, "https://www.zakon.kz/4909264-v-kazahstane.html"),
        (zakon.KAZAKH, "https://kaz.zakon.kz/sport/6456790-almatyda-zharys.html"),
        (elkz.SOURCE, "https://el.kz/qazaq-tili_400045726/"),
        (elkz.SOURCE, "https://el.kz/ru/yazyk_400045727/"),
        (elkz.SOURCE, "https://el.kz/en/language_400045728/"),
        (generic("https://nova24.uz"), "https://nova24.uz/sport/match-of-the-day"),
        (generic("https://nova24.uz"), "https://www.nova24.uz/?p=1234"),
    ],
)
def test_an_article_of_a_source_is_known_by_its_address(source: Source, url: str) -> None:
    assert belongs(source, url)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (zakon.RUSSIAN, "https://www.zakon.kz/news/"),
        (zakon.RUSSIAN, "https://www.zakon.kz/pbf/6456789-banner.html"),
        (zakon.RUSSIAN, "https://fin.zakon.kz/6456789-kurs.html"),
        (zakon.RUSSIAN, "https://kaz.zakon.kz/sport/6456790-almatyda-zharys.html"),
        (elkz.SOURCE, "https://el.kz/ru/"),
        (elkz.SOURCE, "https://el.kz/ru/category/sport/"),
        (generic("https://nova24.uz"), "https://nova24.uz/"),
        (generic("https://nova24.uz"), "https://nova24.uz/tag/uzbekistan/"),
        (generic("https://nova24.uz"), "https://nova24.uz/photo.jpg"),
    ],
)
def test_what_is_no_article_of_a_source_is_known_too(source: Source, url: str) -> None:
    assert not belongs(source, url)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_source_of_the_pack_says_how_sure_it_is(source: Source) -> None:
    assert source.checked
    assert source.languages
    assert source.country
    assert source.discover


def test_the_names_of_the_pack_are_unique() -> None:
    names = [source.name for source in SOURCES]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("url", ["", "https://", "javascript:1", "mailto:a@b.kz"])
def test_what_is_no_address_is_no_site(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        generic(url)
