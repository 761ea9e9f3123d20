"""Who is who: the identity of links, articles and versions, as pure functions of text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit, urlunsplit

TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|gclsrc|dclid|yclid|ysclid|msclkid|igshid|mc_[ce]id|_openstat|openstat|"
    r"from|ref|referer|referrer|source|share|frommail|rss|amp|outputtype|_ga|spm|cmpid|xtor)$",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:(?:www|m|amp)\.)+(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/+amp)+/*$|^(?:/amp)+(?=/)", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = "-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_PATH = _UNRESERVED + ":@!$&'()*+,;="
_IN_QUERY = _UNRESERVED + ":@!$'()*,/?"


@lru_cache(maxsize=256)
def canonicalise(url: str) -> str:
    """Return the one spelling of an article's address.

    https, lower-case ASCII host (IDNA) without `www.`/`m.`/`amp.`, no default port, no fragment,
    no tracking parameters, no AMP path, no trailing slash, escapes as RFC 3986 6.2.2 wants them.
    A trailing "-" is kept: on inbusiness.kz it is part of the slug. Raises ValueError when `url`
    is no absolute http(s) address.
    """
    try:
        return _canonical(urlsplit(url.strip()))
    except ValueError as error:  # also UnicodeError: a host or path that no request can carry
        raise ValueError(f"not an absolute http(s) address: {url[:200]!r} ({error})") from None


def _canonical(parts: SplitResult) -> str:
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("no http or https")
    if not parts.hostname:
        raise ValueError("no host")
    path = _AMP_PATH.sub("", _escape(parts.path, _IN_PATH, "/")).rstrip("/")
    return urlunsplit(("https", _host(parts.hostname, parts.port), path, _query(parts.query), ""))


def _host(hostname: str, port: int | None) -> str:
    ascii_name = hostname.rstrip(".").lower().encode("idna").decode("ascii").lower()
    # again: IDNA writes the full stops of other scripts as dots
    host = _PREFIX.sub("", ascii_name.rstrip("."))
    if ":" in host:
        host = f"[{host}]"
    elif not re.fullmatch(r"[a-z0-9_.-]+", host):
        raise ValueError("no host name")
    return host if port in (None, *_DEFAULT_PORTS.values()) else f"{host}:{port}"


def _query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return "&".join(
        sorted(
            f"{_parameter(name)}={_parameter(value)}"
            for name, _, value in pairs
            if not TRACKING.match(unquote_plus(name))
        )
    )


def _parameter(text: str) -> str:
    return _escape(text, _IN_QUERY, "+").replace("%20", "+")


def _escape(text: str, plain: str, kept: str) -> str:
    """Write each character of `plain` as itself and all others as upper-case escapes.

    What cannot be told apart otherwise stays as it came: `kept`, and bytes that are no UTF-8
    (addresses in windows-1251 are still about).
    """

    def normal(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"  # a bare per cent sign
        character = chr(int(match[1], 16))
        return character if character in plain else match[0].upper()

    return _ESCAPE.sub(normal, quote(text, safe=plain + kept + "%"))


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]


def link_id(url: str) -> str:
    """Return the identity of an address (32 hex digits), equal for all of its spellings."""
    return _digest("link", canonicalise(url))


def article_id(canonical_url: str) -> str:
    """Return the identity of an article (32 hex digits), minted from its canonical URL."""
    return _digest("article", canonicalise(canonical_url))


def version_id(title: str, lead: str | None, paragraphs: Iterable[str]) -> str:
    """Return the hash of an article's content (32 hex digits): equal content, equal version.

    Unicode form and white space do not count; everything that a reader sees does.
    """
    return _digest("version", *(_squash(text) for text in (title, lead or "", *paragraphs)))


def fetch_id(link: str, fetched_at: datetime) -> str:
    """Return the identity of one fetch of a link (32 hex digits)."""
    return _digest("fetch", link, str((fetched_at - _EPOCH) // timedelta(microseconds=1)))


def _squash(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    # so are all texts of a parser: its only white space is single spaces between words
    if composed.isprintable() and "  " not in composed:
        return composed.strip(" ")
    return " ".join(composed.split())
