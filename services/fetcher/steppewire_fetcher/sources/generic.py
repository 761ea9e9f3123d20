"""Any site of which only the address is known: what lists its articles is looked for.

Rests on conventions, not on facts about a site: `<link rel=alternate>` names feeds, robots.txt and
/sitemap.xml name sitemaps, and failing both the home page is read as a listing.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from steppewire.plugins import Source

EXCLUDE = (
    r"(?i)\.(jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|docx?|xlsx?)([?#]|$)",
    r"(?i)^https?://[^/]+/?(#|$)",
    r"(?i)/(tags?|categor(y|ies)|authors?|search|wp-(json|admin|content))/",
)


def generic(url: str) -> Source:
    """Return a source for the site at `url`. Raises ValueError when it is no http(s) address."""
    url = url.strip()
    if "://" not in url and "." in url:
        url = f"https://{url}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("not an http(s) address")
    host = (
        parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    )
    bare = host.removeprefix("www.")
    return Source(
        name=re.sub(r"[^a-z0-9._-]", "-", bare)[:64],
        title=bare,
        home=url,
        hosts=(bare, f"www.{bare}"),
        exclude=EXCLUDE,
        notes="given by its address; discovery points are looked for",
    )
