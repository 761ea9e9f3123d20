"""From an address as a page writes it to what goes over the wire; tricks are refused here.

A URL is read once, by us, and what we read is what is requested: no second parser downstream can
see another host in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import idna
from yarl import URL

from steppewire.errors import Reject

MAX_URL = 8_192
"""Characters; links of pages are cut off much earlier, at `links.MAX_URL`."""
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+(%25?[a-z0-9]+)?\]")
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_PLAIN_PORTS = {80, 443}


@dataclass(frozen=True)
class Target:
    """What is requested: the URL for the wire, and the parts that decide where it goes."""

    url: URL
    host: str
    """In lower case and ASCII; IPv6 in brackets."""
    authority: str
    """The Host header."""
    path: str
    """Path and query."""


def target_of(url: str) -> Target:
    """Return what to request for `url`; raise Reject (`bad-url`, `forbidden-address`)."""
    parts = _parts(url)
    host, port = _host(parts), _port(parts)
    default = 443 if parts.scheme == "https" else 80
    authority = host if port in (None, default) else f"{host}:{port}"
    path = _encoded(parts.path or "/") + (f"?{_encoded(parts.query)}" if parts.query else "")
    wire = URL(f"{parts.scheme}://{authority}{path}", encoded=True)
    return Target(wire, host, authority, path)


def _parts(url: str) -> SplitResult:
    if len(url) > MAX_URL:
        raise Reject("bad-url", f"longer than {MAX_URL} characters")
    if _CONTROL.search(url):
        raise Reject("bad-url", f"a space, a line break or a backslash in {url[:200]!r}")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Reject("bad-url", str(error)) from None
    if parts.scheme not in ("http", "https"):
        raise Reject("bad-url", "not an http(s) address")
    if "@" in parts.netloc:
        raise Reject("bad-url", "a user name in the address")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("]")[0] + "]" if "]" in parts.netloc else parts.hostname or ""
    host = host.lower()
    if not host.isascii():
        try:
            # the mapping that browsers use: `ⓛocalhost` and `127。0。0。1` become what they mean
            host = idna.encode(host, uts46=True, transitional=False).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise Reject("bad-url", f"no host name: {error}") from None
    if not _HOST.fullmatch(host) or ".." in host or len(host) > 254:
        raise Reject("bad-url", f"no host name: {host[:80]!r}")
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError as error:
        raise Reject("bad-url", str(error)) from None
    # mail, shells and the like answer there: a page must not make us speak to them
    if port is not None and port < 1024 and port not in _PLAIN_PORTS:
        raise Reject("forbidden-address", f"port {port} belongs to another service")
    return port


def _encoded(text: str) -> str:
    """Percent-encode what must be, and leave every escape of the author's as it is."""
    # bytes of a header that were no UTF-8 come as surrogates: they are sent as they were
    return quote(text, safe=_SAFE, errors="surrogateescape")
