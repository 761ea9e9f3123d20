from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from steppewire.plugins import Api, Discovery, Feed, Listing, Sitemap, Telegram
from steppewire_fetcher.links import Reading
from steppewire_fetcher.reading import addresses, read_document

URL = "https://qala.example/list"
NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
POINTS: tuple[Discovery, ...] = (
    Feed(url=URL),
    Sitemap(url=URL),
    Listing(url=URL),
    Api(url=URL, items="items", title="{title.a}", published="{date}"),
    Telegram(url="https://t.me/s/qala"),
)
DOCUMENTS = (
    b"<rss version='2.0'><channel><item><link>https://qala.example/1</link></item></channel></rss>",
    b"<urlset><url><loc>https://qala.example/1</loc></url></urlset>",
    b"<html><body><a href='/1'>One</a></body></html>",
    b'{"items": [{"link": "https://qala.example/1", "title": {"a": "x"}, "date": 5}]}',
)


def test_pages_are_counted_from_one() -> None:
    point = Listing(url="https://qala.example/news?page={page}", pages=3)

    assert [url[-1] for url in addresses(point, NOW)] == ["1", "2", "3"]


def test_days_go_back_from_today() -> None:
    point = Listing(url="https://qala.example/?date={day:%Y-%m-%d}&order=time", pages=2)

    assert addresses(point, NOW) == [
        "https://qala.example/?date=2026-03-01&order=time",
        "https://qala.example/?date=2026-02-28&order=time",
    ]


def test_a_point_without_a_template_has_one_page() -> None:
    assert addresses(Sitemap(url=URL, pages=5), NOW) == [URL]


def test_a_channel_is_named_by_its_preview() -> None:
    assert Telegram(url="https://t.me/s/qala").channel == "qala"


@given(
    point=st.sampled_from(POINTS),
    document=st.sampled_from(DOCUMENTS),
    cut=st.integers(0, 120),
    noise=st.binary(max_size=12),
)
def test_no_reader_stumbles_over_a_broken_document(
    point: Discovery, document: bytes, cut: int, noise: bytes
) -> None:
    reading = read_document(point, document[:cut] + noise + document[cut:], URL, UTC)

    assert isinstance(reading, Reading)
    assert reading.links or reading.children or reading.warnings
