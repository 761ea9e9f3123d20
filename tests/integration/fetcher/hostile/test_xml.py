"""Feeds and sitemaps whose XML would blow up, or open what is inside."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from steppewire.events import ArticleDiscovered
from steppewire.plugins import Source
from steppewire.testing.hostile import Hostile
from steppewire.testing.site import reply
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.memory import Memory
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Manners, Visitor

LAUGHS = (
    b"<!DOCTYPE lolz [<!ENTITY a0 'lol'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
QUADRATIC = b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 50_000 + b"'>]>"
SECRET = b"<!DOCTYPE x [<!ENTITY a SYSTEM '%s'>]>"
OUTSIDE = b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:{treasure}/x.dtd'>"
PARAMETER = b"<!DOCTYPE x [<!ENTITY %% p SYSTEM '%s'> %%p;]>"
INSIDE = b"http://127.0.0.1:{treasure}/"

XML = {
    "billion laughs": (LAUGHS, b"&a11;"),
    "quadratic blowup": (QUADRATIC, b"&a;" * 5_000),
    "a file of this machine": (SECRET % b"file:///etc/passwd", b"&a;"),
    "an entity of a server inside": (SECRET % INSIDE, b"&a;"),
    "a document type of a server inside": (OUTSIDE, b"x"),
    "a parameter entity of a server inside": (PARAMETER % INSIDE, b"x"),
    "an entity that holds itself": (b"<!DOCTYPE x [<!ENTITY a '&a;'>]>", b"&a;"),
    "an inclusion of a file": (
        b"",
        b"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text'"
        b" href='file:///etc/passwd'/>",
    ),
    "a style sheet of a server inside": (
        b"<?xml-stylesheet type='text/xsl' href='" + INSIDE + b"'?>",
        b"x",
    ),
    "ten thousand elements in one another": (b"", b"<b>" * 10_000),
    "ten thousand attributes": (
        b"",
        b"<b " + b" ".join(b"a%d='x'" % n for n in range(10_000)) + b"/>",
    ),
    "UTF-7": (b"<?xml version='1.0' encoding='utf-7'?>", b"+ADw-script+AD4-"),
    "bytes that are no text": (b"", bytes(range(1, 9)) * 1000),
}


@dataclass
class Tray:
    """Takes links instead of the newswire."""

    events: list[ArticleDiscovered] = field(default_factory=list)

    async def let_in(self, links: Sequence[tuple[ArticleDiscovered, str]]) -> int:
        self.events += [event for event, _ in links]
        return len(links)


def documents(case: str, hostile: Hostile) -> dict[str, bytes]:
    """Return a feed and a sitemap with this case in them, and one honest link each."""
    prologue, inner = (hostile.url(part.decode("latin-1")).encode("latin-1") for part in XML[case])
    link = hostile.url("http://news.test:{bad}").encode()
    return {
        "/feed": prologue + b"<rss version='2.0'><channel><item><title>Honest</title><link>" + link
        + b"/1.html</link></item><item><title>" + inner + b"</title><link>" + link
        + b"/2.html</link></item></channel></rss>",
        "/sitemap": prologue + b"<urlset><url><loc>" + link + b"/1.html</loc></url><url><loc>"
        + link + b"/" + inner + b"</loc></url></urlset>",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("case", XML)
async def test_hostile_xml_brings_nothing_in(
    hostile: Hostile, visitor: Visitor, redis: Redis, manners: Manners, case: str, kind: str
) -> None:
    hostile.site.replies |= {k: reply(v) for k, v in documents(case, hostile).items()}
    tray = Tray()
    discoverer = Discoverer(
        visitor=visitor,
        surveyor=Surveyor(visitor, time.monotonic),
        memory=Memory(redis, 1),
        door=tray,
        now=lambda: datetime.now(UTC),
        manners=lambda source: replace(manners, limit=1_000_000),
    )
    began, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    point = {"kind": kind, "url": hostile.url(f"http://news.test:{{bad}}/{kind}")}
    await discoverer.poll(
        Source.model_validate(
            {"name": "n", "title": "N", "home": "http://news.test/", "hosts": ["news.test"]}
            | {"discover": [point]}
        )
    )

    told = " ".join(f"{one.url} {one.title_hint}" for one in tray.events)
    assert "root:" not in told
    assert len(told) < 5_000
    # what a bomb costs; megabytes and seconds of work, where it would take gigabytes and hours
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 300_000
    assert time.process_time() - began < 20
