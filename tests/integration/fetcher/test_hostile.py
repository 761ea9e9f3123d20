"""The adversarial suite: what a hostile site, name or certificate tries, and what comes of it.

Each case runs through the fetcher's own stack, from robots.txt to the socket, against real servers.
The bad sites live at 127.0.0.2, which these tests allow. At 127.0.0.1 is the treasure, a server
inside: after each case it must not even have been connected to.
"""

from __future__ import annotations

import asyncio
import gzip
import resource
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import brotli
import pytest
import trustme
from redis.asyncio import Redis

from steppewire.errors import Verdict
from steppewire.events import ArticleDiscovered
from steppewire.plugins import Source
from steppewire.testing.site import PAGE, Reply, Request, Site, raw, reply
from steppewire_fetcher.answers import Validators
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.inflate import zstd
from steppewire_fetcher.memory import Memory
from steppewire_fetcher.pace import Breaker, Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web

BAD = "127.0.0.2"
TREASURE = "127.0.0.1"
ZEROS = bytes(20_000_000)


def names() -> Callable[[str, int], Awaitable[list[str]]]:
    """Return a resolver of made-up names; whatever it does not know is asked of the system."""
    turns: dict[str, int] = {}

    async def resolve(host: str, port: int) -> list[str]:
        host = host.rstrip(".")
        turns[host] = turns.get(host, 0) + 1
        if host == "rebinding.test":
            return [BAD] if turns[host] == 1 else [TREASURE]
        known = {
            "inside.test": [TREASURE],
            "metadata.test": ["169.254.169.254"],
            "mapped.test": ["::ffff:127.0.0.1"],
            "mixed.test": [TREASURE, "10.0.0.1", BAD],
            "thousand.test": [f"10.0.{n // 250}.{n % 250 + 1}" for n in range(1000)],
            "nowhere.test": [],
        }
        if host in known or host.endswith(".test"):
            return known.get(host, [BAD])
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        return [str(one[4][0]) for one in found]

    return resolve


@dataclass
class Hostile:
    """The bad sites, and the treasure that they are after."""

    authority: trustme.CA
    site: Site = field(default_factory=Site)
    treasure: Site = field(default_factory=Site)
    touched: list[str] = field(default_factory=list)
    """Connections to the treasure, whether or not they said anything."""
    secure: dict[str, int] = field(default_factory=dict)
    """Ports of the servers with TLS, by their fault."""

    def url(self, text: str) -> str:
        """Fill in the ports: `{bad}`, `{treasure}`, `{expired}`, …"""
        ports = {"bad": self.site.port, "treasure": self.treasure.port, **self.secure}
        for name, port in ports.items():
            text = text.replace("{" + name + "}", str(port))
        return text

    def trust(self) -> ssl.SSLContext:
        """Return a context that trusts this web's authority, and verifies as ever."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


@asynccontextmanager
async def hostile_web(
    authority: trustme.CA, contexts: dict[str, ssl.SSLContext]
) -> AsyncIterator[Hostile]:
    """Run all servers on free ports until the block ends."""
    web = Hostile(authority)
    servers = [await _start(web.site, BAD), await _start(web.treasure, TREASURE, web.touched)]
    for fault, context in contexts.items():
        one = Site(replies={"/": reply()})
        servers.append(await _start(one, BAD, context=context))
        web.secure[fault] = one.port
    servers.append(await asyncio.start_server(_no_tls, BAD, 0))
    web.secure["plain"] = servers[-1].sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        for server in servers:
            server.close()


async def _no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 You speak TLS to a plain server\r\n\r\n")
    writer.close()


async def _start(
    site: Site, host: str, touched: list[str] | None = None, context: ssl.SSLContext | None = None
) -> asyncio.Server:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if touched is not None:
            touched.append(str(writer.get_extra_info("peername")))
        try:
            await site.serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.LimitOverrunError):
            writer.close()

    server = await asyncio.start_server(accept, host, 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    return server


def _certificates(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    now, day = datetime.now(UTC), timedelta(days=1)
    between = authority.create_child_ca()
    leaf = between.issue_cert("news.test")
    return {
        "secure": _serving(authority.issue_cert("news.test")),
        "chained": _serving(leaf),
        "incomplete": _serving(leaf, chain=False),
        "self-signed": _serving(trustme.CA().issue_cert("news.test")),
        "wrong-name": _serving(authority.issue_cert("other.test")),
        "expired": _serving(
            authority.issue_cert("news.test", not_before=now - 9 * day, not_after=now - day)
        ),
        "future": _serving(
            authority.issue_cert("news.test", not_before=now + day, not_after=now + 9 * day)
        ),
        "wildcard": _serving(authority.issue_cert("*.other.test")),
    }


def _serving(certificate: trustme.LeafCert, *, chain: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if chain:
        certificate.configure_cert(context)
        return context
    pem = certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes()
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


def encoded(name: str, data: bytes) -> Reply:
    return reply(data, Content_Encoding=name)


def head(*lines: str, body: bytes = b"") -> Reply:
    """Return a reply of exactly these header lines."""
    return raw("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("latin-1") + body)


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Reply:
    """Return a reply that never ends."""

    async def write(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return write


async def silent(_: Request, writer: asyncio.StreamWriter) -> None:
    """Accept, and say nothing for ever."""
    await asyncio.Event().wait()


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """Break the connection."""
    writer.transport.abort()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@cache
def bodies() -> dict[str, tuple[Reply, str]]:
    """Return what bad bodies come as, and what must come of each."""
    half = gzip.compress(PAGE * 50)[:-30]
    wide = zstd.ZstdCompressor(
        options={
            zstd.CompressionParameter.window_log: 27,
            zstd.CompressionParameter.content_size_flag: 0,
        }
    )
    wide_frame = wide.compress(PAGE) + wide.flush()
    return {
        "gzip bomb": (encoded("gzip", gzip.compress(ZEROS)), "too-large"),
        "deflate bomb": (encoded("deflate", zlib.compress(ZEROS)), "too-large"),
        "brotli bomb": (encoded("br", brotli.compress(ZEROS, quality=1)), "too-large"),
        "zstd bomb": (encoded("zstd", zstd.compress(ZEROS)), "too-large"),
        "gzip in gzip bomb": (
            encoded("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
            "too-large",
        ),
        "brotli in gzip bomb": (
            encoded("br, gzip", gzip.compress(brotli.compress(ZEROS, quality=1))),
            "too-large",
        ),
        "three layers": (encoded("gzip, gzip, gzip", b"x"), "bad-body"),
        "a hundred layers": (encoded(", ".join(["br"] * 100), b"x"), "bad-body"),
        "zstd with a window of 128 MB": (encoded("zstd", wide_frame), "bad-body"),
        "unknown encoding": (encoded("compress", b"x"), "bad-body"),
        "encoding with a line of nonsense": (encoded("%s" * 50, b"x"), "bad-body"),
        "not gzip at all": (encoded("gzip", PAGE), "bad-body"),
        "not brotli at all": (encoded("br", PAGE), "bad-body"),
        "not zstd at all": (encoded("zstd", PAGE), "bad-body"),
        "gzip cut off": (encoded("gzip", half), "bad-body"),
        "endless page": (endless(OK + b"\r\n<html>", b"<p>on and on</p>" * 500), "too-large"),
        "endless chunks": (endless(CHUNKED, b"400\r\n" + bytes(1024) + b"\r\n"), "too-large"),
        "endless bytes after the end of gzip": (
            endless(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE), bytes(9000)),
            "too-large",
        ),
        "endless brotli that comes to nothing": (
            endless(OK + b"Content-Encoding: br\r\n\r\n", b"\x06" * 9000),
            "bad-body|too-large",
        ),
        "length of a terabyte, then nothing": (
            head("Content-Length: 1000000000000", body=b"<html>"),
            "unreachable",
        ),
        "negative length": (head("Content-Length: -5", body=PAGE), "unreachable"),
        "two lengths": (head("Content-Length: 5", "Content-Length: 9", body=PAGE), "unreachable"),
        "chunk size of nonsense": (raw(CHUNKED + b"ZZ\r\n"), "unreachable"),
        "chunk size beyond 64 bits": (raw(CHUNKED + b"F" * 20 + b"\r\n"), "unreachable"),
        "chunks cut off": (raw(CHUNKED + b"400\r\nabc"), "unreachable"),
        "chunk extension without end": (endless(CHUNKED + b"5;", b"x" * 9000), "timeout"),
    }


@cache
def heads() -> dict[str, tuple[Reply, str]]:
    """Return bad beginnings of answers, and what must come of each."""
    return {
        "a header of a megabyte": (head("X: " + "x" * 1_000_000), "unreachable"),
        "a header without end": (endless(OK + b"X: ", b"x" * 9000), "unreachable"),
        "ten thousand headers": (head(*[f"X-{n}: x" for n in range(10_000)]), "unreachable"),
        "headers without end": (endless(OK, b"X: y\r\n" * 500), "unreachable"),
        "a status line without end": (endless(b"HTTP/1.1 200 ", b"O" * 9000), "unreachable"),
        "interim answers without end": (
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            "timeout|unreachable",
        ),
        "ssh": (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "unreachable"),
        "HTTP/2 to one who speaks HTTP/1": (raw(b"\0\0\x12\4\0\0\0\0\0"), "unreachable"),
        "HTTP/0.9": (raw(b"<html>no head at all</html>"), "unreachable"),
        "no answer": (raw(b""), "unreachable"),
        "a broken connection": (reset, "unreachable"),
        "a status of nonsense": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), "unreachable"),
        "switching protocols": (raw(b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\nx"), "unreachable|101"),
        "a zero byte in a header": (head("X: a\0b", "Content-Length: 0"), "unreachable"),
        "a header line without a colon": (head("nonsense", "Content-Length: 0"), "unreachable|200"),
        "silence": (silent, "timeout"),
        "a head byte by byte": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.02), "timeout"),
        "a body byte by byte": (
            endless(OK + b"Content-Length: 9999\r\n\r\n", b"x", 0.02),
            "timeout",
        ),
    }


SLOW = {
    "chunk extension without end",
    "interim answers without end",
    "silence",
    "a head byte by byte",
    "a body byte by byte",
}

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

CERTIFICATES = {
    "secure": "200",
    "chained": "200",
    "incomplete": "bad-certificate",
    "self-signed": "bad-certificate",
    "wrong-name": "bad-certificate",
    "wildcard": "bad-certificate",
    "expired": "bad-certificate",
    "future": "bad-certificate",
    "plain": "unreachable",
}


@dataclass
class Tray:
    """Takes links instead of the newswire."""

    events: list[ArticleDiscovered] = field(default_factory=list)

    async def let_in(self, links: Sequence[tuple[ArticleDiscovered, str]]) -> int:
        self.events += [event for event, _ in links]
        return len(links)


# ------------------------------------------------------------------------------------------ tests

MANNERS = Manners(agent="steppewire/test", pace=0.0, timeout=8.0, limit=100_000, patience=60.0)
NO_BREAKER = Breaker(failures=10_000, pause=0.0)
"""The suite asks one bad host again and again; what a breaker does has its own tests."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def contexts(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    return _certificates(authority)


@pytest.fixture
async def hostile(
    authority: trustme.CA, contexts: dict[str, ssl.SSLContext]
) -> AsyncIterator[Hostile]:
    async with hostile_web(authority, contexts) as running:
        yield running


@pytest.fixture
async def visitor(hostile: Hostile, redis: Redis) -> AsyncIterator[Visitor]:
    """The real stack; of the inside, only the address of the bad sites is allowed."""
    hostile.site.replies |= {"/robots.txt": reply(b"", 404), "/ok": reply()}
    web = Web(resolver=names(), allowed=[f"{BAD}/32"], trust=hostile.trust())
    rulebook = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    yield Visitor(web, rulebook, Pace(redis, 1, NO_BREAKER), now=lambda: datetime.now(UTC))
    await web.aclose()
    assert hostile.touched == [], "somebody connected to what is inside"


async def outcome(visitor: Visitor, url: str, manners: Manners = MANNERS) -> str:
    """Return the status of an answer, or the reason of a verdict."""
    try:
        return str((await visitor.visit(url, manners)).status)
    except Verdict as verdict:
        return verdict.reason


def manners_for(case: str) -> Manners:
    return replace(MANNERS, timeout=0.5) if case in SLOW else MANNERS


@pytest.mark.parametrize("case", bodies())
async def test_a_bad_body_ends_as_it_should(hostile: Hostile, visitor: Visitor, case: str) -> None:
    hostile.site.replies["/"], expected = bodies()[case]

    ending = await outcome(visitor, hostile.url("http://news.test:{bad}/"), manners_for(case))

    assert ending in expected.split("|")


@pytest.mark.parametrize("case", heads())
async def test_a_bad_head_ends_as_it_should(hostile: Hostile, visitor: Visitor, case: str) -> None:
    hostile.site.replies["/"], expected = heads()[case]

    ending = await outcome(visitor, hostile.url("http://news.test:{bad}/"), manners_for(case))

    assert ending in expected.split("|")


@pytest.mark.parametrize("url", INSIDE_URLS)
async def test_no_spelling_of_an_address_inside_is_connected_to(
    hostile: Hostile, visitor: Visitor, url: str
) -> None:
    assert await outcome(visitor, hostile.url(url)) == "forbidden-address"


@pytest.mark.parametrize("url", INSIDE_URLS)
async def test_no_redirect_leads_inside(hostile: Hostile, visitor: Visitor, url: str) -> None:
    target = hostile.url(url)
    hostile.site.replies["/"] = reply(b"", 302, Location=target)

    assert await outcome(visitor, hostile.url("http://news.test:{bad}/")) == "forbidden-address"


@pytest.mark.parametrize("url", TRICKS, ids=lambda url: repr(url[:50]))
async def test_an_address_with_a_trick_in_it_is_not_asked_for(
    hostile: Hostile, visitor: Visitor, url: str
) -> None:
    assert await outcome(visitor, hostile.url(url)) == "bad-url"
    assert hostile.site.requests == []


@pytest.mark.parametrize("url", PORTS)
async def test_a_port_of_another_service_is_not_spoken_to(visitor: Visitor, url: str) -> None:
    assert await outcome(visitor, url) == "forbidden-address"


@pytest.mark.parametrize("location", LOCATIONS, ids=lambda location: repr(location[:50]))
async def test_a_redirect_ends_as_it_should(
    hostile: Hostile, visitor: Visitor, location: str
) -> None:
    target = hostile.url(location.replace("{self}", "start"))
    hostile.site.replies["/start"] = reply(b"", 302, Location=target)

    ending = await outcome(visitor, hostile.url("http://news.test:{bad}/start"))

    assert ending == LOCATIONS[location]


@pytest.mark.parametrize("fault", CERTIFICATES)
async def test_a_certificate_is_verified(hostile: Hostile, visitor: Visitor, fault: str) -> None:
    url = hostile.url(f"https://news.test:{{{fault}}}/")

    # robots.txt goes over the same connection: a bad certificate closes the host for now
    expected = CERTIFICATES[fault]
    ending = await outcome(visitor, url)

    assert ending == ("200" if expected == "200" else "robots-unknown")
    if expected != "200":
        web = Web(resolver=names(), allowed=[f"{BAD}/32"], trust=hostile.trust())
        with pytest.raises(Verdict, match=expected):
            await web.get(url, {}, limit=1000, timeout=8.0)
        await web.aclose()


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then(
    hostile: Hostile, visitor: Visitor
) -> None:
    hostile.site.replies["/ok"] = raw(OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n")

    url = hostile.url("http://rebinding.test:{bad}/ok")
    hostile.site.replies["/robots.txt"] = raw(
        OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n"
    )

    # the first connection is for robots.txt; the second one meets the changed name
    assert await outcome(visitor, url) == "forbidden-address"


async def test_of_a_names_addresses_only_the_public_ones_are_tried(
    hostile: Hostile, visitor: Visitor
) -> None:
    assert await outcome(visitor, hostile.url("http://mixed.test:{bad}/ok")) == "200"


async def test_a_name_without_an_address_is_unreachable(visitor: Visitor) -> None:
    assert await outcome(visitor, "http://nowhere.test/") == "robots-unknown"


async def test_a_plain_host_gets_nothing_of_what_another_one_set(
    hostile: Hostile, visitor: Visitor
) -> None:
    cookie = "who=you; Domain=test; Path=/"
    hostile.site.replies["/start"] = reply(
        b"", 302, Set_Cookie=cookie, Location=hostile.url("http://other.test:{bad}/ok")
    )

    for _ in range(2):
        assert await outcome(visitor, hostile.url("http://news.test:{bad}/start")) == "200"

    sent = [one.headers for one in hostile.site.requests]
    assert len(sent) == 6
    assert not [one for one in sent if {"cookie", "authorization", "referer"} & one.keys()]


async def test_what_looks_like_a_header_in_a_path_stays_in_the_path(
    hostile: Hostile, visitor: Visitor
) -> None:
    url = hostile.url("http://news.test:{bad}/%0d%0aX-Injected:%201")

    assert await outcome(visitor, url) == "404"
    assert "x-injected" not in hostile.site.requests[-1].headers


async def test_an_entity_tag_cannot_smuggle_a_header(hostile: Hostile, visitor: Visitor) -> None:
    known = Validators(etag='"a"\r\nX-Injected: 1')

    with pytest.raises(Verdict, match="bad-url"):
        await visitor.visit(hostile.url("http://news.test:{bad}/ok"), MANNERS, known)
    assert [one.path for one in hostile.site.requests] == ["/robots.txt"]


async def test_a_redirect_without_end_is_given_up(hostile: Hostile, visitor: Visitor) -> None:
    for hop in range(20):
        hostile.site.replies[f"/{hop}"] = reply(b"", 302, Location=f"/{hop + 1}")

    assert await outcome(visitor, hostile.url("http://news.test:{bad}/0")) == "redirect-loop"


# ---------------------------------------------------------------------------------------- robots

ROBOTS = {
    "robots.txt without end": (
        endless(OK + b"\r\nUser-agent: *\nDisallow: /ok\n", b"#" * 9000),
        "robots",
    ),
    "a robots.txt bomb": (encoded("gzip", gzip.compress(ZEROS)), "200"),
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
    hostile: Hostile, visitor: Visitor, case: str
) -> None:
    hostile.site.replies["/robots.txt"], expected = ROBOTS[case]
    if case == "a robots.txt inside":
        target = hostile.url("http://127.0.0.1:{treasure}/robots.txt")
        hostile.site.replies["/robots.txt"] = reply(b"", 302, Location=target)

    assert await outcome(visitor, hostile.url("http://news.test:{bad}/ok")) == expected


# ------------------------------------------------------------------------------------------- XML

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
    hostile: Hostile, visitor: Visitor, redis: Redis, case: str, kind: str
) -> None:
    hostile.site.replies |= {k: reply(v) for k, v in documents(case, hostile).items()}
    tray = Tray()
    discoverer = Discoverer(
        visitor=visitor,
        surveyor=Surveyor(visitor, time.monotonic),
        memory=Memory(redis, 1),
        door=tray,
        now=lambda: datetime.now(UTC),
        manners=lambda source: replace(MANNERS, limit=1_000_000),
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


def test_the_suite_has_at_least_sixty_cases() -> None:
    rows = len(bodies()) + len(heads()) + 2 * len(INSIDE_URLS) + len(TRICKS) + len(PORTS)
    rows += len(LOCATIONS) + len(CERTIFICATES) + len(ROBOTS) + 2 * len(XML)

    assert rows >= 60
