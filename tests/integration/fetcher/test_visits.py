from __future__ import annotations

import time
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from steppewire.errors import Reject, Retry, Skip, Verdict
from steppewire.streams import key
from steppewire.testing.site import Site, raw, reply
from steppewire_fetcher.pace import Pace, patience_for
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web

HOST = "news.example.kz"
URL = f"https://{HOST}/a.html"


async def verdict(visitor: Visitor, manners: Manners, url: str = URL) -> Verdict:
    with pytest.raises(Verdict) as caught:
        await visitor.visit(url, manners)
    return caught.value


async def test_a_page_that_robots_bars_is_never_asked_for(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/robots.txt"] = reply(b"User-agent: steppewire\nDisallow: /a.html\n")

    ending = await verdict(visitor, manners)

    assert isinstance(ending, Skip)
    assert ending.reason == "robots"
    assert site.paths() == []


async def test_robots_that_cannot_be_read_bar_everything_for_now(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies |= {"/robots.txt": reply(b"", 500), "/a.html": reply()}

    ending = await verdict(visitor, manners)

    assert isinstance(ending, Retry)
    assert ending.reason == "robots-unknown"
    assert site.paths() == []


async def test_a_host_without_robots_is_open(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply()

    assert (await visitor.visit(URL, manners)).status == 200


async def test_robots_are_asked_for_once_and_shared_by_all_fetchers(
    site: Site, web: Web, redis: Redis
) -> None:
    site.replies["/robots.txt"] = reply(b"User-agent: *\nDisallow: /x\n")
    books = [Rulebook(web, RedisShelf(redis, 1), now=time.monotonic) for _ in range(2)]

    rules = [await book.rules(URL, "a") for book in books for _ in range(3)]

    assert not any(one.allows(f"https://{HOST}/x") for one in rules)
    assert len(site.requests) == 1


async def test_while_robots_cannot_be_read_the_last_ones_hold(
    site: Site, web: Web, redis: Redis
) -> None:
    site.replies["/robots.txt"] = reply(b"User-agent: *\nDisallow: /x\n")
    shelf = RedisShelf(redis, 1)
    await Rulebook(web, shelf, now=time.monotonic).rules(URL, "a")
    await redis.delete(key(f"robots.https://{HOST}"))  # a day later
    site.replies["/robots.txt"] = reply(b"", 503)

    rules = await Rulebook(web, shelf, now=time.monotonic).rules(URL, "a")

    assert not rules.unknown
    assert rules.allows(URL)
    assert not rules.allows(f"https://{HOST}/x")


async def test_robots_are_followed_to_where_they_moved(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/robots.txt"] = reply(b"", 301, Location="/static/robots.txt")
    site.replies["/static/robots.txt"] = reply(b"User-agent: *\nDisallow: /\n")

    assert (await verdict(visitor, manners)).reason == "robots"


async def test_redirects_are_followed_and_the_last_address_is_told(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 301, Location="/b.html")
    site.replies["/b.html"] = reply(b"", 302, Location="https://el.kz/c/")
    site.replies["el.kz/c/"] = reply()

    assert (await visitor.visit(URL, manners)).url == "https://el.kz/c/"


async def test_what_an_api_asks_for_in_headers_goes_to_no_other_host(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 302, Location="/b.html")
    site.replies["/b.html"] = reply(b"", 302, Location="https://other.example.kz/c.html")
    site.replies["/c.html"] = reply(b"", 302, Location=f"https://{HOST}/d.html")
    site.replies["/d.html"] = reply()

    await visitor.visit(URL, replace(manners, headers={"X-Api-Key": "secret"}))

    asked = [one for one in site.requests if one.path != "/robots.txt"]
    assert [(one.path, one.headers.get("x-api-key")) for one in asked] == [
        ("/a.html", "secret"),
        ("/b.html", "secret"),
        ("/c.html", None),
        ("/d.html", None),
    ]


async def test_robots_bar_the_target_of_a_redirect_too(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 301, Location="https://el.kz/secret/")
    site.replies["el.kz/robots.txt"] = reply(b"User-agent: *\nDisallow: /secret/\n")

    assert (await verdict(visitor, manners)).reason == "robots"


async def test_a_redirect_in_a_circle_is_rejected(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 302, Location="/b.html")
    site.replies["/b.html"] = reply(b"", 302, Location="/a.html")

    ending = await verdict(visitor, manners)

    assert isinstance(ending, Reject)
    assert ending.reason == "redirect-loop"
    assert site.paths() == ["/a.html", "/b.html"]


async def test_a_redirect_without_end_is_rejected(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    for hop in range(20):
        site.replies[f"/{hop}"] = reply(b"", 302, Location=f"/{hop + 1}")

    assert (await verdict(visitor, manners, f"https://{HOST}/0")).reason == "redirect-loop"
    assert len(site.paths()) == 11


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/x", "http://[::1]/"]
)
async def test_a_redirect_to_an_address_inside_is_rejected(
    site: Site, visitor: Visitor, manners: Manners, target: str
) -> None:
    site.replies["/a.html"] = reply(b"", 302, Location=target)

    ending = await verdict(visitor, manners)

    assert isinstance(ending, Reject)
    assert ending.reason == "forbidden-address"


async def test_a_redirect_to_no_page_at_all_is_given_back_as_it_is(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 302, Location="javascript:alert(1)")

    assert (await visitor.visit(URL, manners)).status == 302


async def test_a_host_that_said_429_is_left_alone_by_everybody_until_then(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply(b"", 429, Retry_After="120")

    assert (await visitor.visit(URL, manners)).status == 429
    ending = await verdict(visitor, manners, f"https://{HOST}/b.html")

    assert isinstance(ending, Retry)
    assert ending.reason == "pace"
    assert ending.after is not None
    assert 100 < ending.after <= 120
    assert site.paths() == ["/a.html"]


async def test_crawl_delay_is_honoured_where_it_is_longer_than_the_pace(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies |= {"/robots.txt": reply(b"User-agent: *\nCrawl-delay: 90\n"), "/a.html": reply()}

    await visitor.visit(URL, manners)
    ending = await verdict(visitor, manners)

    assert isinstance(ending, Retry)
    assert ending.after is not None
    assert 80 < ending.after <= 90
    assert site.paths() == ["/a.html"]


async def test_the_pace_is_shared_by_all_fetchers(redis: Redis) -> None:
    first, second = Pace(redis, 1), Pace(redis, 1)

    await first.turn(HOST, 100)
    with pytest.raises(Retry) as caught:
        await second.turn(HOST, 100)

    assert caught.value.after is not None
    assert 90 < caught.value.after <= 100


async def test_waiting_for_a_turn_is_nobodys_failure(redis: Redis) -> None:
    pace = Pace(redis, 1)

    await pace.turn(HOST, 100)
    with pytest.raises(Retry) as caught:
        await pace.turn(HOST, 100)

    assert caught.value.counted is False


async def test_those_who_are_sent_away_come_back_one_by_one(redis: Redis) -> None:
    pace, told = Pace(redis, 1), list[float]()

    await pace.turn(HOST, 100)
    for _ in range(3):
        with pytest.raises(Retry) as caught:
            await pace.turn(HOST, 100)
        told.append(caught.value.after or 0)

    assert [round(after, -1) for after in told] == [100, 200, 300]


async def test_one_hosts_pace_is_not_anothers(redis: Redis) -> None:
    pace = Pace(redis, 1)

    await pace.turn(HOST, 100)
    await pace.turn("el.kz", 100)

    with pytest.raises(Retry):
        await pace.turn(HOST.upper(), 100)


async def test_a_near_turn_is_waited_for_inside(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/a.html"] = reply()
    brisk = replace(manners, pace=0.05)

    for _ in range(4):
        await visitor.visit(URL, brisk)

    assert len(site.paths()) == 4


def test_patience_is_about_four_turns_within_one_to_five_seconds() -> None:
    assert [patience_for(s) for s in (0, 0.5, 1, 2, 60)] == [1.0, 2.0, 4.0, 5.0, 5.0]


async def test_a_host_that_babbles_at_robots_is_left_alone(
    site: Site, visitor: Visitor, manners: Manners
) -> None:
    site.replies["/robots.txt"] = raw(b"nonsense\r\n\r\n")

    assert (await verdict(visitor, manners)).reason == "robots-unknown"
