from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.plugins import Source
from steppewire_fetcher.links import (
    Link,
    absolute,
    belongs,
    merged,
    newest,
    without_empty_marks,
)

BASE = "https://www.zakon.kz/news/"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/sport/1-a.html#comments", "https://www.zakon.kz/sport/1-a.html"),
        ("2-b.html", "https://www.zakon.kz/news/2-b.html"),
        ("//el.kz/a_1/", "https://el.kz/a_1/"),
        (" \n https://el.kz/a\n_1/ ", "https://el.kz/a_1/"),
        ("https://tengrinews.kzhttps://tengrisport.kz/x-1/", "https://tengrisport.kz/x-1/"),
        ("https://inbusiness.kz/ru/news/slug-", "https://inbusiness.kz/ru/news/slug-"),
    ],
)
def test_an_address_on_a_page_becomes_absolute(href: str, expected: str) -> None:
    assert absolute(BASE, href) == expected


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        "mailto:a@b.kz",
        "data:text/html,x",
        "file:///etc/hosts",
        "https://user:secret@el.kz/",
        "http://[::1",
        "http://el.kz:99999/",
        "/" + "x" * 3000,
    ],
)
def test_what_is_no_address_of_a_page_is_none(href: str) -> None:
    assert absolute(BASE, href) is None


@given(st.text(max_size=60))
def test_no_href_can_make_it_fail(href: str) -> None:
    absolute(BASE, href)


def test_a_link_belongs_by_host_and_by_the_shape_of_its_address() -> None:
    source = Source(
        name="z",
        title="Z",
        home=BASE,
        hosts=("www.zakon.kz",),
        article=(r"/\d+-",),
        exclude=("pbf",),
    )

    assert belongs(source, "https://www.zakon.kz/sport/12-a.html")
    assert not belongs(source, "https://www.zakon.kz/sport/")
    assert not belongs(source, "https://www.zakon.kz/pbf/12-a.html")
    assert not belongs(source, "https://fin.zakon.kz/12-a.html")
    assert not belongs(source, "https://exa mple/12-a")


def test_two_mentions_of_one_address_become_one_link_with_what_both_say() -> None:
    first = Link("https://www.el.kz/a_1/?utm_source=x", title="Short", modified="2026-11-01")
    second = Link("https://el.kz/a_1/", title="The whole headline", modified="2026-11-02")

    assert merged([first, second]) == [
        Link(first.url, title="The whole headline", modified="2026-11-02")
    ]


def test_a_long_list_is_cut_to_its_newest() -> None:
    links = [
        Link(f"https://el.kz/{day}", published=datetime(2026, 11, day, tzinfo=UTC))
        for day in range(1, 20)
    ]

    assert [link.url for link in newest(links, 2)] == ["https://el.kz/19", "https://el.kz/18"]


def test_a_long_list_without_dates_is_cut_to_its_first() -> None:
    links = [Link(f"https://el.kz/{n}") for n in range(5)]

    assert newest(links, 2) == links[:2]


def test_change_dates_that_are_all_the_same_say_nothing() -> None:
    links = [Link(f"https://adyrna.kz/{n}", modified="2026-11-22") for n in range(12)]

    assert {link.modified for link in without_empty_marks(links)} == {None}


def test_change_dates_that_differ_are_kept() -> None:
    links = [Link(f"https://el.kz/{n}", modified=f"2026-11-{n % 2 + 1:02}") for n in range(12)]

    assert without_empty_marks(links) == links
