"""Reads a fragment of a page into blocks: paragraphs that are never glued, each with its kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from steppewire.events import ParagraphKind
from steppewire_parser.bylines import MAX_LINE_CHARS, is_line
from steppewire_parser.nodes import attribute, children, has, text_of
from steppewire_parser.text import normalise, squash

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
# What engines and widgets call the boxes that they put below, or into, a text.
_BOXES = frozenset(
    (
        "comments", "comment-list", "commentlist", "comments-list", "comments-area",
        "comments-block", "comment-respond", "respond", "disqus_thread", "fb-comments",
        "cackle_comment", "mc-container", "hypercomments_widget",
        "ya-share2", "share-buttons", "social-share", "social-buttons", "share-block",
        "addthis_toolbox", "sharedaddy", "a2a_kit", "sharethis-inline-share-buttons",
        "related-posts", "related-news", "related-articles", "relatedposts", "jp-relatedposts",
        "read-also", "readalso", "see-also", "yarpp-related",
        "subscribe-block", "subscribe-form", "newsletter-signup", "newsletter-form",
    )
)  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KINDS: dict[str, ParagraphKind] = {"blockquote": "quote", "li": "list-item"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# A single line break after the end of a sentence is how some editors type a new paragraph.
_BREAK_AFTER_SENTENCE = re.compile(r"(?<=[.!?…:;»”\"])[ \t]*\n")
# A longer cell is a column of the page's layout.
MAX_CELL_CHARS = 200
_DOUBLE_BREAK = re.compile(r"\n[\s\u00a0]*\n")


@dataclass(frozen=True)
class Block:
    """One paragraph as read, before cleaning."""

    text: str
    kind: ParagraphKind = "text"
    linked: float = 0.0
    """Share of its characters inside links: 1.0 is a line that is nothing but a link."""

    @cached_property
    def key(self) -> str:
        """The text as it is compared with others."""
        return squash(self.text)


def read_blocks(fragments: Iterable[LexborNode], dropped: Collection[int] = ()) -> list[Block]:
    """Read the paragraphs of some containers, in page order, without the dropped elements."""
    return [block for fragment in fragments for block in _fragment_blocks(fragment, dropped)]


def _fragment_blocks(fragment: LexborNode, dropped: Collection[int]) -> Iterator[Block]:
    run = _Run()
    for text, place in _walk(fragment, dropped):
        if text is None or place.block != run.block:
            yield from run.ended()
            run = _Run(place.block, place.kind)
        if text is not None:
            run.add(text, linked=place.linked)
    yield from run.ended()


class _Place(NamedTuple):
    """Where in a fragment a text stands."""

    block: int
    """The nearest block element around it, by its `mem_id`."""
    kind: ParagraphKind = "text"
    around: ParagraphKind = "text"
    """The kind of what has none of its own, by the list item or quote around it."""
    linked: bool = False

    def inside(self, name: str, node: LexborNode) -> _Place:
        """Return the place of what stands in an element that stands here."""
        if name not in _BLOCK:
            return self._replace(linked=True) if name == "a" else self
        around = _KINDS.get(name, self.around)
        return _Place(node.mem_id, "subhead" if name in _HEADINGS else around, around)


class _Run:
    """The text that has been read since the last border of a block."""

    def __init__(self, block: int = 0, kind: ParagraphKind = "text") -> None:
        self.block, self._kind = block, kind
        self._parts: list[str] = []
        self._linked = 0

    def add(self, text: str, *, linked: bool) -> None:
        """Collect some text."""
        self._parts.append(text)
        self._linked += len(text.strip()) if linked else 0

    def ended(self) -> list[Block]:
        """Return what was collected, one block for each paragraph."""
        whole = "".join(self._parts)
        return paragraphs_of(whole, self._kind, self._linked / max(1, len(whole.strip())))


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
        piece
        for part in _DOUBLE_BREAK.split(text)
        for sentence in _BREAK_AFTER_SENTENCE.split(part)
        for piece in _without_labels(sentence)
    )
    return [clean for piece in pieces if (clean := normalise(piece))]


def _without_labels(text: str) -> Iterator[str]:
    """Yield the lines of a paragraph that are labels, credits or bylines apart from the others."""
    together: list[str] = []
    for line in text.split("\n"):
        if "\n" in text and len(line) <= MAX_LINE_CHARS and is_line(normalise(line)):
            yield "\n".join(together)
            yield line
            together = []
        else:
            together.append(line)
    yield "\n".join(together)


def _walk(fragment: LexborNode, dropped: Collection[int]) -> Iterator[tuple[str | None, _Place]]:
    """Yield texts in order with their places, and None where a block begins.

    Iterative, because pages nest deep; without what is skipped, hidden or dropped.
    """
    waiting = [(fragment.first_child, _top(fragment))]
    while waiting:
        node, place = waiting.pop()
        if node is None:
            continue
        waiting.append((node.next, place))
        name = node.tag or ""
        if name == "-text":
            yield (node.text_content or "").replace("\n", " "), place
        elif name == "br":
            yield "\n", place
        elif name == "tr" and (row := _row(node)):
            inner = place.inside(name, node)
            yield from ((None, inner), (row, inner))
        elif node.is_element_node and _is_read(node, name, dropped):
            inner = place.inside(name, node)
            if inner.block != place.block:
                yield None, inner
            waiting.append((node.first_child, inner))


def _row(node: LexborNode) -> str:
    """Return the cells of a row of figures on one line; "" when a cell holds a text of its own."""
    cells = [child for child in children(node) if child.tag in ("td", "th")]
    texts = [normalise(text_of(cell)) for cell in cells] if len(cells) > 1 else []
    short = all(len(text) <= MAX_CELL_CHARS for text in texts)
    return " | ".join(filter(None, texts)) if short else ""


def _top(fragment: LexborNode) -> _Place:
    return _Place(fragment.mem_id, "subhead" if fragment.tag in _HEADINGS else "text")


def _is_read(node: LexborNode, name: str, dropped: Collection[int]) -> bool:
    if name in _SKIPPED or node.mem_id in dropped or _hidden(node):
        return False
    return name not in _BLOCK or not _is_box(node)


def _is_box(node: LexborNode) -> bool:
    """Tell whether an element calls itself a box of comments, share buttons or other articles."""
    names = f"{attribute(node, 'class')} {node.id or ''}".lower()
    return not _BOXES.isdisjoint(names.split())


def _hidden(tag: LexborNode) -> bool:
    return has(tag, "hidden") or bool(_HIDDEN_STYLE.search(attribute(tag, "style")))


def of_kind(block: Block, kind: ParagraphKind) -> Block:
    """Return the block with another kind."""
    return replace(block, kind=kind)
