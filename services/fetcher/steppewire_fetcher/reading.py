"""Reading any document that lists articles: which reader is for which kind of discovery point."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from steppewire.plugins import Api, Discovery, Feed, Listing, Sitemap, Telegram
from steppewire_fetcher.feeds import read_feed
from steppewire_fetcher.jsonlists import read_api
from steppewire_fetcher.links import Reading
from steppewire_fetcher.listings import read_listing
from steppewire_fetcher.sitemaps import read_sitemap
from steppewire_fetcher.telegram import read_channel

_DAY = re.compile(r"\{day:([^{}]+)\}")


def read_document(
    point: Discovery, body: bytes, base: str, local: tzinfo, content_type: str = ""
) -> Reading:
    """Return what one document of a discovery point lists; never fails on what is in it."""
    match point:
        case Feed():
            return read_feed(body, base, local, content_type)
        case Sitemap():
            return read_sitemap(body, base, local, content_type)
        case Listing():
            return read_listing(body, base, point.links, content_type)
        case Api():
            return read_api(body, base, point, local, content_type)
        case Telegram():
            return read_channel(body, base, local, content_type)


def addresses(point: Discovery, today: datetime) -> list[str]:
    """Return the addresses of a point's pages in their order; mostly one.

    `{page}` counts from 1, `{day:%Y-%m-%d}` goes back from today.
    """
    pages = point.pages if isinstance(point, Listing | Sitemap | Api) else 1
    found = [_page(point.url, number, today) for number in range(1, pages + 1)]
    return list(dict.fromkeys(found))


def _page(template: str, number: int, today: datetime) -> str:
    day = today - timedelta(days=number - 1)
    dated = _DAY.sub(lambda found: day.strftime(found[1]), template)
    return dated.replace("{page}", str(number))
