"""Takes out of a page what would take a parser too long: length, tags, depth, attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from steppewire_parser.gluing import unglued

# The longest of 2,133 stored news pages has 2.9 million bytes.
MAX_BYTES = 4_000_000
# The same pages have 826 tags in the median, 10,126 at most. Nested, as many cost half a second.
MAX_TAGS = 20_000
# Deeper nesting is never meant; real pages have 30 levels.
MAX_DEPTH = 600
# Levels that stay when a page is flattened, without those that end by themselves: p, li, td, …
KEPT_DEPTH = 300
# Looking for attributes of the same name makes a tag with thousands of them quadratic.
MAX_ATTRIBUTES = 256
KEPT_ATTRIBUTES = 64
# Shorter tags are not worth counting; longer ones carry pictures or data as text.
SHORT_TAG_BYTES = 2_048
MAX_TAG_BYTES = 65_536
KEPT_ATTRIBUTE_BYTES = 2_000
# Formatting that is left open is opened again in every block: each times each is a page's nodes.
MAX_REOPENED = 250_000

# A start tag as the HTML standard reads it: names, quoted and bare values. Possessive, so linear.
_ATTRIBUTE = rb"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_START_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:[\s/]++|%s)*+>?" % _ATTRIBUTE)
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TAG_START = re.compile(rb"<[a-zA-Z]")
# A > inside a quoted value does not end its tag. Only behind a = does a quote begin a value.
_HIDDEN_END = re.compile(rb"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")
# What makes a node: a comment does, and a closing p or br that closes nothing.
_OPEN = re.compile(rb"<(?:[a-zA-Z!?]|/(?:p|br)(?=[\s/>]))", re.IGNORECASE)
# A closing tag keeps the space behind its name: it has something there that it should not have.
_NAMES = re.compile(rb"<([a-zA-Z][^\s/>]*|/[a-zA-Z][^\s/>]*[\s/]?|[!?])")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)([^<>]*>?)")
_FORMATTING = (b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike",
               b"strong", b"tt", b"u")  # fmt: skip
_FORMATTING_AS_WRITTEN = frozenset((*_FORMATTING, *(name.upper() for name in _FORMATTING)))
_FORMATTED = re.compile(
    rb"<(/?)(%s)(?=[\s/>])(?:[\s/]++|%s)*+" % (b"|".join(_FORMATTING), _ATTRIBUTE), re.IGNORECASE
)
_UNCOUNTED = frozenset(
    name.encode()
    for name in (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup",
        "html", "head", "body", "!", "?",
    )
)  # fmt: skip


class Shielded(NamedTuple):
    """A page without what would take a parser too long."""

    html: bytes
    facts: tuple[str, ...]
    may_nest: bool
    """Some element may lie too deep: seldom right, so ask the tree."""


def bounded(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return as much of a page as we read, and the fact that there is more."""
    if len(data) <= MAX_BYTES:
        return data, ()
    # not in the middle of a letter: in UTF-8 up to three bytes follow its first
    end = next(
        (n for n in range(MAX_BYTES, MAX_BYTES - 4, -1) if data[n] & 0xC0 != 0x80), MAX_BYTES
    )
    return data[:end], ("page-truncated",)


def shielded(page: bytes) -> Shielded:
    """Return a page in UTF-8 without what would take a parser too long, and the facts about it."""
    whole = page.replace(b"\0", b"")
    html, names = _cut(whole)
    seen = Counter(names)
    slim = unglued(_plain(_slim(html), seen), seen)
    told = {"page-truncated": len(html) < len(whole), "tag-slimmed": slim != html}
    return Shielded(slim, tuple(fact for fact, so in told.items() if so), _may_nest(names, seen))


def _cut(html: bytes) -> tuple[bytes, list[bytes]]:
    """Return the page up to its last tag that we read, and the names of its tags."""
    short, _ = bounded(html)
    names = _NAMES.findall(short)
    if len(names) <= MAX_TAGS:
        return short, names
    beyond = next(islice(_OPEN.finditer(short), MAX_TAGS, None), None)
    if beyond is None:
        return short, names
    return short[: beyond.start()], _NAMES.findall(short, 0, beyond.start())


def _slim(html: bytes) -> bytes:
    """Return the page without most of the attributes of absurd tags."""
    parts, end = [], 0
    for start in _suspects(html):
        # what looks like a tag may lie inside the one before
        if start >= end and (tag := _START_TAG.match(html, start)):
            parts += [html[end : tag.start()], _slimmed(tag[0])]
            end = tag.end()
    return b"".join((*parts, html[end:])) if parts else html


def _suspects(html: bytes) -> Iterator[int]:
    """Yield where tags may begin that end late, or have their first > in a quote, in page order."""
    last = -1
    for end in sorted((*_late_ends(html), *_hidden_ends(html))):
        # between this > and the one before; a tag with more of them was met at its first
        for match in _TAG_START.finditer(html, max(last, html.rfind(b">", 0, end)) + 1, end):
            yield match.start()
        last = end


def _late_ends(html: bytes) -> Iterator[int]:
    """Yield where the > is that comes after so long a stretch without any; of a page, its end."""
    half, at = SHORT_TAG_BYTES // 2, 0
    while at < len(html):
        # one look in a thousand bytes: a stretch twice as long has a whole one of these windows
        if html.find(b">", at, at + half) >= 0:
            at += half
            continue
        end = html.find(b">", at + half)
        yield end if end >= 0 else len(html)
        at = (end if end >= 0 else len(html)) + 1


def _hidden_ends(html: bytes) -> Iterator[int]:
    return (match.end() - 1 for match in _HIDDEN_END.finditer(html))


def _slimmed(tag: bytes) -> bytes:
    if len(tag) <= SHORT_TAG_BYTES or (len(tag) <= MAX_TAG_BYTES and not _crowded(tag)):
        return tag
    name, *rest = re.split(rb"[\s/>]", tag[:100], maxsplit=1)
    kept = b" ".join(_modest(tag, start=len(name)))
    return name + b" " + kept + b">" if rest else name[:50] + b">"


def _crowded(tag: bytes) -> bool:
    return next(islice(_ONE_ATTRIBUTE.finditer(tag), MAX_ATTRIBUTES, None), None) is not None


def _modest(tag: bytes, start: int) -> Iterator[bytes]:
    found = 0
    for attribute in _ONE_ATTRIBUTE.finditer(tag, start):
        if len(attribute[0]) <= KEPT_ATTRIBUTE_BYTES:
            yield attribute[0]
            found += 1
        if found == KEPT_ATTRIBUTES:
            return


def _plain(html: bytes, seen: Counter[bytes]) -> bytes:
    """Return the page; its formatting without attributes if it could be opened again too often.

    `<p><b a=1><b a=2>…</p>` opens each b again in every paragraph that follows: a thousand of each
    are a million elements. Of those that are alike, a parser opens three. As spans, none.
    """
    formatting = sum(map(seen.__getitem__, _FORMATTING_AS_WRITTEN & seen.keys()))
    others = sum(n for name, n in seen.items() if name[:1] != b"/") - formatting
    if formatting * others <= MAX_REOPENED:
        return html
    if min(formatting, 3 * len(_FORMATTING)) * others <= MAX_REOPENED:
        return _FORMATTED.sub(rb"<\1\2", html)
    return _FORMATTED.sub(rb"<\1span", html)


def _may_nest(names: Sequence[bytes], seen: Counter[bytes]) -> bool:
    # a plain dictionary of this page's names is asked in a third of the time, and bytes (255 is a
    # step outward) are written down faster than numbers
    steps = {name: _STEPS[name] % 256 for name in seen}
    deeper = np.frombuffer(bytes(map(steps.__getitem__, names)), np.int8)
    heights = deeper.cumsum(dtype=np.int32)
    rise = int(max(0, heights.max(initial=0)) - min(0, heights.min(initial=0)))
    return rise > KEPT_DEPTH or rise + _closing_nothing(seen) > KEPT_DEPTH


def _closing_nothing(seen: Counter[bytes]) -> int:
    """Count closing tags beyond the opening ones of their name: each makes the sum too low."""
    kept = ((name, n) for name, n in seen.items() if _STEPS[name] < 0)
    return sum(max(0, n - seen.get(name[1:].strip(), 0)) for name, n in kept)


class _Steps(dict[bytes, int]):
    """How much deeper a tag leads, by its name."""

    def __missing__(self, name: bytes) -> int:
        """Work it out once for each name, not for those that a page makes up by the thousand."""
        counts = name.strip(b"/ \t\n\r\f").lower() not in _UNCOUNTED
        step = -int(counts) if name.startswith(b"/") else int(counts)
        if len(self) < MAX_NAMES:
            self[name] = step
        return step


_STEPS = _Steps()
MAX_NAMES = 2_000


def flattened(html: bytes) -> bytes:
    """Return a page without the tags that are nested too deep; their text stays."""
    return _TAG.sub(_Nesting().kept, html)


class _Nesting:
    """Which elements are open while a page is read from its start."""

    def __init__(self) -> None:
        self._stack: list[bytes] = []
        self._open: Counter[bytes] = Counter()
        self._cut: Counter[bytes] = Counter()

    def kept(self, match: re.Match[bytes]) -> bytes:
        """Return a tag, or nothing if it lies too deep."""
        closing, name, rest = match[1], match[2].lower(), match[3]
        if name in _UNCOUNTED or (rest.endswith(b"/>") and self._foreign()):
            return match[0]
        return self._closed(name, match[0]) if closing else self._opened(name, match[0])

    def _foreign(self) -> bool:
        return self._open[b"svg"] > 0 or self._open[b"math"] > 0

    def _opened(self, name: bytes, tag: bytes) -> bytes:
        if len(self._stack) >= KEPT_DEPTH:
            self._cut[name] += 1
            return b""
        self._open[name] += 1
        self._stack.append(name)
        return tag

    def _closed(self, name: bytes, tag: bytes) -> bytes:
        if self._cut[name]:
            self._cut[name] -= 1
            return b""
        if self._open[name]:
            self._pop(name)
        return tag

    def _pop(self, name: bytes) -> None:
        """Close an element and what was left open inside it."""
        while True:
            inner = self._stack.pop()
            self._open[inner] -= 1
            if inner == name:
                return
