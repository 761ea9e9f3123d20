"""The addresses of all pages in one language, and which addresses of strangers may be linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

_READABLE = "/:~"
"""What RFC 3986 lets a query hold as it is, and ids of entities are made of."""


@dataclass(frozen=True)
class Addresses:
    """Makes paths such as `/kk/articles/0f2c…`; whatever goes in is percent-encoded."""

    language: str

    def now(self, **query: Any) -> str:
        """The wire."""
        return self._path("/", query)

    def article(self, id_: str, **query: Any) -> str:
        """An article."""
        return self._path(f"/articles/{quote(id_, safe='')}", query)

    def changes(self, id_: str, **query: Any) -> str:
        """What changed between two versions of an article."""
        return self._path(f"/articles/{quote(id_, safe='')}/changes", query)

    def entities(self, **query: Any) -> str:
        """The names that are named most."""
        return self._path("/entities", query)

    def entity(self, entity: Any) -> str:
        """Somebody or something, by id or, without one, by name."""
        known = entity if isinstance(entity, str) else entity.id or entity.name
        return self._path("/entity", {"id": known})

    def search(self, **query: Any) -> str:
        """Search."""
        return self._path("/search", query)

    def sources(self) -> str:
        """All sources."""
        return self._path("/sources", {})

    def source(self, name: str) -> str:
        """One source."""
        return self._path(f"/sources/{quote(name, safe='')}", {})

    def pipeline(self, **query: Any) -> str:
        """The stages."""
        return self._path("/pipeline", query)

    def feed(self, **query: Any) -> str:
        """The same articles for a reader of feeds; in no language of ours, so below none."""
        return f"/feeds/rss{query_of(query)}"

    def _path(self, path: str, query: Mapping[str, Any]) -> str:
        return f"/{self.language}{path}{query_of(query)}"


def query_of(query: Mapping[str, Any]) -> str:
    """Write a query down, without what is empty: `?language=kk&language=ru`."""
    pairs = [(name, str(one)) for name, value in query.items() for one in _each(value)]
    return f"?{urlencode(pairs, safe=_READABLE)}" if pairs else ""


def _each(value: Any) -> Iterable[Any]:
    values = value if isinstance(value, list | tuple) else [value]
    return [one for one in values if one is not None and one != ""]


def outward(url: str) -> str | None:
    """Return the address if a reader may be sent there: absolute, http(s), without a password.

    What an article links to was written by strangers: `javascript:` and its kind become text.
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    is_web = split.scheme.lower() in {"http", "https"} and split.hostname
    return url if is_web and "@" not in split.netloc else None


def host(url: str) -> str:
    """Return whose address it is, without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or url[:60]
    except ValueError:
        return url[:60]
