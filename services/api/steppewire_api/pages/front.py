"""The front door, which sends readers to their language, and what they choose for themselves."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from steppewire_api.pages.addresses import Addresses, query_of
from steppewire_api.pages.paper import COOKIE, THEMES
from steppewire_api.pages.words import LANGUAGES, preferred
from steppewire_api.problems import Problem

YEAR = 365 * 86_400
LONGEST_FORM = 10_000
"""Bytes of a form; ours are a tenth of that."""
CHOICES = {"language": LANGUAGES, "theme": THEMES, "keys": ("on", "off")}


async def door(request: Request) -> Response:
    """Send a reader on: to the language that was chosen, or else to the one the browser likes."""
    at = Addresses(language_of(request))
    query = dict.fromkeys(request.query_params.keys())
    asked = {name: request.query_params.getlist(name) for name in query}
    # before pages were made on the server, an article was /?article=ID
    article = asked.pop("article", None)
    path = (
        at.article(article[0], version=asked.get("version"))
        if article
        else f"/{at.language}/{query_of(asked)}"
    )
    return RedirectResponse(path, 307, headers={"Vary": "Accept-Language, Cookie"})


def language_of(request: Request) -> str:
    """Return the language for a reader who has not said one in the address."""
    chosen = request.cookies.get(f"{COOKIE}language")
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


async def choose(request: Request) -> Response:
    """Remember a choice and lead back to where it was made. Raises Problem."""
    form = await fields(request)
    at, language = form.get("at", "/"), form.get("language") or form.get("here", "")
    if not at.startswith("/") or language not in LANGUAGES:
        raise Problem(422, "bad-choice", "The form of a page says `at`, a path, and a language.")
    response = RedirectResponse(f"/{language}{at}", 303)
    for name, allowed in CHOICES.items():
        if (chosen := form.get(name)) in allowed:
            response.set_cookie(
                f"{COOKIE}{name}", str(chosen), max_age=YEAR, httponly=True, samesite="lax"
            )
    return response


async def fields(request: Request) -> dict[str, str]:
    """Read a form's fields. Raises Problem for one that is longer than any of ours."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LONGEST_FORM:
            raise Problem(413, "too-long", f"A form has at most {LONGEST_FORM} bytes.")
    return dict(parse_qsl(read.decode("utf-8", "replace")))
