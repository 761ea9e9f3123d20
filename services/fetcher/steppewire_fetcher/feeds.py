"""Reading RSS 0.9-2.0, RDF, Atom and JSON Feed: bytes in, links out.

Broken feeds give what can be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from html import unescape
from typing import Any

import feedparser

from steppewire_fetcher import moments
from steppewire_fetcher.jsonlists import read_json_feed
from steppewire_fetcher.links import MAX_TITLE, Link, Reading, absolute
from steppewire_fetcher.sniff import announces_feed, kind_of

MAX_ITEMS = 5_000
"""Entries of one feed that are read, from its top."""
_MARKUP = re.compile(r"<[^<>]*>")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_REFERENCES = re.compile(rb"(?:&#(?:[xX][0-9a-fA-F]++|[0-9]++);?)++")
_NO_LETTER = 0xFFFD
_LAST_LETTER = 0x10FFFF
# Not a fault of the feed: a header that disagrees with the document about the charset.
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def read_feed(body: bytes, base: str, local: tzinfo, content_type: str = "") -> Reading:
    """Return the links of a feed; `local` is the zone of dates without an offset."""
    if not announces_feed(body):
        kind = kind_of(body, content_type)
        if kind == "json":
            return read_json_feed(body, base, local, content_type)
        return Reading(warnings=("feed-is-html" if kind == "html" else f"feed-is-{kind}",))
    # always a stream: given bytes, feedparser would try to open a file of that name
    stream = io.BytesIO(_lettered(body))
    parsed = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    dated_once = str(parsed.get("version", "")).startswith("rss")
    found = (_link(entry, base, local, dated_once) for entry in parsed.entries[:MAX_ITEMS])
    links = tuple(link for link in found if link)
    hub, topic = (_declared(parsed.feed, base, rel) for rel in ("hub", "self"))
    return Reading(links, warnings=_warnings(parsed, links), hub=hub, topic=topic)


def _lettered(body: bytes) -> bytes:
    """Return a feed in which every numeric reference is a letter's.

    Programs that count in UTF-16 write an emoji as two halves (`&#55357;&#56832;`), which no XML
    may have: feedparser, which handles all other broken feeds, gave up the whole of such a one.
    """
    return _REFERENCES.sub(_letters, body) if b"&#" in body else body


def _letters(run: re.Match[bytes]) -> bytes:
    codes = [_code(one) for one in _REFERENCE.finditer(run[0])]
    if all(0 < code <= _LAST_LETTER and not 0xD800 <= code <= 0xDFFF for code in codes):
        return run[0]
    usable = (code if 0 < code <= _LAST_LETTER else _NO_LETTER for code in codes)
    halves = "".join(map(chr, usable)).encode("utf-16-le", "surrogatepass")
    return b"".join(b"&#%d;" % ord(one) for one in halves.decode("utf-16-le", "replace"))


def _code(reference: re.Match[bytes]) -> int:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    return int(digits or b"0", base) if len(digits) < 10 else -1


def _link(entry: Mapping[str, Any], base: str, local: tzinfo, dated_once: bool) -> Link | None:
    url = absolute(base, _address(entry))
    if url is None or not _address(entry):
        return None
    published, updated = _raw(entry, "published"), _raw(entry, "updated")
    return Link(
        url=url,
        title=_plain(_raw(entry, "title")),
        published=_published(published, updated, local, dated_once),
        modified=updated if updated != published else None,
    )


def _declared(feed: Mapping[str, Any], base: str, rel: str) -> str | None:
    """Return the feed's own link of a kind: its WebSub hub, or itself."""
    found = (link.get("href") for link in feed.get("links", ()) if link.get("rel") == rel)
    return next((url for href in found if href and (url := absolute(base, href))), None)


def _address(entry: Mapping[str, Any]) -> str:
    link = _raw(entry, "feedburner_origlink") or _raw(entry, "link")
    if link:
        return link
    guid = _raw(entry, "id") or ""
    return guid if guid.startswith(("http://", "https://")) else ""


def _published(
    published: str | None, updated: str | None, local: tzinfo, dated_once: bool
) -> datetime | None:
    # RSS 1.0's one date (dc:date) is the day of publication; feedparser calls it "updated"
    return moments.read(published or (updated if dated_once else None), local)


def _raw(entry: Mapping[str, Any], name: str) -> str | None:
    # FeedParserDict answers "updated" with "published" when asked; its items do not
    value = next((v for k, v in entry.items() if k == name), None)
    return value.strip() if isinstance(value, str) and value.strip() else None


def _plain(title: str | None) -> str | None:
    text = " ".join(unescape(_MARKUP.sub(" ", title or "")).split())
    return text[:MAX_TITLE] or None


def _warnings(parsed: Mapping[str, Any], links: tuple[Link, ...]) -> tuple[str, ...]:
    broken = parsed.get("bozo") and not isinstance(parsed.get("bozo_exception"), _HARMLESS)
    checks = {"feed-malformed": broken, "feed-empty": not links}
    return tuple(slug for slug, wrong in checks.items() if wrong)
