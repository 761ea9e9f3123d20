"""Reading JSON that lists articles: the answers of APIs, and JSON Feed 1.x."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from html import unescape
from typing import Any

from steppewire.plugins import Api
from steppewire_fetcher import moments
from steppewire_fetcher.links import MAX_TITLE, Link, Reading, absolute
from steppewire_fetcher.sniff import decode, kind_of

MAX_ITEMS = 5_000
_FIELD = re.compile(r"\{([^{}]+)\}")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
"""A string, or a bracket that is in none."""
_MARKUP = re.compile(r"<[^<>]*>")
_MOST_DIGITS = 40
"""A number of more is kept as text."""
_SECONDS, _MILLISECONDS = 10, 13
"""Digits of a Unix time of our age."""


def read_api(body: bytes, base: str, point: Api, local: tzinfo, content_type: str = "") -> Reading:
    """Return the links of an API's answer as the point describes it."""
    document, broken = _document(body, content_type)
    if document is None:
        return Reading(warnings=(_misfit("api", body, content_type),))
    items = list(_items(document, [step for step in point.items.split(".") if step]))[:MAX_ITEMS]
    links = tuple(link for item in items if (link := _link(item, point, base, local)))
    return Reading(links, warnings=_warning("api", links, len(items), broken=broken))


def read_json_feed(body: bytes, base: str, local: tzinfo, content_type: str = "") -> Reading:
    """Return the links of a JSON Feed (jsonfeed.org, 1.0 and 1.1), and its WebSub hub."""
    feed, broken = _document(body, content_type)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Reading(warnings=("feed-is-json" if feed is not None else "feed-malformed",))
    items = [item for item in feed["items"] if isinstance(item, dict)][:MAX_ITEMS]
    links = tuple(link for item in items if (link := _entry(item, feed, base, local)))
    hubs = (hub for hub in _listed(feed.get("hubs")) if isinstance(hub, dict))
    found = (absolute(base, _text(h.get("url"))) for h in hubs if h.get("type") == "WebSub")
    return Reading(
        links,
        warnings=_warning("feed", links, len(items), broken=broken),
        hub=next(filter(None, found), None),
        topic=absolute(base, _text(feed.get("feed_url"))) if feed.get("feed_url") else None,
    )


def _entry(item: dict[str, Any], feed: dict[str, Any], base: str, local: tzinfo) -> Link | None:
    # `id` should be the full address, and in 1.0 often is the only one
    said = _text(item.get("url")) or _text(item.get("external_url")) or _text(item.get("id"))
    url = absolute(base, said) if said.startswith(("http://", "https://", "/")) else None
    if url is None:
        return None
    return Link(
        url=url,
        title=_plain(_text(item.get("title"))),
        published=moments.read(_text(item.get("date_published")), local),
        modified=_text(item.get("date_modified")) or None,
        language=_text(item.get("language")) or _text(feed.get("language")) or None,
    )


def _document(body: bytes, content_type: str) -> tuple[Any, bool]:
    """Return the document, or what can be read of a broken one, and whether it was broken."""
    text = decode(body, content_type)
    try:
        return _parsed(text), False
    except json.JSONDecodeError as error:
        try:
            return _parsed(_mended(text, error.pos)), True
        except (ValueError, RecursionError):
            return None, True
    except RecursionError:
        return None, True


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number of so many digits that Python refuses it (a lost quote, a joke)
        return json.loads(text, strict=False, parse_int=_number)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _mended(text: str, at: int) -> str:
    """Return the text up to the last whole object before `at`, with its brackets closed."""
    open_now: list[str] = []
    whole, closing = 0, ""
    for token in _TOKEN.finditer(text, 0, at):
        sign = token[0]
        if sign in "{[":
            open_now.append("}" if sign == "{" else "]")
        elif sign in "}]" and open_now:
            open_now.pop()
            if sign == "}":
                whole, closing = token.end(), "".join(reversed(open_now))
    return text[:whole] + closing


def _misfit(what: str, body: bytes, content_type: str) -> str:
    kind = kind_of(body, content_type)
    return f"{what}-malformed" if kind == "json" else f"{what}-is-{kind}"


def _items(value: Any, path: list[str]) -> Iterator[Any]:
    """Walk down a path; lists on the way are walked through."""
    if isinstance(value, list):
        for one in value:
            yield from _items(one, path)
    elif isinstance(value, dict):
        if path:
            yield from _items(value.get(path[0]), path[1:])
        else:
            yield value


def _link(item: Any, point: Api, base: str, local: tzinfo) -> Link | None:
    address = _filled(point.link, item, local)
    url = absolute(base, address) if address else None
    if url is None:
        return None
    return Link(
        url=url,
        title=_plain(_filled(point.title, item, local)),
        published=_moment(_filled(point.published, item, local), local),
        modified=_filled(point.modified, item, local) or None,
    )


def _filled(template: str, item: Any, local: tzinfo) -> str:
    """Fill `{a.b}` with what the item says; empty as soon as one of them is missing."""
    values = {field: _said(item, field, local) for field in _FIELD.findall(template)}
    if not all(values.values()):
        return ""
    return _FIELD.sub(lambda field: values[field[1]], template)


def _said(item: Any, field: str, local: tzinfo) -> str:
    """Return what the item says in a field; `date:%Y/%m/%d` writes a moment as addresses do."""
    path, _, form = field.partition(":")
    text = _text(_at(item, path.split(".")))
    if not form:
        return text
    moment = _moment(text, local)
    return moment.astimezone(local).strftime(form) if moment else ""


def _at(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value).strip() if plain else ""


def _moment(text: str, local: tzinfo) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) in (_SECONDS, _MILLISECONDS):
        return datetime.fromtimestamp(int(text[:_SECONDS]), UTC)
    return moments.read(text, local)


def _plain(title: str) -> str | None:
    return " ".join(unescape(_MARKUP.sub(" ", title)).split())[:MAX_TITLE] or None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _warning(what: str, links: tuple[Link, ...], items: int, *, broken: bool) -> tuple[str, ...]:
    checks = {
        f"{what}-malformed": broken,
        f"{what}-empty": not links,
        f"{what}-bad-item": len(links) < items,
    }
    return tuple(slug for slug, wrong in checks.items() if wrong)[:1]
