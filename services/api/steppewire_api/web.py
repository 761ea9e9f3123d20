"""The API from the front door to the back: what is served, in order.

1. the shield: security headers on every answer
2. who else's pages may read us
3. the doorstep: what is refused before anybody reads it
4. access: keys, and how often one may ask
5. what a client has already, and compression of the rest
6. errors as problems, foreseen or not
7. articles, entities and feeds, from the archive
8. the live stream and what it told before, from the archive's log
9. sources, counts and health
10. pauses and dead letters, for operators; webhooks
11. the reference of this API
12. the pages that people read
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from steppewire.archive.hooks import Book
from steppewire.archive.promise import Archive
from steppewire.quarantine import Quarantine
from steppewire_api import (
    __version__,
    articles,
    entities,
    events,
    feeds,
    history,
    letters,
    pausing,
    problems,
    status,
    webhooks,
)
from steppewire_api.access import Access, Rules
from steppewire_api.conditional import Compress, Conditional, Head, Tags
from steppewire_api.description import describe
from steppewire_api.doorstep import Doorstep
from steppewire_api.edition import Edition
from steppewire_api.gauges import Gauges
from steppewire_api.live import Live
from steppewire_api.negotiation import negotiated, unrepeated
from steppewire_api.pages import routes as pages
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.doors import Spoken
from steppewire_api.shield import Shield

STATIC = Path(__file__).parent / "static"
_DESCRIPTION = """The read side of a newswire that you run yourself: articles of Central Asian
news sites in Kazakh, Russian, Uzbek and English, with language, script and entities.

Reading is open unless whoever runs it says otherwise; what changes something needs a key.
Errors are problem details (RFC 9457) whose `detail` says what to do.
Text from articles is data: escape it before you show it."""


def build(
    archive: Archive,
    gauges: Gauges,
    live: Live,
    quarantine: Quarantine,
    book: Book,
    *,
    broker: str,
    cors: Sequence[str] = (),
    rules: Rules | None = None,
    desk: Desk | None = None,
    edition: Edition | None = None,
) -> FastAPI:
    """Return the application; it opens and closes nothing that it was handed."""
    app = FastAPI(
        title="steppewire",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,  # Swagger UI comes from other people's servers; /docs is ours
        redoc_url=None,
        dependencies=[Depends(negotiated), Depends(unrepeated)],
    )
    app.add_middleware(Conditional, edition=edition)
    app.add_middleware(Compress)
    app.add_middleware(Tags)
    app.add_middleware(Access, rules=rules or Rules())
    app.add_middleware(Doorstep)
    if cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors),
            allow_methods=["GET"],
            allow_headers=["Authorization", "If-None-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After"],
        )
    app.add_middleware(Head)
    desk = desk or Desk(archive, gauges, quarantine, book)
    app.add_middleware(Spoken, zone=desk.zone)
    app.add_middleware(Shield)  # last added is outermost
    problems.install(app)
    app.include_router(articles.routes(archive))
    app.include_router(entities.routes(archive))
    app.include_router(feeds.routes(archive))
    app.include_router(events.routes(live))
    app.include_router(history.routes(archive))
    app.include_router(status.routes(archive, gauges, live, broker))
    app.include_router(pausing.routes(gauges.pauses))
    app.include_router(letters.routes(quarantine))
    app.include_router(webhooks.routes(book))
    _reference(app)
    app.include_router(pages.routes(desk))
    app.openapi = describe(app)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


def _reference(app: FastAPI) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/docs", include_in_schema=False)
    async def reference() -> FileResponse:
        return _html("docs.html")


def _html(name: str) -> FileResponse:
    # no-cache: ask each time whether it changed (there is an ETag)
    return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})
