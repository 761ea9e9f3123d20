"""Whether a page stands in an article's place: an error, a wall, a challenge, an empty shell.

All of them are recognised to be left alone, never to be passed. A page counts as one for what it
says of itself in its title or headings, and for what its source shows while it says next to
nothing. An article *about* such a thing has a text of its own, and passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from selectolax.lexbor import LexborNode

from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, attribute, text_of
from steppewire_parser.standin_phrases import (
    CHALLENGE_MARKS,
    CHALLENGE_PHRASES,
    CONSENT_PHRASES,
    ERROR_CLASSES,
    ERROR_PHRASES,
    LOGIN_PHRASES,
    OUTAGE_PHRASES,
    PARKED_MARKS,
    PARKED_PHRASES,
    plain,
)
from steppewire_parser.structured import Structured

# A page with an article on it says more than this, its menus aside.
LITTLE_CHARS = 400
# Nobody reads so many texts one by one to find out how little they say.
FEW_TEXTS = 150
# A challenge explains itself at length: "Why have I been blocked?"
TALKATIVE_CHARS = 3_000
# Text of its own in paragraphs: with a mark of an article this much is one.
OWN_CHARS = 400
OWN_PARAGRAPH = 80
# More than this after a heading that says "error" was written by an author.
WRITTEN_CHARS = 1_500
HEADINGS = 3
LONGEST_TITLE = 500

_SEPARATOR = re.compile(r" [|–—·•»«-]+ | ?\|+ ?|::")
_CODE = re.compile(
    r"^(?:(?:http )?(?:error|ошибка|қате(?:лік)?|xato(?:lik)?|хато(?:лик)?|hata|fehler)?"
    r"\s*[-:]?\s*\d{3}|\d{3}\s*(?:error|ошибка|қате))\s*[-:.,!]\s*"
)
_REFRESH = re.compile(r"^\s*(\d{1,4})?(?:\.\d+)?\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]{1,500})", re.I)
_SCRIPTED = re.compile(
    r"(?:window\.|document\.|top\.|self\.)?location(?:\.href)?\s*=\s*[\"'`]|location\.replace\s*\("
)
_COOKIE = re.compile(r"document\.cookie\s*=")
_RELOAD = re.compile(r"location\.(?:reload|replace|href)|location\s*=")
_SHELL = re.compile(r"^(?:root|app|__next|__nuxt|app-root|main-app|react-root|svelte)$", re.I)


def _any(lines: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(lines.strip().splitlines()), flags)


# In small letters, as these marks are written, a long source is looked through in a sixth of the
# time.
_MARKS = tuple(
    (word, _any(marks, re.NOFLAG), _any(marks))
    for word, marks in (("challenge", CHALLENGE_MARKS), ("parked", PARKED_MARKS))
)
_ERROR_CLASS = re.compile(rf"(?:^|\s)(?:{_any(ERROR_CLASSES).pattern})(?:$|\s)", re.IGNORECASE)
_SAYINGS = (
    ("challenge", CHALLENGE_PHRASES),
    ("error-page", ERROR_PHRASES),
    ("error-page", OUTAGE_PHRASES),
    ("login-wall", LOGIN_PHRASES),
    ("consent-wall", CONSENT_PHRASES),
    ("parked", PARKED_PHRASES),
)


def why_stand_in(page: Document, said: Structured) -> str | None:
    """Say what a page is instead of an article, a word and the evidence; None for a page."""
    if page.named("frameset"):
        return "frameset: its text is in other pages"
    found = _by_what_it_says(page) or _by_its_class(page)
    if found is not None and not _has_own_text(page, said):
        return found
    if len(page.texts) > FEW_TEXTS or said.is_article or page.visible > LITTLE_CHARS:
        return None
    return _by_its_source(page)


def _by_what_it_says(page: Document) -> str | None:
    headings = chain(page.named("h1"), page.named("h2"))
    titles = chain([page.title], map(text_of, _first(headings, HEADINGS)))
    for title in titles:
        for phrase in sayings(title):
            for word, phrases in _SAYINGS:
                if phrase in phrases and _can_be(word, page):
                    return f"{word}: {' '.join(title.split())[:60]}"
    return None


def _can_be(word: str, page: Document) -> bool:
    """Ask more of words that stand on good pages as well: a menu says "log in", a box "consent"."""
    if word == "login-wall":
        return _says_little(page, TALKATIVE_CHARS) and _has_password(page)
    if word in ("challenge", "consent-wall", "parked"):
        return _says_little(page, TALKATIVE_CHARS)
    return True


def sayings(title: str) -> Iterator[str]:
    """Yield what the pieces of a title say, without site names, codes of errors and final signs."""
    short = " ".join(title[:LONGEST_TITLE].split())
    for piece in _SEPARATOR.split(short)[:6]:
        phrase = plain(piece)
        yield phrase
        yield plain(_CODE.sub("", phrase))


def _by_its_class(page: Document) -> str | None:
    for node in chain(page.named("html"), page.named("body"), page.named("main")):
        if mark := _ERROR_CLASS.search(attribute(node, "class")):
            return f"error-page: class {mark[0].strip()}"
    return None


def _has_own_text(page: Document, said: Structured) -> bool:
    """Say whether somebody wrote an article here, whatever its title says."""
    own = sum(map(len, _own_paragraphs(page)))
    return own >= (OWN_CHARS if said.is_article else WRITTEN_CHARS)


def _own_paragraphs(page: Document) -> Iterator[str]:
    for node in page.named("p"):
        text = " ".join(text_of(node).split())
        if len(text) >= OWN_PARAGRAPH and not any(a.tag in ("a", "li") for a in ancestors(node)):
            yield text


def _by_its_source(page: Document) -> str | None:
    """Look into the source of a page that says next to nothing."""
    source = page.html.lower()
    for word, small, any_case in _MARKS:
        if small.search(source) and (mark := any_case.search(page.html)):
            return f"{word}: {mark[0]}"
    if _has_password(page):
        return "login-wall: a form that asks for a password"
    return _why_stub(page)


def _why_stub(page: Document) -> str | None:
    for meta in page.named("meta"):
        refresh = _REFRESH.match(attribute(meta, "content"))
        if attribute(meta, "http-equiv").lower() == "refresh" and refresh:
            return f"redirect-stub: to {refresh[2].strip()[:100]}"
    scripts = "\n".join(_scripts(page))
    if _COOKIE.search(scripts) and _RELOAD.search(scripts):
        return "challenge: a script sets a cookie and asks again"
    if _SCRIPTED.search(scripts) and len(scripts) < LITTLE_CHARS:
        return "redirect-stub: by a script"
    if scripts and any(_SHELL.match(attribute(node, "id")) for node in page.tags):
        return "app-shell: the page is filled in by a browser"
    return None


def _scripts(page: Document) -> Iterator[str]:
    for node in page.named("script"):
        if "json" not in attribute(node, "type"):
            yield (node.text(deep=True) or "") + attribute(node, "src")


def _has_password(page: Document) -> bool:
    return any(attribute(node, "type").lower() == "password" for node in page.named("input"))


def _says_little(page: Document, chars: int) -> bool:
    return len(page.texts) <= FEW_TEXTS and page.visible <= chars


def _first(nodes: Iterator[LexborNode], count: int) -> Iterator[LexborNode]:
    return (node for node, _ in zip(nodes, range(count), strict=False))


_ENDS = re.compile(r"</(?:html|body)\s*>?", re.IGNORECASE)
_BLOCK = re.compile(r"<(/?)(?:div|article|main|section|table|ul)\b", re.IGNORECASE)
OPEN_BLOCKS = 2
NEAR_END = 2_000


def why_cut(page: Document, text: str) -> str | None:
    """Say why a page is not read to its end: it did not arrive, or is built to hurt."""
    if {"nesting-cut", "page-truncated"} <= set(page.facts):
        return "nested: more tags than a page has, most of them inside each other"
    return None if "page-truncated" in page.facts else why_truncated(text)


def why_truncated(html: str) -> str | None:
    """Say how a page shows that its end did not arrive; None for a whole one.

    Of 1,452 development pages 7 end without closing their body, and none of them in this way.
    """
    if _ENDS.search(html, max(0, len(html) - NEAR_END)) or _ENDS.search(html):
        return None
    last = html.rfind(">")
    if "<" in html[last + 1 :]:
        return "truncated: it ends inside a tag"
    if html[last + 1 :].strip():
        return "truncated: it ends in the middle of its text"
    left_open = sum(-1 if match[1] else 1 for match in _BLOCK.finditer(html))
    if left_open >= OPEN_BLOCKS:
        return f"truncated: {left_open} blocks are left open"
    return None
