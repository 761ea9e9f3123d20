"""A local server that plays all hosts, and names that lead to it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import http.client
import random
import socket
from typing import Any

ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /search\nAllow: /\nSitemap: /sitemap.xml\n"


def page(path: str) -> bytes:
    """Return an article in a news site's markup, 30 to 60 KB, the same for the same path."""
    chance = random.Random(path)
    letters = "аәбвгғдежзийкқлмнңоөпрстуұүфхһцчшыіэюя"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(900)]
    weights = [1 / rank for rank in range(1, 901)]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, weights, k=count))

    menu = "".join(
        f'<li class="menu__item"><a class="menu__link" href="/{n}">{text(2)}</a></li>'
        for n in range(60)
    )
    cards = "".join(
        f'<div class="card card--small"><a href="/news/{n}-{chance.random()}.html">'
        f'<img loading="lazy" src="/img/{chance.getrandbits(64):x}.webp" alt=""></a>'
        f"<time>12:{n:02}</time><h3>{text(9)}</h3></div>"
        for n in range(40)
    )
    body = "".join(f"<p>{text(chance.randint(30, 80))}</p>" for _ in range(chance.randint(12, 45)))
    script = f"<script>window.__data={{id:{chance.getrandbits(64)}}};{'var a=0;' * 300}</script>"
    return (
        f'<!doctype html><html lang="kk"><head><meta charset="utf-8"><title>{text(8)}</title>'
        f'<link rel="canonical" href="{path}">{script}</head><body><ul class="menu">{menu}</ul>'
        f"<article><h1>{text(8)}</h1>{body}</article><aside>{cards}</aside></body></html>"
    ).encode()


class Host(asyncio.Protocol):
    """One connection to the server of all hosts."""

    pages: dict[bytes, bytes] = {}  # noqa: RUF012 (shared on purpose)

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head.split(b" ", 2)[1], head.lower()))

    def answer(self, path: bytes, head: bytes) -> bytes:
        if path == b"/robots.txt":
            return _response(ROBOTS, b"text/plain", b"")
        host = next(line for line in head.split(b"\r\n") if line.startswith(b"host:"))
        name = host + path
        if name not in self.pages:
            body = gzip.compress(page(name.decode()), 6)
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
            extra = b'Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nETag: "' + etag + b'"\r\n'
            self.pages[name] = _response(body, b"text/html; charset=utf-8", extra)
        return self.pages[name]


def _response(body: bytes, kind: bytes, extra: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 26 Nov 2026 06:00:00 GMT\r\n"
        b"Content-Type: " + kind + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n"
        b"Connection: keep-alive\r\nCache-Control: no-cache, private\r\n"
        b"X-Frame-Options: SAMEORIGIN\r\nStrict-Transport-Security: max-age=31536000\r\n"
        + extra
        + b"\r\n"
        + body
    )


async def serve() -> None:
    """Play all hosts until the parent ends us; the first line of output is the port."""
    server = await asyncio.get_running_loop().create_server(Host, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def addresses(pages: int, hosts: int, port: int) -> list[str]:
    """Return the pages, host after host, as a newswire meets them."""
    return [
        f"http://news{n % hosts:03}.bench.example:{port}/news/{n}-article.html"
        for n in range(pages)
    ]


def play_name_server() -> None:
    """Let every name of the hosts lead to the local server, and nowhere else."""
    ask = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        local = isinstance(name, str) and name.endswith(".bench.example")
        return ask("127.0.0.1" if local else host, *args, **kwargs)

    socket.getaddrinfo = answer
    socket.gethostbyname = lambda host: "127.0.0.1"


def warm_up(urls: list[str], port: int) -> None:
    """Have the server make every page once, outside of the counting."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    for url in urls:
        _, _, host, path = url.split("/", 3)
        client.request("GET", f"/{path}", headers={"Host": host})
        client.getresponse().read()
