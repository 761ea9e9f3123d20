"""One pass over a page: its text as blocks between borders, its containers as ranges of blocks.

And its elements and texts in page order and by name, as every other reader of the page wants them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from steppewire_parser.bylines import MAX_LINE_CHARS, is_line
from steppewire_parser.extract import marks

# A page has about 270; the features of a block take 4 kB while a page is read.
MAX_BLOCKS = 8_000
# A line between line breaks that is made of more pieces is no label.
MAX_LINE_PIECES = 12
# Around a label between line breaks; a NUL is in no text, for tree builders replace it.
LINE_BORDER = "\0"

_SKIPPED_TAGS = frozenset(
    (
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
        "audio", "video", "br", "select", "option", "textarea", "input", "map", "head", "math",
        "-comment", "-doctype", "!doctype", "meta", "link", "_comment", "button",
    )
)  # fmt: skip
_BLOCK_TAGS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main",
        "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
# Of inline tags these carry names that tell something; the others are not asked.
_ASKED_INLINE = frozenset(("span", "a", "time", "small", "label", "cite"))
_STRESSED = frozenset(("b", "strong", "em", "i", "u"))
# Their content is read by nobody.
_UNSEEN = frozenset(("script", "style", "noscript", "template", "title", "head", "textarea"))
_FILMS = frozenset(("iframe", "video", "audio", "embed", "object"))
_SENTENCE_ENDS = frozenset('.!?…:;»”"。！？।؟')
TAGS = (
    "", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "section",
    "article", "dd", "dt", "pre", "figcaption", "body", "main", "header", "tr", "center",
)  # fmt: skip
TAG_CODES = {name: i for i, name in enumerate(TAGS)}
_TEXT, _BLOCK, _INLINE, _SKIPPED = range(4)
_ROLES: dict[str | None, int] = {
    "-text": _TEXT,
    **dict.fromkeys(_BLOCK_TAGS, _BLOCK),
    **dict.fromkeys((None, "", *_SKIPPED_TAGS), _SKIPPED),
    **dict.fromkeys(
        (
            "a", "span", "b", "i", "em", "strong", "font", "u", "small", "sub", "sup", "mark",
            "abbr", "time", "code", "cite", "q", "s", "del", "ins", "img", "picture", "label",
        ),
        _INLINE,
    ),
}  # fmt: skip
"""What the walk does with a tag."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True)
class Flat:
    """A page as parallel columns: one entry for each container, one for each block of text."""

    # containers, in page order; the first is the root
    parent: Sequence[int]
    depth: Sequence[int]
    tag: Sequence[str]
    bits: Sequence[int]
    """What the container itself is marked as."""
    within: Sequence[int]
    """What the container or anything around it is marked as."""
    shape: Sequence[int]
    """Equal for equal tags and class names along the way from the root."""
    first: Sequence[int]
    last: Sequence[int]
    """The blocks of a container are those from `first` up to, not including, `last`."""
    # blocks
    text: Sequence[str] = ()
    holder: Sequence[int] = ()
    """The container that the block stands in."""
    linked: Sequence[int] = ()
    stressed: Sequence[int] = ()
    links: Sequence[int] = ()
    inner: Sequence[int] = ()
    """What inline elements in the block are marked as."""
    part: Sequence[int] = ()
    """Number of the block within its element, where line breaks made several of one."""
    pictures: Sequence[int] = ()
    """How many pictures and films stand between the block before and the end of this one."""


@dataclass(frozen=True)
class Seen:
    """All elements and texts of a page, in page order."""

    tags: list[LexborNode] = field(default_factory=list)
    named: defaultdict[str, list[LexborNode]] = field(default_factory=lambda: defaultdict(list))
    texts: list[LexborNode] = field(default_factory=list)
    """Those that a reader may see, and that are more than space."""
    strings: list[str] = field(default_factory=list)
    """What the texts say."""

    def add(self, root: LexborNode) -> None:
        """Note an element and all that is in it."""
        after_unseen = False
        for node in root.traverse(include_text=True):
            name = node.tag or "-"
            if name == "-text":
                # a text comes right after the element that it is the content of
                if not (after_unseen and _is_unseen(node)):
                    self._add_text(node)
            elif name[0] != "-":
                after_unseen = name in _UNSEEN
                self.tags.append(node)
                self.named[name].append(node)

    def _add_text(self, node: LexborNode) -> None:
        text = node.text_content
        if text and not text.isspace():
            self.texts.append(node)
            self.strings.append(text)


def seen_in(root: LexborNode) -> Seen:
    """Return the elements and texts of a page, where its blocks are not asked for."""
    seen = Seen()
    seen.add(root)
    return seen


def _is_unseen(text: LexborNode) -> bool:
    return text.parent is not None and text.parent.tag in _UNSEEN


class _Run:
    """The text since the last border of a block."""

    __slots__ = ("bits", "blocks", "linked", "links", "part", "pictures", "pieces", "stressed")

    def __init__(self) -> None:
        self.blocks: list[tuple[str, int, int, int, int, int, int, int]] = []
        self.pieces: list[str] = []
        self.linked = self.stressed = self.links = self.bits = self.part = self.pictures = 0

    def end(self, holder: int) -> None:
        """Store what was collected as a block of its container."""
        text = " ".join("".join(self.pieces).split())
        if text and len(self.blocks) < MAX_BLOCKS:
            marked = (self.bits, self.part, self.pictures)
            self.blocks.append((text, holder, self.linked, self.stressed, self.links, *marked))
            self.part += 1
            self.pictures = 0
        self.pieces.clear()
        self.linked = self.stressed = self.links = self.bits = 0

    def broken(self, holder: int) -> None:
        """Take a line break: a border after an empty line or the end of a sentence."""
        said = ""
        for piece in reversed(self.pieces):
            if piece == "\n":
                break
            said = piece.rstrip()
            if said:
                break
        if not said or said[-1] in _SENTENCE_ENDS:
            self.end(holder)
        else:
            self.pieces.append("\n")
            self._mark_line()

    def _mark_line(self) -> None:
        """Put borders around the last line, where that stands for itself.

        The block stays one for whoever weighs it, and becomes several when it is read.
        """
        pieces = self.pieces
        at = behind = len(pieces) - 1
        while at and pieces[at - 1] != "\n":
            at -= 1
        if behind - at > MAX_LINE_PIECES:
            return
        line = " ".join("".join(pieces[at:behind]).split())
        if len(line) <= MAX_LINE_CHARS and is_line(line):
            pieces.append(f" {LINE_BORDER} ")
            if at:
                pieces.insert(at, f" {LINE_BORDER} ")


def flatten(root: LexborNode) -> Flat:
    """Return the blocks and containers of a tree."""
    return walked(root)[0]


def walked(root: LexborNode) -> tuple[Flat, Seen]:
    """Return the blocks and containers of a tree, and its elements and texts.

    Iterative, because pages nest deep, and one long loop, because it meets every node of the page.
    """
    run, seen = _Run(), Seen()
    pieces, blocks, end = run.pieces, run.blocks, run.end
    tags, named, texts, strings = seen.tags, seen.named, seen.texts, seen.strings
    roles, places, marked, link_card = _ROLES, marks.PLACE, marks.marked, marks.LINK_CARD
    meanings, meaning_of, asked = marks.MEANINGS, marks.named, _ASKED_INLINE
    shapes: dict[tuple[int, str, str | None], int] = {}
    containers = [(0, 0, "html", 0, 0, 0, 0)]
    last = [0]
    # where to go on, with the state there; a container of -1 means the same as inside
    waiting: list[tuple[LexborNode | None, int, int, int, int, int]] = []
    enter, leave, hold = waiting.append, waiting.pop, containers.append
    here = links = stress = within = shape = 0
    # whether the text of a <title> in the body was taken for one that a reader may see
    untrue = False
    tags.append(root)
    named[root.tag or ""].append(root)
    node: LexborNode | None = root.child
    while True:
        if node is None:
            if not waiting:
                break
            node, outer, links, stress, within, shape = leave()
            if outer >= 0:
                if pieces:
                    end(here)
                run.part = 0
                last[here] = len(blocks)
                here = outer
            continue
        tag = node.tag or ""
        role = roles.get(tag)
        if role == _TEXT:
            text = node.text_content or ""
            if not text.isspace():
                texts.append(node)
                strings.append(text)
                pieces.append(text)
                if links or stress:
                    size = len(text.strip())
                    if links:
                        run.linked += size
                    if stress:
                        run.stressed += size
            elif pieces:
                pieces.append(text)
            node = node.next
            continue
        if role is None:
            # unknown: the elements of a site's own are containers, but not in a paragraph
            untrue = untrue or tag in _UNSEEN
            role = _BLOCK if "-" in tag and containers[here][2] != "p" else _INLINE
        if role == _BLOCK:
            tags.append(node)
            named[tag].append(node)
            if pieces:
                end(here)
            run.part = 0
            enter((node.next, here, links, stress, within, shape))
            bits = places.get(tag, 0)
            if links:
                bits |= link_card
            attributes = node.attributes
            names = None
            if attributes:
                names = attributes.get("class")
                if names and len(attributes) == 1:
                    # most names that mean nothing are known to
                    known = meanings.get(names)
                    bits |= meaning_of(names) if known is None else known
                else:
                    bits |= marked(attributes)
            within |= bits
            shape = shapes.setdefault((shape, tag, names), len(shapes) + 1)
            hold((here, containers[here][1] + 1, tag, bits, within, shape, len(blocks)))
            here = len(last)
            last.append(0)
            node = node.child
            continue
        if role == _INLINE:
            tags.append(node)
            named[tag].append(node)
            within_it = node.child
            if tag in asked:
                run.bits |= marked(node.attributes)
                if tag == "a":
                    run.links += 1
                elif tag == "time":
                    run.bits |= marks.TIMED
            elif tag == "img":
                run.bits |= marks.PICTURED
                run.pictures += 1
            if within_it is None:
                node = node.next
                continue
            enter((node.next, -1, links, stress, within, shape))
            if tag == "a":
                links += 1
            elif tag in _STRESSED:
                stress += 1
            node = within_it
            continue
        if tag == "br":
            tags.append(node)
            named[tag].append(node)
            run.broken(here)
        elif tag != "-comment":
            seen.add(node)
            run.pictures += tag in _FILMS
        node = node.next
    end(0)
    last[0] = len(blocks)
    parent, depths, names_of, own, around, kinds, first = zip(*containers, strict=True)
    columns = zip(*blocks, strict=True) if blocks else ()
    flat = Flat(parent, depths, names_of, own, around, kinds, first, last, *columns)
    return flat, seen_in(root) if untrue else seen


def tag_code(tag: str) -> int:
    """Return a small number for a tag, 0 for those without one."""
    return TAG_CODES.get(tag, 0)
