"""Which address an article really has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit, urlunsplit

from steppewire import identity
from steppewire_parser.document import Document
from steppewire_parser.nodes import attribute

MAX_URL_CHARS = 2_000
# The end of an article's address: words that are joined, a long number, a file.
_SLUG = re.compile(r"\w[-_]\w|\d{5}|\w\.s?html?$")
SOLD_BELOW = frozenset(("com", "org", "net"))
"""Endings right below which all domains are registered: `uk.com` is a domain, `co.uk` is none."""
# A home page in some language: "/", "/ru", "/kz/".
_HOME = re.compile(r"^/?(?:[a-z]{2}/?)?(?:index\.\w{2,5})?$", re.IGNORECASE)


def canonical_url(
    page: Document, metas: Iterable[str], final_url: str, structure: Iterable[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """Return the article's address: rel=canonical, og:url, JSON-LD, or the address that answered.

    A page may only speak for its own site: a foreign host, the home page, or the list that the
    article is in, is not believed.
    """
    links = [
        attribute(link, "href")
        for link in page.named("link")
        if "canonical" in attribute(link, "rel").lower().split()
    ]
    claims = [url for claim in (*links[:5], *metas) if (url := absolute(claim, final_url))]
    described = [url for claim in structure if (url := absolute(claim, final_url))]
    for url in (*claims, *described):
        if believable(url, final_url):
            return plain(url), ()
    return plain(final_url), ("canonical-ignored",) if claims else ()


def plain(url: str) -> str:
    """Return the address as the site spells it, without tracking parameters and fragment."""
    parts = urlsplit(url)
    kept = [p for p in parts.query.split("&") if p and not identity.TRACKING.match(p.split("=")[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def believable(url: str, final_url: str) -> bool:
    """Tell whether a page at `final_url` may say that its address is `url`."""
    try:
        wide = is_home(url) or is_section_of(url, final_url)
        return same_site(url, final_url) and (not wide or is_home(final_url))
    except ValueError:
        return False


def is_section_of(url: str, article: str) -> bool:
    """Tell whether an address is that of a list which an article is in: `/news` of `/news/a-b-1`.

    Templates write it on every page of a section. Below an article's address are only its own
    pages: `/a-b-1/amp`, `/a-b-1/2`.
    """
    section, whole = urlsplit(url), urlsplit(article)
    above = f"{section.path.rstrip('/')}/"
    if section.query or not whole.path.startswith(above):
        return False
    last = whole.path[len(above) :].strip("/").rpartition("/")[2]
    return bool(_SLUG.search(last))


def is_home(url: str) -> bool:
    """Tell whether an address is a site's front page, in some language."""
    parts = urlsplit(url)
    # WordPress: /?p=5031 is an article
    return bool(_HOME.match(parts.path)) and not parts.query


def same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are on one registrable domain, or on the same host and port."""
    host, another = _host(one), _host(other)
    if host == another:
        return True
    name, *above = ending = _ending(host)
    if ending != _ending(another):
        return False
    if name and above and above[0] in SOLD_BELOW:
        return True
    from tld import get_fld  # few pages need the list of suffixes, and it takes 0.08 s to load

    domain = get_fld(one, fail_silently=True)
    return domain is not None and domain == get_fld(other, fail_silently=True)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")


def _ending(host: str) -> list[str]:
    """Return the two labels that a registrable domain has at least."""
    return host.partition(":")[0].rstrip(".").split(".")[-2:]


def absolute(url: str, base: str) -> str | None:
    """Return a usable absolute http(s) address of a page, or None."""
    joined = joined_to(base, url)
    try:
        return joined if joined and identity.canonicalise(joined) else None
    except ValueError:
        return None


def joined_to(base: str, url: str) -> str | None:
    """Return an absolute http(s) address that can be stored, or None; of a picture, for example."""
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port is not False
    except ValueError:
        return None
    # lone surrogates cannot be written as UTF-8, and so not as JSON either
    clean = joined.isprintable() and " " not in joined
    return joined if usable and clean and len(joined) <= MAX_URL_CHARS else None


def base_of(page: Document, final_url: str) -> str:
    """Return what relative addresses are relative to: <base href>, else the page's own address."""
    hrefs = [attribute(tag, "href") for tag in page.named("base")[:1]]
    return next(filter(None, (absolute(href, final_url) for href in hrefs)), final_url)


def is_same(one: str, other: str) -> bool:
    """Tell whether two addresses are spellings of one."""
    return identity.canonicalise(one) == identity.canonicalise(other)
