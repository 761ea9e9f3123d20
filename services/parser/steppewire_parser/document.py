"""A page as a tree: bounded in length, tags, depth and attributes, whatever the page tries."""

from __future__ import annotations

import gc
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import lxml.etree
import lxml.html
from bs4 import (
    BeautifulSoup,
    MarkupResemblesLocatorWarning,
    Tag,
    XMLParsedAsHTMLWarning,
)
from bs4.element import NavigableString, PreformattedString

from steppewire.errors import Reject

# The longest of 2,133 stored news pages has 2.9 million bytes.
MAX_CHARS = 3_000_000
# The same pages have 826 tags in the median, 10,126 at most; BeautifulSoup takes 2 kB for each.
MAX_TAGS = 30_000
# Deeper nesting is never meant; libxml2 stops at 256 when it builds a tree of its own.
MAX_DEPTH = 600
# libxml2 links attributes in a list, so a tag with a million of them takes quadratic time.
MAX_ATTRIBUTES = 256
KEPT_ATTRIBUTES = 64
# Shorter tags are not worth counting; longer ones carry pictures or data as text.
SHORT_TAG_CHARS = 2_048
MAX_TAG_CHARS = 65_536
KEPT_ATTRIBUTE_CHARS = 2_000

# A start tag as the HTML standard reads it: names, quoted and bare values. Possessive, so linear.
_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_START_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]++|{_ATTRIBUTE})*+>?")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_UNSEEN = frozenset(("script", "style", "noscript", "template", "title", "head", "textarea"))
_OPEN = re.compile(r"<[a-zA-Z]")

warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)


@dataclass(frozen=True)
class Document:
    """One page. Rules and hooks see, and may edit, `soup`; `tree` is a second reading."""

    html: str
    soup: BeautifulSoup
    facts: tuple[str, ...] = field(default=())

    @cached_property
    def tags(self) -> list[Tag]:
        """Return all tags in page order, collected once: BeautifulSoup's own search is slow."""
        return [node for node in self.soup.descendants if isinstance(node, Tag)]

    @cached_property
    def _by_name(self) -> dict[str, list[Tag]]:
        found: dict[str, list[Tag]] = {}
        for tag in self.tags:
            found.setdefault(tag.name, []).append(tag)
        return found

    def named(self, name: str) -> list[Tag]:
        """Return all tags of a name in page order."""
        return self._by_name.get(name, [])

    @property
    def title(self) -> str:
        """Return the text of <title>."""
        return " ".join(self.named("title")[0].get_text(" ").split()) if self.named("title") else ""

    @cached_property
    def tree(self) -> lxml.html.HtmlElement:
        """Return the page as an lxml tree; Reject when there is none."""
        return _tree(self.html)

    @cached_property
    def visible(self) -> int:
        """Return the number of characters of all text outside scripts: no extractor finds more."""
        return sum(len(text.strip()) for text in self.strings())

    def strings(self) -> Iterator[NavigableString]:
        """Yield the texts that a reader may see, in page order."""
        for node in self.soup.descendants:
            if isinstance(node, NavigableString) and _is_shown(node):
                yield node


def read(text: str) -> Document:
    """Build the tree of a page. Raises Reject when none can be built."""
    html, facts = shielded(text)
    soup = _soup(html)
    if _deeper_than(soup, MAX_DEPTH):
        soup = _soup(lxml.html.tostring(_tree(html), encoding="unicode"))
        facts = (*facts, "nesting-cut")
    return Document(html, soup, facts)


def shielded(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the page without what would take a parser too long, and the facts about it."""
    facts: list[str] = []
    html = text.replace("\0", "")
    cut = _cut(html)
    if len(cut) < len(html):
        facts.append("page-truncated")
    slim = _START_TAG.sub(_slimmed, cut)
    if len(slim) < len(cut):
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


def _soup(html: str) -> BeautifulSoup:
    try:
        with _uncollected():
            return BeautifulSoup(html, "lxml")
    except (lxml.etree.LxmlError, ValueError, AssertionError, RecursionError) as error:
        raise Reject("unreadable", f"no tree can be built: {error}") from None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Build without the garbage collector: all objects of a tree stay, so its rounds find nothing.

    Halves the time of building (33 -> 17 ms a page).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _tree(html: str) -> lxml.html.HtmlElement:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Reject("unreadable", f"no tree can be built: {error}") from None
    return tree


def _deeper_than(soup: BeautifulSoup, limit: int) -> bool:
    depths: dict[int, int] = {id(soup): 0}
    for tag in soup.descendants:
        if not isinstance(tag, Tag):
            continue
        depth = depths[id(tag)] = depths[id(tag.parent)] + 1
        if depth > limit:
            return True
    return False


def _is_shown(node: NavigableString) -> bool:
    if isinstance(node, PreformattedString) or node.parent is None:
        return False
    return node.parent.name not in _UNSEEN


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string, "" when it is not there."""
    value = tag.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)
