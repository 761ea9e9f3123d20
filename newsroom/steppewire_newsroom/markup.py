"""HTML as the sites write it: escaping, running text with links, blocks, the head of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any

from steppewire_newsroom.stories import Kind, Story, clean, pieces, shown

FOOTER = "<footer><p>Invented news, made for the steppewire demo.</p></footer>"


def text(raw: str) -> str:
    """Return marked text as plain HTML text."""
    return escape(shown(raw), quote=False)


def attribute(raw: str) -> str:
    """Return marked text as an attribute value."""
    return escape(clean(shown(raw)), quote=True)


def running(raw: str, tag_path: str = "") -> str:
    """Return marked text as HTML; with `tag_path`, names link to the site's tag pages."""
    return "".join(_inline(piece.text, piece.name, tag_path) for piece in pieces(raw))


def _inline(words: str, name: str, tag_path: str) -> str:
    inner = escape(words, quote=False)
    if not (name and tag_path):
        return inner
    return f'<a href="{tag_path}{name}">{inner}</a>'


def blocks(story: Story, tag_path: str = "") -> str:
    """Return the body as the editor would have typed it, one element a line.

    With the quirk `glued` nothing at all stands between the blocks, and list items are bare inline
    elements parted by <br>; with `br` all plain paragraphs share one <p>.
    """
    glued = "glued" in story.quirks
    html = list(_groups(story, tag_path, glued))
    return "".join(html) if glued else "\n".join(html)


def _groups(story: Story, tag_path: str, glued: bool) -> Iterator[str]:
    for kind, group in groupby(story.passages, key=lambda passage: passage.kind):
        inner = [running(passage.raw, tag_path) for passage in group]
        if kind == "list-item":
            yield _list(inner, glued)
        elif kind == "text" and "br" in story.quirks:
            yield f"<p>{'<br><br>'.join(inner)}</p>"
        else:
            yield from (_block(kind, words) for words in inner)


def _list(items: Iterable[str], glued: bool) -> str:
    if glued:
        return "<div>" + "<br>".join(f"<span>{item}</span>" for item in items) + "</div>"
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _block(kind: Kind, inner: str) -> str:
    if kind == "subhead":
        return f"<h2>{inner}</h2>"
    if kind == "quote":
        return f"<blockquote><p>{inner}</p></blockquote>"
    return f"<p>{inner}</p>"


def summary(story: Story) -> str:
    """Return the description: the standfirst, or else the beginning of the text, cut off."""
    if story.lead:
        return clean(shown(story.lead))
    words = clean(story.article[0].shown)
    return words[: min(110, len(words) * 2 // 3)].rsplit(" ", 1)[0] + "…"


def meta(key: str, content: str, by: str = "property") -> str:
    """Return a <meta> element."""
    return f'<meta {by}="{key}" content="{attribute(content)}">'


def ld_json(value: dict[str, Any]) -> str:
    """Return a JSON-LD script; "</" is escaped as every careful site does."""
    body = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{body}</script>'


def alternates(translations: Iterable[tuple[str, str]]) -> str:
    """Return the <link rel=alternate hreflang> elements."""
    return "\n".join(
        f'<link rel="alternate" hreflang="{tag}" href="{url}">' for tag, url in translations
    )


def document(lang: str, head: Iterable[str], body: Iterable[str]) -> str:
    """Return a whole page."""
    inside = "\n".join(part for part in head if part)
    below = "\n".join(part for part in body if part)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n{inside}\n</head>\n'
        f"<body>\n{below}\n{FOOTER}\n</body>\n</html>\n"
    )


def links(items: Iterable[tuple[str, str]]) -> str:
    """Return a list of links: (address, text)."""
    return "".join(f'<li><a href="{url}">{text(title)}</a></li>' for url, title in items)
