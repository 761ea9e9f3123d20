"""Addresses and names that lead inside, or that two readers would read in two ways."""

from __future__ import annotations

import pytest

from steppewire.errors import Verdict
from steppewire.testing.hostile import OK, Ending, Hostile
from steppewire.testing.site import raw, reply
from steppewire_fetcher.answers import Validators
from steppewire_fetcher.visit import Manners, Visitor

INSIDE_URLS = (
    "http://127.0.0.1:{treasure}/",
    "http://localhost:{treasure}/",
    "http://localhost.:{treasure}/",
    "http://127.0.0.1.:{treasure}/",
    "http://127.1:{treasure}/",
    "http://2130706433:{treasure}/",
    "http://0x7f000001:{treasure}/",
    "http://0x7f.1:{treasure}/",
    "http://0177.0.0.1:{treasure}/",
    "http://[::1]:{treasure}/",
    "http://[::ffff:127.0.0.1]:{treasure}/",
    "http://[::ffff:7f00:1]:{treasure}/",
    "http://[::127.0.0.1]:{treasure}/",
    "http://[64:ff9b::7f00:1]:{treasure}/",
    "http://[2002:7f00:1::]:{treasure}/",
    "http://[2001:0:0:0:0:0:80ff:fffe]:{treasure}/",
    "http://0.0.0.0:{treasure}/",
    "http://0:{treasure}/",
    "http://[::]:{treasure}/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://198.18.0.1/",
    "http://inside.test:{treasure}/",
    "http://INSIDE.test.:{treasure}/",
    "http://metadata.test/",
    "http://mapped.test:{treasure}/",
    "http://thousand.test/",
    "http://ⓛocalhost:{treasure}/",
    "http://127。0。0。1:{treasure}/",
    "http://１２７.0.0.1:{treasure}/",
    "https://127.0.0.1:{treasure}/",
)
"""Ways to say an address inside."""

TRICKS = (
    "ftp://news.test/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{treasure}/_GET",
    "http://",
    "http:///path",
    "http://user:password@news.test:{bad}/ok",
    "http://news.test@127.0.0.1:{treasure}/",
    "http://news.test:{bad}\\@127.0.0.1:{treasure}/",
    "http://news.test:{bad}/ok\r\nHost: 127.0.0.1",
    "http://news.test:{bad}/\r\n\r\nGET /secret HTTP/1.1",
    "http://news.test%00.127.0.0.1:{treasure}/",
    "http://127.0.0.1%2f@news.test/",
    "http://news.test:99999/",
    "http://news.test:port/",
    "http://news..test:{bad}/",
    "http://-news.test:{bad}/",
    "http://news test:{bad}/",
    "http://[news.test]:{bad}/",
    "http://[::1:{treasure}/",
    "http://" + "a" * 300 + ".test:{bad}/",
    "http://news.test:{bad}/" + "a" * 9000,
)
"""Addresses that are none of ours, or that two readers would read in two ways."""

PORTS = ("http://news.test:22/", "http://news.test:25/", "https://news.test:53/")


@pytest.mark.parametrize("url", INSIDE_URLS)
async def test_no_spelling_of_an_address_inside_is_connected_to(
    hostile: Hostile, ending: Ending, url: str
) -> None:
    assert await ending(url) == "forbidden-address"


@pytest.mark.parametrize("url", INSIDE_URLS)
async def test_no_redirect_leads_inside(hostile: Hostile, ending: Ending, url: str) -> None:
    target = hostile.url(url)
    hostile.site.replies["/"] = reply(b"", 302, Location=target)

    assert await ending("http://news.test:{bad}/") == "forbidden-address"


@pytest.mark.parametrize("url", TRICKS, ids=lambda url: repr(url[:50]))
async def test_an_address_with_a_trick_in_it_is_not_asked_for(
    hostile: Hostile, ending: Ending, url: str
) -> None:
    assert await ending(url) == "bad-url"
    assert hostile.site.requests == []


@pytest.mark.parametrize("url", PORTS)
async def test_a_port_of_another_service_is_not_spoken_to(ending: Ending, url: str) -> None:
    assert await ending(url) == "forbidden-address"


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then(
    hostile: Hostile, ending: Ending
) -> None:
    hostile.site.replies["/ok"] = raw(OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
    hostile.site.replies["/robots.txt"] = hostile.site.replies["/ok"]

    # the first connection is for robots.txt; the second one meets the changed name
    assert await ending("http://rebinding.test:{bad}/ok") == "forbidden-address"


async def test_of_a_names_addresses_only_the_public_ones_are_tried(
    hostile: Hostile, ending: Ending
) -> None:
    assert await ending("http://mixed.test:{bad}/ok") == "200"


async def test_a_name_without_an_address_is_unreachable(ending: Ending) -> None:
    assert await ending("http://nowhere.test/") == "robots-unknown"


async def test_what_looks_like_a_header_in_a_path_stays_in_the_path(
    hostile: Hostile, ending: Ending
) -> None:
    assert await ending("http://news.test:{bad}/%0d%0aX-Injected:%201") == "404"
    assert "x-injected" not in hostile.site.requests[-1].headers


async def test_an_entity_tag_cannot_smuggle_a_header(
    hostile: Hostile, visitor: Visitor, manners: Manners
) -> None:
    known = Validators(etag='"a"\r\nX-Injected: 1')

    with pytest.raises(Verdict, match="bad-url"):
        await visitor.visit(hostile.url("http://news.test:{bad}/ok"), manners, known)
    assert [one.path for one in hostile.site.requests] == ["/robots.txt"]
