"""What the head of a page says about its article: title, description, the text in JSON-LD."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

_BODY = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")', re.DOTALL)
_TAG = re.compile(r"<[^>]{1,500}>")
_NAMES = {
    "og:title": "title",
    "twitter:title": "title",
    "og:description": "description",
    "description": "description",
    "twitter:description": "description",
    "og:type": "type",
}
# Of a longer text, more tells nothing new; a shorter one is a summary.
MAX_BODY_CHARS = 200_000


@dataclass(frozen=True)
class Hints:
    """Texts that the page gives about itself; "" when it gives none."""

    title: str = ""
    heading: str = ""
    """The text of <title>, often with the name of the site."""
    description: str = ""
    body: str = ""
    kind: str = ""


def read_hints(named: Mapping[str, Sequence[LexborNode]]) -> Hints:
    """Return what a page, given as its elements by name, says about its article."""
    said: dict[str, str] = {}
    for meta in named.get("meta", ()):
        attributes = meta.attributes
        if "content" not in attributes:
            continue
        name = _NAMES.get(attributes.get("property") or attributes.get("name") or "")
        if name and name not in said:
            said[name] = " ".join((attributes["content"] or "").split())
    heading = next(iter(named.get("title", ())), None)
    return Hints(
        title=said.get("title", ""),
        heading=" ".join(heading.text().split()) if heading is not None else "",
        description=said.get("description", ""),
        body=article_body(named.get("script", ())),
        kind=said.get("type", ""),
    )


def article_body(scripts: Iterable[LexborNode]) -> str:
    """Return the longest articleBody of the page's JSON-LD, as one text."""
    found = ""
    for script in scripts:
        if (script.attributes.get("type") or "").lower() != "application/ld+json":
            continue
        raw = script.text()
        if "articleBody" in raw:
            for match in _BODY.finditer(raw):
                found = max(found, _unquoted(match[1]), key=len)
    return found[:MAX_BODY_CHARS]


def _unquoted(literal: str) -> str:
    try:
        text = str(json.loads(literal, strict=False))
    except ValueError:
        return ""
    return " ".join(_TAG.sub(" ", html.unescape(text)).split())
