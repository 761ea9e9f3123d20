"""The server: the Host header chooses the site; any other host gets the newsroom's own pages."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from email.utils import parsedate_to_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from steppewire_newsroom.desk import Desk
from steppewire_newsroom.front import front_page, preview_html, preview_url
from steppewire_newsroom.hostile import ANSWERS
from steppewire_newsroom.publishers import trouble
from steppewire_newsroom.publishers.site import Page, Site
from steppewire_newsroom.truth import as_json

_NOT_FOUND = "<!DOCTYPE html><html><head><title>404</title></head><body><h1>404</h1></body></html>"
_ZIP_FROM = 1024
"""Bodies below this size are not worth packing."""


def build(desk: Desk, delay: float = 0.0) -> Starlette:
    """Return the application; `delay` is the latency of every answer, in seconds."""

    async def anything(request: Request) -> Response:
        if delay:
            await asyncio.sleep(delay)
        host = request.url.hostname or ""
        site = desk.site(host)
        if site is None:
            return await _own(desk, request)
        response = _answer(desk, site, host, request)
        _note(desk, host, request, response)
        return response

    route = Route("/{path:path}", anything, methods=["GET", "HEAD", "POST"])
    return Starlette(routes=[route])


def _note(desk: Desk, host: str, request: Request, response: Response) -> None:
    headers = request.headers
    conditional = "if-none-match" in headers or "if-modified-since" in headers
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    desk.note(host, path, response.status_code, headers.get("user-agent", ""), conditional)


def _answer(desk: Desk, site: Site, host: str, request: Request) -> Response:
    """Answer for a site: aliases, agents, tricks, pages, in this order."""
    path = request.url.path
    if host != site.host:
        return RedirectResponse(site.base + path, status_code=301)
    if site.full_agent and not _introduces_itself(request.headers.get("user-agent", "")):
        return HTMLResponse("<h1>403 Forbidden</h1>", 403)
    before = desk.knock(host, path)
    if site.host == trouble.HOST and path in ANSWERS:
        trick = ANSWERS[path](before)
        if trick is not None:
            return trick
    page = desk.page(site, path, request.url.query)
    if page is not None:
        return _serve(page, request)
    if not path.endswith("/") and desk.page(site, path + "/", "") is not None:
        return RedirectResponse(site.base + path + "/", status_code=301)
    return HTMLResponse(_NOT_FOUND, 404)


def _introduces_itself(agent: str) -> bool:
    """Tell whether an agent says who it is, as in `name/1.0 (+https://…)`."""
    return "(" in agent and "/" in agent


def _serve(page: Page, request: Request) -> Response:
    if page.location:
        return RedirectResponse(page.location, status_code=page.status)
    validators = {"etag": page.etag, "last-modified": page.last_modified}
    if _unchanged(page, request):
        return Response(status_code=304, headers=validators)
    headers = {**validators, "content-type": page.content_type, "vary": "accept-encoding"}
    if len(page.body) >= _ZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(page.zipped, page.status, {**headers, "content-encoding": "gzip"})
    return Response(page.body, page.status, headers)


def _unchanged(page: Page, request: Request) -> bool:
    """If-None-Match wins over If-Modified-Since (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return page.etag in tags or tags.strip() == "*"
    since = request.headers.get("if-modified-since")
    return since is not None and _not_newer(page, since)


def _not_newer(page: Page, since: str) -> bool:
    try:
        return page.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False  # a date nobody can read is no condition (RFC 9110, 13.1.3)


async def _own(desk: Desk, request: Request) -> Response:
    """The newsroom's own pages: what it plays, the truth, the controls, previews for people."""
    method, path = request.method, request.url.path
    if method == "POST":
        return _control(desk, path)
    if path == "/":
        return HTMLResponse(front_page(desk.edited))
    if path == "/truth.json":
        return JSONResponse(as_json(desk.edited))
    if path == "/control/requests":
        return JSONResponse([asdict(asked) for asked in desk.log])
    if path == "/health":
        return JSONResponse({"status": "ok"})
    return _preview(desk, path, request.url.query)


def _control(desk: Desk, path: str) -> Response:
    if path == "/control/edit":
        desk.edit()
    elif path == "/control/reset":
        desk.reset()
    else:
        return HTMLResponse(_NOT_FOUND, 404)
    return JSONResponse({"edited": desk.edited})


def _preview(desk: Desk, path: str, query: str) -> Response:
    """Show `/site/{host}/{path}` to a person whose browser knows only this server."""
    _, _, rest = path.partition("/site/")
    host, _, inside = rest.partition("/")
    site = desk.site(host)
    page = desk.page(site, "/" + inside, query) if site else None
    if page is None:
        return HTMLResponse(_NOT_FOUND, 404)
    if page.location:
        return RedirectResponse(preview_url(page.location))
    if not page.content_type.startswith("text/html"):
        return Response(page.body, headers={"content-type": page.content_type})
    return Response(preview_html(page.body, host), headers={"content-type": page.content_type})
