"""How trouble.example answers: one small function for each bad page."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from functools import cache

from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

Answer = Callable[[int], Response | None]
"""Takes how often the page was asked for before; None means: serve the ordinary page."""

BOMB_BYTES = 64 * 1024 * 1024
"""Size of the gzip bomb when unpacked: well above any sane cap, still cheap to make."""

_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
_CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head><body>
<h1>trouble.example</h1><p>Checking your browser before accessing trouble.example.</p>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={cType:'managed'};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>
</body></html>"""
_SHELL = """<!DOCTYPE html><html><head><title>Trouble Daily</title>
<script src="/static/js/main.4f2a.js" defer></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript>
<div id="root"></div></body>
</html>"""
_LISTING = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>All news</title></head><body><ul>'
    + "".join(f'<li><a href="/news/item-{n}">Item number {n}</a></li>' for n in range(40))
    + "</ul></body></html>"
)


@cache
def bomb() -> bytes:
    """Return gzip data that unpacks to `BOMB_BYTES` blanks inside an HTML page."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    blank = b" " * (1024 * 1024)
    parts = [packer.compress(b"<html><body><p>")]
    parts += [packer.compress(blank) for _ in range(BOMB_BYTES // len(blank))]
    return b"".join([*parts, packer.flush()])


async def _without_end() -> AsyncIterator[bytes]:
    yield b"<!DOCTYPE html><html><head><title>Endless</title></head><body>"
    while True:
        yield b"<p>and so on</p>\n" * 4096
        await asyncio.sleep(0)  # lets the other requests have their turn


def _endless(_: int) -> Response:
    return StreamingResponse(_without_end(), media_type="text/html")


def _gzip_bomb(_: int) -> Response:
    return Response(bomb(), media_type="text/html", headers={"content-encoding": "gzip"})


def _redirect(target: str) -> Answer:
    return lambda _: RedirectResponse(target, status_code=302)


def _status(code: int) -> Answer:
    return lambda _: HTMLResponse(f"<html><body><h1>{code}</h1></body></html>", code)


def _html(body: str, status: int = 200) -> Answer:
    return lambda _: HTMLResponse(body, status, headers={"server": "cloudflare"})


def _pdf(content_type: str) -> Answer:
    return lambda _: Response(_PDF, headers={"content-type": content_type})


def _rate_limited(before: int) -> Response | None:
    if before:
        return None
    return HTMLResponse("<h1>Too Many Requests</h1>", 429, headers={"retry-after": "1"})


def _hiccup(before: int) -> Response | None:
    return None if before else HTMLResponse("<h1>Internal Server Error</h1>", 500)


_BASE = "https://trouble.example"
ANSWERS: dict[str, Answer] = {
    "/news/gzip-bomb": _gzip_bomb,
    "/news/endless": _endless,
    "/news/loop-a": _redirect(f"{_BASE}/news/loop-b"),
    "/news/loop-b": _redirect(f"{_BASE}/news/loop-a"),
    "/news/to-ten": _redirect("http://10.0.0.1/"),
    "/news/to-metadata": _redirect("http://169.254.169.254/latest/meta-data/"),
    "/news/to-loopback": _redirect("http://127.0.0.1:1/"),
    "/news/gone": _status(404),
    "/news/gone-for-good": _status(410),
    "/news/report.pdf": _pdf("application/pdf"),
    "/news/annual-report": _pdf("text/html; charset=utf-8"),
    "/news/challenge": _html(_CHALLENGE, 403),
    "/news/challenge-200": _html(_CHALLENGE),
    "/news/all-news": _html(_LISTING),
    "/news/app-shell": _html(_SHELL),
    "/news/rate-limited": _rate_limited,
    "/news/hiccup": _hiccup,
}
