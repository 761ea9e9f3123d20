"""Finds the pictures of an article with their captions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from steppewire.events import Image
from steppewire_parser.address import joined_to
from steppewire_parser.document import Document
from steppewire_parser.nodes import around, attribute, is_inside, text_of
from steppewire_parser.text import normalise

MAX_IMAGES = 20
MAX_CAPTION_CHARS = 500
# Smaller pictures are icons, avatars and counters.
MIN_PIXELS = 100

# Lazy loading: `src` is a placeholder, the picture is elsewhere (gazeta.uz: data-src).
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_SETS = ("data-srcset", "srcset")
# A look for each in turn takes a tenth of the time of a pattern for all of them.
_DECORATIONS = (
    "logo", "sprite", "avatar", "counter", "pixel", "placeholder", "blank.", "spacer", "icon",
    "emoji", "/ad/", "/ads/", ".svg?",
)  # fmt: skip
_CREDIT = re.compile(r"^(?:фото|сурет|foto|surat|photo)\s*[:/]", re.IGNORECASE)


def choose_images(
    containers: Sequence[LexborNode],
    declared: Iterable[str],
    base: str,
    dropped: Collection[int] = (),
) -> tuple[Image, ...]:
    """Return the pictures inside the article, after the one that the page declares for sharing."""
    inside = [image for container in containers for image in _pictures(container, base, dropped)]
    shared = [Image(url=url) for u in declared if (url := joined_to(base, u)) and not _decorates(u)]
    merged: dict[str, Image] = {}
    for image in (*shared[:1], *inside):
        key = _key(image.url)
        if key not in merged or (image.caption and not merged[key].caption):
            merged[key] = image
    return tuple(merged.values())[:MAX_IMAGES]


def containers_of(
    page: Document, matched: Sequence[LexborNode], scope: LexborNode | None
) -> list[LexborNode]:
    """Return where pictures of the article are: the rules' body, else the page's one article."""
    if matched:
        return list(matched)
    if scope is not None:
        return [scope]
    articles = page.named("article")
    return articles if len(articles) == 1 else []


def _pictures(container: LexborNode, base: str, dropped: Collection[int]) -> Iterator[Image]:
    for tag in container.css("img")[: MAX_IMAGES * 3]:
        source = source_of(tag)
        if not source or _decorates(source) or _small(tag) or _teases(tag, dropped):
            continue
        url = joined_to(base, source)
        if url and not _decorates(url):
            yield Image(url=url, caption=caption_of(tag))


def _teases(tag: LexborNode, dropped: Collection[int]) -> bool:
    """Tell whether a picture is the link of a teaser that the rules drop.

    Other dropped pictures are kept: a rule for the text drops a caption with its picture.
    """
    return is_inside(tag, dropped) and around(tag, ("a",)) is not None


def source_of(tag: LexborNode) -> str:
    """Return the address of a picture as written, past the placeholder of lazy loading."""
    for name in _SOURCES:
        value = attribute(tag, name).strip()
        if value and not value.startswith("data:"):
            return value
    sets = [attribute(tag, name) for name in _SETS]
    return next((s.split(",")[-1].split()[0] for s in sets if s.strip(" ,")), "")


def caption_of(tag: LexborNode) -> str | None:
    """Return the caption of a picture; a bare credit ("Фото: …") is none."""
    figure = around(tag, ("figure",))
    caption = figure.css_first("figcaption") if figure else None
    text = normalise(text_of(caption)) if caption else ""
    return text[:MAX_CAPTION_CHARS] if text and not _CREDIT.match(text) else None


def _decorates(url: str) -> bool:
    """Tell whether an address names a part of the page's furniture, or of the sender's."""
    small = url.lower()
    return small.endswith(".svg") or any(word in small for word in _DECORATIONS)


def _small(tag: LexborNode) -> bool:
    sizes = [attribute(tag, name) for name in ("width", "height")]
    return any(s.isascii() and s.isdigit() and int(s[:6]) < MIN_PIXELS for s in sizes)


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"
