"""Redirects: where they may lead, and what goes with them."""

from __future__ import annotations

import pytest

from steppewire.testing.hostile import Ending, Hostile
from steppewire.testing.site import reply

LOCATIONS = {
    "file:///etc/passwd": "302",
    "javascript:alert(1)": "302",
    "ftp://news.test/": "302",
    "//user@127.0.0.1:{treasure}/": "302",
    "http://news.test:{bad}\\@127.0.0.1:{treasure}/": "302",
    "http://news.test:22/": "forbidden-address",
    "/{self}": "redirect-loop",
    "http://news.test:{bad}/": "404",
    "\t/ok": "200",
    "HTTP://NEWS.test:{bad}/ok": "200",
    "http://xn--80ak6aa92e.test:{bad}/ok": "200",
    "http://аpple.test:{bad}/ok": "200",
    "https://news.test:{secure}/": "200",
    "https://news.test:{expired}/": "robots-unknown",
    "/" + "a" * 20_000: "unreachable",
}
"""Where a redirect leads, and what must come of it."""


@pytest.mark.parametrize("location", LOCATIONS, ids=lambda location: repr(location[:50]))
async def test_a_redirect_ends_as_it_should(
    hostile: Hostile, ending: Ending, location: str
) -> None:
    target = hostile.url(location.replace("{self}", "start"))
    hostile.site.replies["/start"] = reply(b"", 302, Location=target)

    assert await ending("http://news.test:{bad}/start") == LOCATIONS[location]


async def test_a_redirect_without_end_is_given_up(hostile: Hostile, ending: Ending) -> None:
    for hop in range(20):
        hostile.site.replies[f"/{hop}"] = reply(b"", 302, Location=f"/{hop + 1}")

    assert await ending("http://news.test:{bad}/0") == "redirect-loop"


async def test_a_plain_host_gets_nothing_of_what_another_one_set(
    hostile: Hostile, ending: Ending
) -> None:
    cookie = "who=you; Domain=test; Path=/"
    hostile.site.replies["/start"] = reply(
        b"", 302, Set_Cookie=cookie, Location=hostile.url("http://other.test:{bad}/ok")
    )

    for _ in range(2):
        assert await ending("http://news.test:{bad}/start") == "200"

    sent = [one.headers for one in hostile.site.requests]
    assert len(sent) == 6
    assert not [one for one in sent if {"cookie", "authorization", "referer"} & one.keys()]
