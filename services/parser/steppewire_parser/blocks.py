"""Reads a fragment of a page into blocks: paragraphs that are never glued, each with its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bs4 import Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from steppewire.events import ParagraphKind
from steppewire_parser.document import attribute
from steppewire_parser.text import normalise

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# Not text of the article, whatever it says; pictures and their captions are read elsewhere.
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "form",
        "button",
        "input",
        "select",
        "textarea",
        "label",
        "nav",
        "figure",
        "figcaption",
        "picture",
        "img",
        "map",
        "dialog",
        "aside",
        "footer",
    ]
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# A single line break after the end of a sentence is how some editors type a new paragraph.
_BREAK_AFTER_SENTENCE = re.compile(r"(?<=[.!?…:;»”\"])[ \t]*\n")
_DOUBLE_BREAK = re.compile(r"\n[\s\u00a0]*\n")


@dataclass(frozen=True)
class Block:
    """One paragraph as read, before cleaning."""

    text: str
    kind: ParagraphKind = "text"
    linked: float = 0.0
    """Share of its characters inside links: 1.0 is a line that is nothing but a link."""


def read_blocks(fragments: Iterable[Tag]) -> list[Block]:
    """Read the paragraphs of some containers, in page order."""
    return [block for fragment in fragments for block in _fragment_blocks(fragment)]


def _fragment_blocks(fragment: Tag) -> Iterator[Block]:
    run = _Run()
    for node in _walk(fragment):
        if isinstance(node, Tag):
            if node.name == "br":
                run.add("\n", linked=False)
            elif node.name in _BLOCK:
                yield from run.ended()
        else:
            block = _block_of(node, fragment)
            if block is not run.block:
                yield from run.ended()
                run.start(block, _kind(block, fragment))
            run.add(re.sub(r"[\r\n]+", " ", str(node)), linked=_inside_link(node, block))
    yield from run.ended()


class _Run:
    """The text that has been read since the last border of a block."""

    def __init__(self) -> None:
        self.block: Tag | None = None
        self._kind: ParagraphKind = "text"
        self._parts: list[str] = []
        self._linked = 0

    def start(self, block: Tag, kind: ParagraphKind) -> None:
        """Begin to collect the text of a block."""
        self.block, self._kind = block, kind

    def add(self, text: str, *, linked: bool) -> None:
        """Collect some text."""
        self._parts.append(text)
        self._linked += len(text.strip()) if linked else 0

    def ended(self) -> Iterator[Block]:
        """Yield what was collected, one block for each paragraph, and start anew."""
        whole = "".join(self._parts)
        linked = self._linked / max(1, len(whole.strip()))
        kind = self._kind
        self.__init__()  # type: ignore[misc]  # back to the empty state
        yield from paragraphs_of(whole, kind, linked)


def paragraphs_of(text: str, kind: ParagraphKind, linked: float = 0.0) -> list[Block]:
    """Return the paragraphs of one element's text.

    Lines that end in a semicolon, the last in a full stop, are how lists are typed without a list.
    """
    lines = split_breaks(text)
    listed = kind == "text" and len(lines) > 1 and all(line.endswith(";") for line in lines[:-1])
    return [Block(line, "list-item" if listed else kind, linked) for line in lines]


def split_breaks(text: str) -> list[str]:
    """Split a text at blank lines, and at line ends after a sentence; normalise the pieces."""
    pieces = (
        piece for part in _DOUBLE_BREAK.split(text) for piece in _BREAK_AFTER_SENTENCE.split(part)
    )
    return [clean for piece in pieces if (clean := normalise(piece))]


def _walk(fragment: Tag) -> Iterator[PageElement]:
    """Yield tags and texts in order, without what is skipped. Iterative: pages nest deep."""
    waiting: list[Iterator[PageElement]] = [iter(fragment.children)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node, Tag):
            if node.name not in _SKIPPED and not _hidden(node):
                yield node
                waiting.append(iter(node.children))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield node


def _hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or bool(_HIDDEN_STYLE.search(attribute(tag, "style")))


def _block_of(node: PageElement, fragment: Tag) -> Tag:
    return next((p for p in node.parents if p.name in _BLOCK or p is fragment), fragment)


def _inside_link(node: PageElement, block: Tag) -> bool:
    for parent in node.parents:
        if parent is block:
            return False
        if parent.name == "a":
            return True
    return False


def _kind(block: Tag, fragment: Tag) -> ParagraphKind:
    if block.name in _HEADINGS:
        return "subhead"
    for tag in (block, *block.parents):
        if tag is fragment:
            break
        if tag.name == "blockquote":
            return "quote"
        if tag.name == "li":
            return "list-item"
    return "text"


def of_kind(block: Block, kind: ParagraphKind) -> Block:
    """Return the block with another kind."""
    return replace(block, kind=kind)
