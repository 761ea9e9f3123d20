from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import Any

import pytest

from steppewire.plugins import Api
from steppewire_fetcher.jsonlists import read_api, read_json_feed
from steppewire_fetcher.links import Reading
from steppewire_fetcher.moments import zone

ALMATY = zone("Asia/Almaty")
BASE = "https://qala.example/api/news"

WORDPRESS = Api(
    url=BASE, title="{title.rendered}", published="{date_gmt}Z", modified="{modified_gmt}Z"
)
GOV = Api(
    url=BASE,
    items="content",
    link="https://www.gov.kz/memleket/entities/edu/press/news/details/{id}?lang=ru",
    title="{title}",
    published="{created_date}",
)
POST = {
    "link": "https://qala.example/2026/11/temir-zhol/",
    "title": {"rendered": "Temir &#8220;zhol&#8221; <i>ashyldy</i>"},
    "date_gmt": "2026-11-18T04:30:12",
    "modified_gmt": "2026-11-18T06:00:00",
}


def read(document: Any, point: Api = WORDPRESS) -> Reading:
    return read_api(json.dumps(document).encode(), BASE, point, ALMATY, "application/json")


def test_the_api_of_wordpress_gives_links_with_title_and_dates() -> None:
    (link,) = read([POST]).links

    assert link.url == POST["link"]
    assert link.title == "Temir “zhol” ashyldy"
    assert link.published is not None
    assert link.published.isoformat() == "2026-11-18T04:30:12+00:00"
    assert link.modified == "2026-11-18T06:00:00Z"


def test_an_address_is_made_of_what_an_item_says() -> None:
    item = {"id": 812345, "title": "Мектеп", "created_date": "2026-11-18T10:00:00"}

    (link,) = read({"content": [item], "totalElements": 1}, GOV).links

    assert link.url.endswith("/news/details/812345?lang=ru")
    assert link.published is not None
    assert link.published.utcoffset() == timedelta(hours=5)


def test_lists_inside_lists_are_walked_through() -> None:
    days = {"data": [{"news": [{"alias": "a-1"}, {"alias": "a-2"}]}, {"news": [{"alias": "a-3"}]}]}

    found = read(days, Api(url=BASE, items="data.news", link="/n/{alias}")).links

    assert [link.url.rpartition("/")[2] for link in found] == ["a-1", "a-2", "a-3"]


@pytest.mark.parametrize("stamp", [1794979812, "1794979812", 1794979812000])
def test_a_unix_time_is_a_date(stamp: object) -> None:
    (link,) = read([{"link": "/n/1", "at": stamp}], Api(url=BASE, published="{at}")).links

    assert link.published is not None
    assert link.published.year == 2026


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (b"<!doctype html><html><p>Sign in", "api-is-html"),
        (b"", "api-is-empty"),
        (b'{"content": ', "api-malformed"),
        (b'{"content": []}', "api-empty"),
        (b'{"content": {"a": 1}}', "api-empty"),
        (b'{"content": "moved"}', "api-empty"),
        (b"[" * 100_000, "api-malformed"),
        (b"null", "api-is-text"),
        (b"[1, null, true]", "api-empty"),
    ],
)
def test_what_is_no_list_gives_nothing_and_one_warning(body: bytes, warning: str) -> None:
    reading = read_api(body, BASE, GOV, ALMATY)

    assert reading == Reading(warnings=(warning,))


def test_an_answer_that_breaks_off_gives_what_came() -> None:
    body = json.dumps([POST, POST | {"link": "https://qala.example/b/"}]).encode()

    reading = read_api(body[:-40], BASE, WORDPRESS, ALMATY)

    whole, half = reading.links
    assert (whole.url, half.url) == (POST["link"], "https://qala.example/b/")
    assert half.modified is None
    assert reading.warnings == ("api-malformed",)


def test_an_item_without_an_address_costs_only_itself() -> None:
    reading = read([POST, {"link": None}, {"title": "x"}, {"link": "javascript:1"}])

    assert len(reading.links) == 1
    assert reading.warnings == ("api-bad-item",)


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Qala",
    "feed_url": "https://qala.example/feed.json",
    "language": "kk",
    "hubs": [{"type": "rssCloud", "url": "https://x/"}, {"type": "WebSub", "url": "https://hub/"}],
    "items": [
        {
            "id": "https://qala.example/1",
            "title": "Бір",
            "date_published": "2026-11-18T10:00:00+05:00",
        },
        {"id": "2", "url": "/2", "date_modified": "2026-11-18T11:00:00Z", "language": "ru"},
        {"id": "3"},
    ],
}


def test_a_json_feed_is_read_like_any_feed() -> None:
    reading = read_json_feed(json.dumps(JSON_FEED).encode(), BASE, ALMATY)

    assert [link.url for link in reading.links] == [
        "https://qala.example/1",
        "https://qala.example/2",
    ]
    assert [link.language for link in reading.links] == ["kk", "ru"]
    assert reading.hub == "https://hub/"
    assert reading.topic == "https://qala.example/feed.json"
    assert reading.warnings == ("feed-bad-item",)


@pytest.mark.parametrize("body", [b'{"items": 3}', b"[]", b'{"version": "x"}'])
def test_other_json_is_no_feed(body: bytes) -> None:
    assert read_json_feed(body, BASE, ALMATY) == Reading(warnings=("feed-is-json",))


def test_a_json_feed_that_breaks_off_gives_what_came() -> None:
    body = json.dumps(JSON_FEED).encode()

    reading = read_json_feed(body[: body.index(b'"id": "2"')], BASE, ALMATY)

    assert [link.url for link in reading.links] == ["https://qala.example/1"]
    assert reading.warnings == ("feed-malformed",)


def test_an_address_is_made_of_a_date_as_the_site_writes_it() -> None:
    point = Api(url=BASE, link="https://qala.example/{date:%Y/%m/%d}/{slug}/", published="{date}")
    late = {"slug": "tungi-temir-zhol", "date": "2026-11-18T20:30:00Z"}

    (link,) = read([late, {"slug": "kunsiz", "date": "keshe"}], point).links

    assert link.url == "https://qala.example/2026/11/19/tungi-temir-zhol/"


def test_a_number_too_long_to_count_with_costs_no_item() -> None:
    body = b'{"items": [{"id": "https://a.kz/1", "n": ' + b"9" * 5_000 + b', "m": 7}]}'

    assert [link.url for link in read_json_feed(body, "https://a.kz/", UTC).links] == [
        "https://a.kz/1"
    ]
