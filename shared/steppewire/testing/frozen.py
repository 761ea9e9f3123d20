"""Frozen pages and lists of sources, and what the services themselves read out of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from steppewire.errors import SettingError
from steppewire.events import ArticleFetched, Fetch
from steppewire.plugins import Discovery, Source

Json = dict[str, Any]

KINDS = ("page", "feed", "sitemap", "listing", "api", "telegram")
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
"""When the frozen documents were asked for, unless one says otherwise in `fetched_at`."""


@dataclass(frozen=True)
class Frozen:
    """One frozen document of a source, with what is given about it."""

    source: Source
    path: Path

    @property
    def kind(self) -> str:
        """What it is, by its name: `page-2021.html` is a page."""
        return re.split(r"[-.]", self.path.name, maxsplit=1)[0]

    @property
    def expectation(self) -> Path:
        """The file that says what must be read out of it."""
        return self.path.with_name(self.path.name.partition(".")[0] + EXPECTED)

    @cached_property
    def expected(self) -> Json:
        """What must be read; empty when nobody has written it yet."""
        if not self.expectation.is_file():
            return {}
        said: Json = json.loads(self.expectation.read_text("utf-8"))
        return said

    def read(self) -> Json:
        """Read the document as the newswire would."""
        return _page(self) if self.kind == "page" else _listed(self)


def frozen(source: Source, folder: Path) -> list[Frozen]:
    """Return the frozen documents of a source, in the folder of its golden documents."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [Frozen(source, path) for path in files if not path.name.endswith(EXPECTED)]


def sources_of(pack: str) -> list[Source]:
    """Return the sources of a pack, given by its module's name. Raises what is wrong with one."""
    catalogue = of_service("fetcher.catalogue")
    found = [one for _, one in catalogue.members(import_module(pack), pack)]
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


def _page(one: Frozen) -> Json:
    given = one.expected
    url = given.get("url") or _canonical(one.path)
    at = datetime.fromisoformat(given["fetched_at"]) if "fetched_at" in given else NOW
    hint = given.get("published_hint")
    read = read_page(one.source, one.path.read_bytes(), url, at=at, published_hint=hint)
    kept: Json = {name: given[name] for name in ("fetched_at", "published_hint") if name in given}
    return {"url": url, **kept, **read}


def read_page(
    source: Source,
    body: bytes,
    url: str,
    *,
    at: datetime,
    published_hint: Any = None,
    content_type: str = "text/html",
) -> Json:
    """Read a page as the newswire would that has fetched it from `url`; nothing empty is told.

    Raises the parser's verdict (Skip, Reject) when it is no article.
    """
    event = ArticleFetched(
        fetch=Fetch(
            link_id="0" * 32, url=url, final_url=url, source=source.name, fetched_at=at,
            status=200, content_type=content_type, blob="sha256:" + "0" * 64, size=len(body),
        ),
        rules=source.rules,
        published_hint=published_hint,
        language_hint=source.language_of(url),
    )  # fmt: skip
    parsed = of_service("parser.recipe").parse_page(body, event)
    read: Json = {
        "language": parsed.language_hint,
        "method": parsed.extraction.method,
        "article": _article(parsed.article.model_dump(mode="json")),
        "facts": list(parsed.extraction.facts),
    }
    return {name: value for name, value in read.items() if value not in (None, [])}


def _article(article: Mapping[str, Any]) -> Json:
    """Return what a human should judge: no identities, nothing empty, text before all."""
    left_out = ("article_id", "version_id", "source")
    fields = {k: v for k, v in article.items() if v and k not in left_out}
    shown = [p["text"] if p["kind"] == "text" else {p["kind"]: p["text"]}
             for p in article["paragraphs"]]  # fmt: skip
    images = [{k: v for k, v in image.items() if v} for image in article["images"]]
    embeds = [{k: v for k, v in embed.items() if v} for embed in article["embeds"]]
    pictures: Json = {"images": images} if images else {}
    pictures |= {"embeds": embeds} if embeds else {}
    return {**fields, "paragraphs": shown, **pictures}


def _listed(one: Frozen) -> Json:
    point = _point(one)
    url = one.expected.get("url", point.url)
    zone = ZoneInfo(one.source.rules.timezone)
    reading = of_service("fetcher.reading").read_document(point, one.path.read_bytes(), url, zone)
    links = of_service("fetcher.discover").chosen(one.source, point, reading.links, 500)
    read: Json = {
        "point": point.url,
        **({"url": url} if url != point.url else {}),
        "children": [child.url for child in _opened(reading.children, point)],
        "links": [_link(link) for link in links],
        "warnings": list(reading.warnings),
    }
    return {name: value for name, value in read.items() if value != []}


def _opened(children: Sequence[Any], point: Discovery) -> list[Any]:
    """The sitemaps of an index that are looked into, in that order."""
    opened: list[Any] = of_service("fetcher.sitemaps").pick(children, point) if children else []
    return opened


def _point(one: Frozen) -> Discovery:
    """The discovery point that a document answers: the one it names, else the first of its kind."""
    points = [point for point in one.source.discover if point.kind == one.kind]
    named = [point for point in points if point.url == one.expected.get("point")]
    if not points:
        raise ValueError(f"{one.path}: {one.source.name} declares no {one.kind}")
    return (named or points)[0]


def _link(link: Any) -> Json:
    fields = ("url", "title", "published", "modified", "language", "alternates")
    said = {name: getattr(link, name) for name in fields}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in said.items() if v}


def _canonical(path: Path) -> str:
    found = tree_of(path).select("link[rel=canonical][href]")
    if not found:
        raise ValueError(f"{path}: give its address, with --url or as link rel=canonical")
    return str(found[0].attributes["href"])


@cache
def tree_of(path: Path) -> Any:
    """Return a frozen page as the parser's tree; read once."""
    data = path.read_bytes()
    return of_service("parser.document").read(of_service("parser.charset").decode(data).text)


def of_service(module: str) -> Any:
    """Return a module of a service, which a pack's tests have installed beside this kit.

    By name, because imports point down: only these tests need both services at once.
    """
    name = module.partition(".")[0]
    try:
        return import_module(f"steppewire_{module}")
    except ModuleNotFoundError as error:
        raise SettingError(
            f"reading pages needs steppewire-{name} beside this command: pip install "
            f"steppewire-{name}, or `make setup` ({error})"
        ) from None
