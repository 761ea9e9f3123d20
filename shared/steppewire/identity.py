"""Who is who: the identity of links, articles and versions, as pure functions of text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|gclsrc|dclid|yclid|ysclid|msclkid|igshid|mc_[ce]id|_openstat|openstat|"
    r"from|ref|referer|referrer|source|share|frommail|rss|amp|outputtype|_ga|spm|cmpid|xtor)$",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"/amp/?$|^/amp(?=/)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED_SAFE = "/:@!$&'()*+,;=-._~%"


def canonicalise(url: str) -> str:
    """Return the one spelling of an article's address.

    https, lower-case host without `www.`/`m.`/`amp.`, no default port, no fragment, no tracking
    parameters, no AMP path, no trailing slash. A trailing "-" is kept: on inbusiness.kz it is
    part of the slug. Raises ValueError when `url` is no absolute http(s) address.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an absolute http(s) address: {url!r}")
    path = _AMP_PATH.sub("", quote(unquote(parts.path), safe=_UNRESERVED_SAFE)).rstrip("/")
    return urlunsplit(("https", _host(parts.hostname, parts.port), path, _query(parts.query), ""))


def _host(hostname: str, port: int | None) -> str:
    host = re.sub(r"^(www|m|amp)\.(?=[^.]+\.)", "", hostname.lower().rstrip("."))
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pair for pair in pairs if not TRACKING.match(pair[0])))


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


def _squash(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
