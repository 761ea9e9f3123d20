"""robots.txt that is endless, broken, inside, or slow to compare with."""

from __future__ import annotations

import gzip

import pytest

from steppewire.testing.hostile import OK, Ending, Hostile
from steppewire.testing.site import PAGE, encoded, endless, raw, reply

ROBOTS = {
    "robots.txt without end": (
        endless(OK + b"\r\nUser-agent: *\nDisallow: /ok\n", b"#" * 9000),
        "robots",
    ),
    "a robots.txt bomb": (encoded("gzip", gzip.compress(bytes(20_000_000))), "200"),
    "a robots.txt that breaks off": (raw(OK + b"Content-Length: 99\r\n\r\nUser"), "robots-unknown"),
    "a robots.txt inside": (
        reply(b"", 302, Location="http://127.0.0.1:{treasure}/robots.txt"),
        "forbidden-address",
    ),
    "a robots.txt that goes in circles": (reply(b"", 302, Location="/robots.txt"), "200"),
    "a robots.txt of a page": (reply(PAGE), "200"),
    "a robots.txt with a slow pattern": (
        reply(b"User-agent: *\nDisallow: /" + b"*a" * 5000 + b"b$"),
        "200",
    ),
    "a robots.txt of zero bytes": (reply(bytes(50_000)), "200"),
}


@pytest.mark.parametrize("case", ROBOTS)
async def test_a_bad_robots_txt_ends_as_it_should(
    hostile: Hostile, ending: Ending, case: str
) -> None:
    hostile.site.replies["/robots.txt"], expected = ROBOTS[case]
    if case == "a robots.txt inside":
        target = hostile.url("http://127.0.0.1:{treasure}/robots.txt")
        hostile.site.replies["/robots.txt"] = reply(b"", 302, Location=target)

    assert await ending("http://news.test:{bad}/ok") == expected
