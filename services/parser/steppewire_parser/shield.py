"""Takes out of a page what would take a parser too long: length, tags, depth, attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, islice

# The longest of 2,133 stored news pages has 2.9 million bytes.
MAX_CHARS = 3_000_000
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
SHORT_TAG_CHARS = 2_048
MAX_TAG_CHARS = 65_536
KEPT_ATTRIBUTE_CHARS = 2_000
# Formatting that is left open is opened again in every block: each times each is a page's nodes.
MAX_REOPENED = 500_000

# A start tag as the HTML standard reads it: names, quoted and bare values. Possessive, so linear.
_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_START_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]++|{_ATTRIBUTE})*+>?")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_OPEN = re.compile(r"<[a-zA-Z]")
_NAMES = re.compile(r"<(/?[a-zA-Z][^\s/>]*)")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^<>]*>?)")
_FORMATTING = ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong",
               "tt", "u")  # fmt: skip
_FORMATTED = re.compile(rf"<(/?)(?:{'|'.join(_FORMATTING)})(?=[\s/>])", re.IGNORECASE)
_UNCOUNTED = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup",
        "html", "head", "body",
    )
)  # fmt: skip


def shielded(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the page without what would take a parser too long, and the facts about it."""
    facts: list[str] = []
    html = text.replace("\0", "")
    cut = _cut(html)
    if len(cut) < len(html):
        facts.append("page-truncated")
    slim = _plain(_START_TAG.sub(_slimmed, cut))
    if slim != cut:
        facts.append("tag-slimmed")
    return slim, tuple(facts)


def _cut(html: str) -> str:
    short = html[:MAX_CHARS]
    if short.count("<") <= MAX_TAGS:
        return short
    for number, match in enumerate(_OPEN.finditer(short)):
        if number == MAX_TAGS:
            return short[: match.start()]
    return short


def _slimmed(match: re.Match[str]) -> str:
    tag = match[0]
    if len(tag) <= SHORT_TAG_CHARS or (len(tag) <= MAX_TAG_CHARS and not _crowded(tag)):
        return tag
    name, *rest = re.split(r"[\s/>]", tag[:100], maxsplit=1)
    kept = " ".join(_modest(tag, start=len(name)))
    return f"{name} {kept}>" if rest else name[:50] + ">"


def _crowded(tag: str) -> bool:
    return next(islice(_ONE_ATTRIBUTE.finditer(tag), MAX_ATTRIBUTES, None), None) is not None


def _modest(tag: str, start: int) -> Iterator[str]:
    found = 0
    for attribute in _ONE_ATTRIBUTE.finditer(tag, start):
        if len(attribute[0]) <= KEPT_ATTRIBUTE_CHARS:
            yield attribute[0]
            found += 1
        if found == KEPT_ATTRIBUTES:
            return


def _plain(html: str) -> str:
    """Return the page; its formatting as spans if it could be opened again too often.

    `<p><b a=1><b a=2>…</p>` opens each b again in every paragraph that follows: a thousand of each
    are a million elements.
    """
    names = Counter(name.lower() for name in _NAMES.findall(html) if name[0] != "/")
    formatting = sum(names[name] for name in _FORMATTING)
    if formatting * (names.total() - formatting) <= MAX_REOPENED:
        return html
    return _FORMATTED.sub(r"<\1span", html)


def may_nest(html: str) -> bool:
    """Tell, without a tree, whether some element of a page may lie too deep: seldom right."""
    heights = list(accumulate(map(_step, _NAMES.findall(html)), initial=0))
    # a closing tag that closes nothing makes the sum too low, never by more than its lowest
    return max(heights) - min(heights) > KEPT_DEPTH


def flattened(html: str) -> str:
    """Return a page without the tags that are nested too deep; their text stays."""
    return _TAG.sub(_Nesting().kept, html)


def _step(name: str) -> int:
    if name[0] == "/":
        return -(name[1:].lower() not in _UNCOUNTED)
    return name.lower() not in _UNCOUNTED


class _Nesting:
    """Which elements are open while a page is read from its start."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._open: Counter[str] = Counter()
        self._cut: Counter[str] = Counter()

    def kept(self, match: re.Match[str]) -> str:
        """Return a tag, or nothing if it lies too deep."""
        closing, name, rest = match[1], match[2].lower(), match[3]
        if name in _UNCOUNTED or (rest.endswith("/>") and self._foreign()):
            return match[0]
        return self._closed(name, match[0]) if closing else self._opened(name, match[0])

    def _foreign(self) -> bool:
        return self._open["svg"] > 0 or self._open["math"] > 0

    def _opened(self, name: str, tag: str) -> str:
        if len(self._stack) >= KEPT_DEPTH:
            self._cut[name] += 1
            return ""
        self._open[name] += 1
        self._stack.append(name)
        return tag

    def _closed(self, name: str, tag: str) -> str:
        if self._cut[name]:
            self._cut[name] -= 1
            return ""
        if self._open[name]:
            self._pop(name)
        return tag

    def _pop(self, name: str) -> None:
        """Close an element and what was left open inside it."""
        while True:
            inner = self._stack.pop()
            self._open[inner] -= 1
            if inner == name:
                return
