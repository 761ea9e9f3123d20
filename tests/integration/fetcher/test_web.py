from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import aclosing
from typing import Any

import pytest

from steppewire.errors import Reject, Retry, Verdict
from steppewire.testing.site import PAGE, Request, Site, raw, reply
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.web import Guard, Web, resolve

URL = "https://news.example.kz/a.html"
LIMIT = 50_000


async def get(web: Web, url: str = URL, *, timeout: float = 5.0, cut: bool = False) -> Answer:
    return await web.get(url, {"User-Agent": "test"}, limit=LIMIT, timeout=timeout, cut=cut)


async def verdict(web: Web, url: str = URL, *, timeout: float = 5.0) -> Verdict:
    with pytest.raises(Verdict) as caught:
        await get(web, url, timeout=timeout)
    return caught.value


async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
    while True:
        writer.write(b"<p>and on it goes</p>" * 100)
        await writer.drain()


async def silent(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def dripping(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_a_page_comes_back_with_its_status_headers_and_body(site: Site, web: Web) -> None:
    site.replies["/a.html"] = reply(PAGE, ETag='"v1"')

    answer = await get(web)

    assert (answer.status, answer.body, answer.headers["etag"]) == (200, PAGE, '"v1"')


async def test_a_rerouted_request_keeps_its_address_and_its_host(site: Site, web: Web) -> None:
    site.replies["/a.html"] = reply()

    answer = await get(web, URL + "?x=%D2%9B")

    assert answer.url == URL + "?x=%D2%9B"
    assert [(r.host, r.path) for r in site.requests] == [("news.example.kz", "/a.html?x=%D2%9B")]


async def test_a_gzip_bomb_is_too_large(site: Site, web: Web) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    site.replies["/a.html"] = reply(bomb, Content_Encoding="gzip")

    assert (await verdict(web)).reason == "too-large"


async def test_an_endless_answer_is_too_large(site: Site, web: Web) -> None:
    site.replies["/a.html"] = endless

    ending = await verdict(web)

    assert isinstance(ending, Reject)
    assert ending.reason == "too-large"


async def test_a_long_body_is_cut_where_that_is_enough(site: Site, web: Web) -> None:
    site.replies["/a.html"] = endless

    assert len((await get(web, cut=True)).body) == LIMIT


@pytest.mark.parametrize("behaviour", [silent, dripping])
async def test_a_server_that_takes_too_long_is_tried_again(
    site: Site, web: Web, behaviour: Any
) -> None:
    site.replies["/a.html"] = behaviour

    ending = await verdict(web, timeout=0.3)

    assert isinstance(ending, Retry)
    assert ending.reason == "timeout"


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<html>cut off",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"",
    ],
)
async def test_a_server_that_breaks_off_or_babbles_is_tried_again(
    site: Site, web: Web, data: bytes
) -> None:
    site.replies["/a.html"] = raw(data)

    ending = await verdict(web)

    assert isinstance(ending, Retry)
    assert ending.reason == "unreachable"


async def test_a_body_in_an_encoding_that_was_not_asked_for_is_tried_again(
    site: Site, web: Web
) -> None:
    site.replies["/a.html"] = reply(b"\x0b\x02\x80", Content_Encoding="compress")

    assert (await verdict(web)).reason == "bad-body"


async def test_a_cookie_is_not_sent_back(site: Site, web: Web) -> None:
    site.replies["/a.html"] = reply(PAGE, Set_Cookie="who=you")

    await get(web)
    await get(web)

    assert "cookie" not in site.requests[1].headers


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with aclosing(Web(reroute={"*": f"http://127.0.0.1:{free.getsockname()[1]}"})) as web:
            assert (await verdict(web)).reason == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.html",
        "http://localhost:{port}/a.html",
        "http://[::ffff:127.0.0.1]:{port}/a.html",
        "http://2130706433:{port}/a.html",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
async def test_an_address_inside_is_never_connected_to(site: Site, url: str) -> None:
    async with aclosing(Web()) as web:
        ending = await verdict(web, url.format(port=site.port))

    assert isinstance(ending, Reject)
    assert ending.reason == "forbidden-address"
    assert site.requests == []


async def test_rerouting_every_host_opens_no_numeric_address(site: Site, web: Web) -> None:
    assert (await verdict(web, "http://127.0.0.1:9999/")).reason == "forbidden-address"
    assert (await verdict(web, "http://169.254.169.254/")).reason == "forbidden-address"


@pytest.mark.parametrize("url", ["ftp://a.kz/x", "http:///x", "http://a.kz:x/", "gopher:x"])
async def test_an_address_of_another_kind_is_rejected(web: Web, url: str) -> None:
    assert isinstance(await verdict(web, url), Reject)


async def test_a_name_that_changes_its_answer_after_the_check_gains_nothing(site: Site) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    guard = Guard(rebinding, ())

    assert [one["host"] for one in await guard.resolve("evil.kz")] == ["93.184.216.34"]
    with pytest.raises(Reject, match="forbidden-address"):
        await guard.resolve("evil.kz")


def test_a_socket_is_never_opened_for_an_address_inside() -> None:
    inside = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))

    with pytest.raises(Reject, match="forbidden-address"):
        Guard(resolve, ()).socket(inside)


async def test_of_several_addresses_only_the_public_ones_are_tried() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "2a00:1450:4010:c0e::71", "93.184.216.34"]

    tried = [one["host"] for one in await Guard(mixed, ()).resolve("a.kz")]

    assert tried == ["2a00:1450:4010:c0e::71", "93.184.216.34"]


async def test_a_network_that_is_allowed_is_reached(site: Site) -> None:
    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    site.replies["/a.html"] = reply()
    async with aclosing(Web(resolver=here, allowed=["127.0.0.0/8"])) as web:
        answer = await get(web, f"http://news.example.kz:{site.port}/a.html")

    assert (answer.status, site.requests[0].host) == (200, f"news.example.kz:{site.port}")
