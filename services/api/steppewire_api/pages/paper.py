"""Templates made into pages. Everything that goes in is escaped; nothing is marked as safe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from steppewire_api.pages import addresses, marking, words
from steppewire_api.pages.addresses import Addresses
from steppewire_api.pages.words import Words

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
COOKIE = "steppewire_"
"""Begins the names of our cookies: those of one host are shared by all of its ports."""


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "outward": addresses.outward,
        "host": addresses.host,
        "pieces": marking.pieces,
        "kind_of": marking.kind_of,
        "NAMED": marking.NAMED,
        "own_name": words.own_name,
        "OWN_NAMES": words.OWN_NAMES,
        "THEMES": THEMES,
        "parts": words.parts,
        "zip": zip,
    }
    return made


_TEMPLATES = _environment()


@dataclass(frozen=True)
class Reader:
    """Who asks: the language of the address, and what was chosen before (in cookies)."""

    words: Words
    theme: Theme
    keys: bool
    """Whether single keys do something; WCAG 2.1.4 wants a way to switch them off."""
    path: str
    """What is asked for, after the language: `/articles/0f2c…?version=1`."""

    @classmethod
    def of(cls, request: Request, words: Words) -> Reader:
        """Read what a request tells."""
        path = request.url.path.removeprefix(f"/{words.language}") or "/"
        theme = request.cookies.get(f"{COOKIE}theme")
        return cls(
            words=words,
            theme=next((known for known in THEMES if known == theme), "auto"),
            keys=request.cookies.get(f"{COOKIE}keys") != "off",
            path=f"{path}?{request.url.query}" if request.url.query else path,
        )


def page(template: str, reader: Reader, *, status: int = 200, **shown: Any) -> Response:
    """Return a page."""
    text = _TEMPLATES.get_template(template).render(
        t=reader.words, at=Addresses(reader.words.language), reader=reader, **shown
    )
    return HTMLResponse(text, status, headers=_HEADERS)


_HEADERS = {
    # each reader's own (cookies choose its colours), asked for anew each time, often unchanged
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
}
