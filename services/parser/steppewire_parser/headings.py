"""Reads the headings that may be the title of a page: what they say, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from steppewire_parser.document import Document, attribute
from steppewire_parser.nodes import ancestors, children
from steppewire_parser.text import letters, normalise

# Longer headings are paragraphs in disguise.
MAX_CHARS = 400
# How many of each kind are looked at: teasers of other stories are headings, too.
LEVELS = {"h1": 6, "h2": 4}
MAX_AROUND = 10

_MARKED_AROUND = {
    "article": "in-article",
    "main": "in-article",
    "header": "in-header",
    "nav": "aside",
    "aside": "aside",
    "footer": "aside",
}
_UNREAD = frozenset(("script", "style", "noscript", "svg", "template", "button"))
# Elements after which a reader sees a space, though there is none in the text.
_APART = frozenset(("br", "div", "p", "small", "section", "header", "time", "h1", "h2", "h3", "h4"))
# Parts of class names and ids.
_TITLE = ("title", "headline", "heading", "titre", "titulo")
_LOGO = ("logo", "brand", "sitetitle", "site-title", "sitename", "site-name", "blog-title")
_OTHERS = (
    "comment", "sidebar", "widget", "related", "footer", "menu", "popup", "modal", "cookie",
    "newsletter", "subscribe", "banner",
)  # fmt: skip
_ENDS_A_PART = frozenset(":.!?…»”\"'")


@dataclass(frozen=True)
class Heading:
    """One heading."""

    text: str
    level: str
    """Its tag, or "item" when the page marks it as a headline."""
    rank: int
    """How many of its kind stand before it."""
    marks: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    """The texts of its pieces when it has several: a kicker and a headline."""


def read_headings(page: Document, host: str) -> list[Heading]:
    """Return the first few headings of each level."""
    return [head for level, most in LEVELS.items() for head in _of_level(page, level, most, host)]


def _of_level(page: Document, level: str, most: int, host: str) -> Iterator[Heading]:
    rank = 0
    for node in page.named(level)[:most]:
        text = heading_text(node)
        if letters(text) and len(text) <= MAX_CHARS:
            item = "headline" in attribute(node, "itemprop").lower()
            pieces = tuple(parts_of(node))
            yield Heading(text, "item" if item else level, rank, _marks(node, host), pieces)
            rank += 1


def heading_text(node: LexborNode) -> str:
    """Return what a heading says: words stay whole, lines and kickers stay apart.

    `C<span>ompany</span>` is one word, `<span>Sport</span><span>Final</span>` are two.
    """
    only = node.first_child
    if only is not None and only.next is None and only.is_text_node:
        return normalise(only.text_content or "")
    return normalise(_spelled(node))


def _spelled(node: LexborNode) -> str:
    text = ""
    for piece, apart in _pieces(node):
        touching = text and not text[-1].isspace() and not piece[0].isspace()
        text += f" {piece}" if touching and (apart or _begins(text[-1], piece[0])) else piece
    return text


def _begins(before: str, after: str) -> bool:
    return after.isupper() and (before.islower() or before in _ENDS_A_PART)


def _pieces(node: LexborNode) -> Iterator[tuple[str, bool]]:
    """Yield the texts of a heading, each with whether a border of a block lies before it."""
    apart = False
    for inner in node.traverse(include_text=True):
        if inner.is_text_node:
            text = inner.text_content or ""
            if text and (inner.parent is None or inner.parent.tag not in _UNREAD):
                yield text, apart
                apart = False
        elif inner.tag in _APART:
            apart = True


def parts_of(node: LexborNode) -> list[str]:
    """Return the texts of the elements that a heading is made of, and its own text."""
    inner = [child for child in children(node) if child.is_element_node]
    inner = [child for child in inner if child.tag not in _UNREAD]
    if not inner:
        return []
    told = list(filter(None, map(heading_text, inner)))
    bare = [c.text_content or "" for c in children(node) if c.is_text_node]
    own = normalise(" ".join(bare))
    if len(told) == 1 and not own:
        return parts_of(next(child for child in inner if heading_text(child)))
    return [*told, own] if own and told else told


def _marks(node: LexborNode, host: str) -> frozenset[str]:
    marks: set[str] = set()
    names, link = [_names(node)], None
    for parent in islice(ancestors(node), MAX_AROUND):
        tag = parent.tag or ""
        if tag in _MARKED_AROUND:
            marks.add(_MARKED_AROUND[tag])
        if tag == "a":
            link = parent
        names.append(_names(parent))
    marks.update(_marks_of_names(names[0], " ".join(names)))
    link = link or node.css_first("a")
    if link is not None:
        marks.add("home" if _is_home(attribute(link, "href"), host) else "linked")
    return frozenset(marks)


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()


def _marks_of_names(own: str, all_names: str) -> Iterator[str]:
    if any(word in own for word in _TITLE):
        yield "named"
    if any(word in all_names for word in _LOGO):
        yield "logo"
    if any(word in all_names for word in _OTHERS):
        yield "others"


def _is_home(href: str, host: str) -> bool:
    """Tell whether a link leads to the front page, as the name of a site in its header does."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    here = parts.netloc in ("", host) and bool(parts.netloc or parts.path)
    return here and not parts.query and parts.path.strip("/") in ("", "index.html", "index.php")
