from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from steppewire.blobs import DirectoryBlobs
from steppewire.errors import Reject, Retry, Skip, Verdict
from steppewire.events import ArticleDiscovered
from steppewire.records import open_records
from steppewire.testing.site import PAGE, Reply, Site, conditional, reply
from steppewire_fetcher.fetch import Fetcher

LinkAt = Callable[..., ArticleDiscovered]
CHALLENGE = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"


async def test_a_page_is_kept_with_its_provenance_and_its_rules(
    site: Site, fetcher: Fetcher, blobs: DirectoryBlobs, link: LinkAt
) -> None:
    site.replies["/a.html"] = reply(PAGE, ETag='"v1"')

    event = await fetcher.fetch(link())

    assert blobs.get(event.fetch.blob) == PAGE
    assert event.rules.body == ("article",)
    assert (event.fetch.status, event.fetch.size, event.fetch.etag) == (200, len(PAGE), '"v1"')
    assert event.fetch.content_type == "text/html; charset=utf-8"


async def test_what_is_known_of_a_fetch_lies_beside_its_bytes(
    site: Site, fetcher: Fetcher, blobs: DirectoryBlobs, link: LinkAt
) -> None:
    site.replies["/a.html"] = reply(PAGE)
    discovered = link().model_copy(update={"modified_hint": "2026-11-01T09:00:00+05:00"})

    event = await fetcher.fetch(discovered)

    [stamp] = open_records(str(blobs.root)).list(source=event.fetch.source)
    record = open_records(str(blobs.root)).get(stamp)
    assert (record.event, record.mark) == (event, "2026-11-01T04:00:00Z")


async def test_a_page_that_ends_badly_leaves_no_record(
    site: Site, fetcher: Fetcher, blobs: DirectoryBlobs, link: LinkAt
) -> None:
    site.replies["/a.html"] = reply(b"", 404)

    with pytest.raises(Skip):
        await fetcher.fetch(link())

    assert open_records(str(blobs.root)).sources() == set()


async def test_a_moved_page_tells_where_it_was_found(
    site: Site, fetcher: Fetcher, link: LinkAt
) -> None:
    site.replies |= {"/a.html": reply(b"", 301, Location="/b.html"), "/b.html": reply()}

    fetch = (await fetcher.fetch(link())).fetch

    assert fetch.url.endswith("/a.html")
    assert fetch.final_url.endswith("/b.html")


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (reply(b"", 404), Skip, "gone"),
        (reply(b"", 410), Skip, "gone"),
        (reply(b"", 451), Skip, "forbidden"),
        (reply(b"", 429, Retry_After="7"), Retry, "rate-limited"),
        (reply(b"", 502), Retry, "server-error"),
        (reply(CHALLENGE), Retry, "challenge"),
        (reply(CHALLENGE, 403), Retry, "challenge"),
        (reply(b"%PDF-1.7 ..."), Skip, "not-html"),
        (reply(b""), Retry, "empty"),
        (reply(bytes(200_000)), Reject, "too-large"),
    ],
)
async def test_each_bad_page_ends_with_its_reason(
    site: Site, fetcher: Fetcher, link: LinkAt, answer: Reply, kind: type[Verdict], reason: str
) -> None:
    site.replies["/a.html"] = answer

    with pytest.raises(kind) as caught:
        await fetcher.fetch(link())

    assert caught.value.reason == reason


async def test_an_unchanged_page_is_not_sent_again(
    site: Site, fetcher: Fetcher, link: LinkAt
) -> None:
    site.replies["/a.html"] = conditional(PAGE, '"v1"')
    today = datetime(2026, 11, 22, tzinfo=UTC)
    await fetcher.fetch(link(at=today))

    with pytest.raises(Skip, match="unchanged"):
        await fetcher.fetch(link(at=today + timedelta(hours=1)))


async def test_a_changed_page_is_fetched_again(site: Site, fetcher: Fetcher, link: LinkAt) -> None:
    site.replies["/a.html"] = conditional(PAGE, '"v1"')
    first = await fetcher.fetch(link())
    site.replies["/a.html"] = conditional(PAGE + b"<p>More</p>", '"v2"')

    assert (await fetcher.fetch(link())).fetch.blob != first.fetch.blob


async def test_a_page_whose_worker_died_before_the_commit_is_not_lost_to_a_304(
    site: Site, fetcher: Fetcher, link: LinkAt
) -> None:
    site.replies["/a.html"] = conditional(PAGE, '"v1"')
    event = link()
    first = await fetcher.fetch(event)

    again = await fetcher.fetch(event)

    assert again.fetch.blob == first.fetch.blob


async def test_the_hints_of_discovery_travel_on(site: Site, fetcher: Fetcher, link: LinkAt) -> None:
    site.replies["/a.html"] = reply()
    event = link().model_copy(update={"title_hint": "Тақырып", "language_hint": "kk-Cyrl"})

    fetched = await fetcher.fetch(event)

    assert (fetched.title_hint, fetched.language_hint) == ("Тақырып", "kk-Cyrl")
