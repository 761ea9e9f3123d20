"""What the fetcher is measured beside: httpx and Scrapy."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

from fetch.lanes import AGENT, AT_A_HOST, AT_A_TIME, lanes
from fetch.meter import Figures, Meter


async def httpx(urls: list[str]) -> Figures:
    import httpx

    async with httpx.AsyncClient(headers={"User-Agent": AGENT}) as client:

        async def get(url: str) -> None:
            assert (await client.get(url)).content

        return await lanes(urls, get)


def scrapy(urls: list[str], folder: Path, *, keep: bool) -> Figures:
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    meter, found = Meter(len(urls)), {}

    class News(Spider):
        name = "news"

        async def start(self) -> Any:
            for url in urls:
                yield Request(url)

        def parse(self, response: Any) -> Any:
            if keep:
                yield {"url": response.url, "body": response.body}
            else:
                done()

    class Keep:
        def process_item(self, item: Any) -> Any:
            name = hashlib.sha256(item["body"]).hexdigest()
            (folder / name).write_bytes(gzip.compress(item["body"], 5))
            done()
            return item

    def done() -> None:
        if meter.reached(meter.done + 1):
            found.update(meter.figures())

    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "AUTOTHROTTLE_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": AT_A_TIME,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_A_HOST,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "USER_AGENT": AGENT,
            "ITEM_PIPELINES": {Keep: 100} if keep else {},
        }
    )
    process.crawl(News)
    process.start()
    assert found, f"Scrapy fetched {meter.done} of {len(urls)} pages"
    return found
