"""Telling a challenge page ("checking your browser") from a page of the site.

We never try to pass one. It is recognised so that it is not stored as an article, and the site is
asked again much later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from steppewire_fetcher.answers import Answer

_LOOK_AT = 131_072
"""Bytes of a page that are looked at."""
_SMALL = 40_000
"""Bytes: a page that came with status 200 and has more is no challenge."""
_LITTLE = 600
"""Characters: a challenge shows less text."""
_MARKUP = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<(script|style|noscript)\b")
_TITLE = re.compile(r"<title[^<>]*>\s*([^<]{0,120})", re.IGNORECASE)
_TITLES = re.compile(
    r"^(just a moment|attention required! \| cloudflare|один момент|проверка браузера|"
    r"ddos-guard|ddos protection|checking your browser|please wait\b.*check|"
    r"access denied \| .* used cloudflare|human verification|are you a robot)",
    re.IGNORECASE,
)
_MACHINERY = (
    "/cdn-cgi/challenge-platform/",
    "cf-browser-verification",
    "_cf_chl",
    "/.well-known/ddos-guard/",
    "check.ddos-guard.net",
    "awswafintegration",
    "__qrator",
    "servicepipe.ru/",
    "/_incapsula_resource",
)
_BLOCKING = frozenset({202, 401, 403, 429, 503})


def challenger(answer: Answer) -> str | None:
    """Return a word for who challenges us, or None when this is no challenge page.

    An article *about* Cloudflare is none: on a status of success, the page must be small and have
    both the title and the machinery, or no more text than a challenge has.
    """
    if "challenge" in answer.headers.get("cf-mitigated", "").lower():
        return "cloudflare"
    if "challenge" in answer.headers.get("x-amzn-waf-action", "").lower():
        return "aws-waf"
    blocked = answer.status in _BLOCKING
    if not blocked and len(answer.body) > _SMALL:
        return None  # most pages end here, before anything is searched
    text = answer.body[:_LOOK_AT].decode("utf-8", "replace")
    if _challenges(text, blocked):
        return _name(answer, text)
    return None


def _challenges(text: str, blocked: bool) -> bool:
    title = _title(text)
    if blocked:
        return title or _has_machinery(text)
    return title and (_has_machinery(text) or _has_little_text(text))


def _has_machinery(text: str) -> bool:
    lower = text.lower()
    return any(trace in lower for trace in _MACHINERY)


def _title(text: str) -> bool:
    found = _TITLE.search(text)
    return bool(found and _TITLES.match(found[1].strip()))


def _has_little_text(text: str) -> bool:
    return len(" ".join(_MARKUP.sub(" ", "".join(_shown(text))).split())) < _LITTLE


def _shown(html: str) -> Iterator[str]:
    """Yield what stands outside scripts and styles, in one pass: these pages may be hostile."""
    at, lower = 0, html.lower()
    while hidden := _HIDDEN.search(lower, at):
        yield html[at : hidden.start()]
        at = lower.find(f"</{hidden[1]}", hidden.end())
        if at < 0:
            return
    yield html[at:]


def _name(answer: Answer, text: str) -> str:
    clues = f"{answer.headers.get('server', '')} {text}".lower()
    for word in ("ddos-guard", "qrator", "incapsula", "servicepipe", "cloudflare"):
        if word in clues:
            return word
    return "cloudflare" if "cf_chl" in clues or "/cdn-cgi/" in clues else "unknown"
