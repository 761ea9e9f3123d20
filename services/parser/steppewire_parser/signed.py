"""Finds the bylines that a reader sees: by what marks them, or by what they begin with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, zip_longest

from selectolax.lexbor import LexborNode

from steppewire_parser.byline_lines import MAX_CHARS, lines_of, texts_behind
from steppewire_parser.byline_marks import (
    CLASS,
    CREDIT_CLASS,
    is_in_footer,
    is_marked,
    is_only_name,
    names_of,
    names_others,
    signs_of,
    sureness,
)
from steppewire_parser.byline_words import BEFORE_NAMES
from steppewire_parser.bylines import (
    INTRODUCED,
    begins_byline,
    is_agency,
    is_name,
    is_shaped,
    may_sign,
    names_in,
)
from steppewire_parser.document import Document
from steppewire_parser.nodes import (
    ancestors,
    around,
    attribute,
    elements,
    is_within,
    text_of,
)
from steppewire_parser.text import normalise, squash

MAX_ELEMENTS = 150
MAX_LABELS = 100
"""Lines that begin like a byline, anywhere on a page, that are read."""
SHORT = 40
# How far around a name the names of those who signed with it stand.
MAX_HOLDERS = 4
# So many elements behind the heading a byline is the article's, and goes before surer ones.
CLOSE, NEARER = 20, 2.0
MAX_INNER = 20
# So many words a name has that is written without capitals.
LOWER = 2
MAX_HEADINGS = 6
# A byline with less is not believed where anything else is.
SURE = 2.0

# Where bylines stand: this many elements before and behind the heading; boxes about the author
# may stand anywhere.
BEFORE, BEHIND = 40, 220
_ANYWHERE = '[itemprop~="author"],[rel~="author"],[class*="author"],[class*="byline"]'
_NEVER = frozenset(
    ("h1", "html", "body", "meta", "link", "article", "main", "form", "input", "script", "style",
     "textarea", "img", "svg", "button")
)  # fmt: skip
# total.kz credits its pictures in `post__image_author`. Surat alone is a name: Surat Ikramov.
_CREDIT = re.compile(
    r"^\W*(?:(?:фото|сурет|foto|photos?|images?|picture|иллюстрация|коллаж|кадр|видео|video|bild|"
    r"quelle|source|credit|grafik|illustration|copyright|theme|designed|powered|tags?|categor\w+|"
    r"filed|in)\b|surat:)|©",
    re.IGNORECASE,
)


# What stands between two who signed together.
_JOINT = re.compile(r"[\W\d_]*(?:(?:and|und|et|y|e|og|och|en|и|және|ва|va)\b[\W\d_]*)?")


@dataclass(frozen=True)
class Seen:
    """The names in one byline, and how sure its marks are: 2 and more is a byline."""

    names: tuple[str, ...]
    sureness: float
    close: bool = False
    """It begins right behind the heading."""
    node: LexborNode | None = field(default=None, compare=False, repr=False)
    """Where it stands."""

    @property
    def company(self) -> tuple[str, ...]:
        """The names, with those beside them that are built alike: "By A, B and C"."""
        if self.node is None or len(self.names) > 1:
            return self.names
        innermost = _innermost(self.node, self.names[0])
        build, names = _build(innermost), self.names
        for holder in islice(ancestors(innermost), MAX_HOLDERS):
            if holder.tag in _NEVER or len(lines_of(holder)) > MAX_CHARS:
                break
            alike = [lines_of(node) for node in elements(holder) if _build(node) == build]
            more = _first_names(alike, shaped=True)
            if more[:1] == self.names and _is_list(more, lines_of(holder)):
                names = more
        return names


def _is_list(names: Sequence[str], text: str) -> bool:
    """Tell whether a text has these whole names one behind the other, and only joints between."""
    said, at = text.casefold(), -1
    for name in names:
        start = said.find(name.casefold(), max(at, 0))
        if start < 0 or " " not in name or (at >= 0 and not _JOINT.fullmatch(said[at:start])):
            return False
        at = start + len(name)
    return True


def _innermost(node: LexborNode, name: str) -> LexborNode:
    """Return the smallest element inside that says a name."""
    wanted = squash(name)
    holders = (inner for inner in elements(node) if wanted in squash(lines_of(inner)))
    return [node, *holders][-1]


def _build(node: LexborNode) -> tuple[str | None, str, str]:
    return node.tag, attribute(node, "class"), attribute(node, "rel")


class Bylines:
    """The bylines of one page."""

    def __init__(self, page: Document, title: str = "") -> None:
        self._page = page
        self._title = squash(title)
        self._judged: dict[int, bool] = {}

    @cached_property
    def marked(self) -> list[Seen]:
        """What the page marks as bylines, the surest first, then in page order."""
        heading = self._place_of_heading
        tags = self._page.tags
        above = tags[max(0, heading - BEFORE) : heading] if heading >= 0 else []
        below = tags[heading : heading + BEHIND] if heading >= 0 else []
        found = [*self._read(above, above=True), *self._read(below)]
        if not any(seen.sureness >= SURE for seen in found):
            found.extend(self._read(self._page.select(_ANYWHERE)[:MAX_ELEMENTS]))
        return sorted(found, key=lambda seen: -seen.sureness - NEARER * seen.close)

    @cached_property
    def told(self) -> list[tuple[str, ...]]:
        """The names of lines near the heading that begin like a byline: "Автор: …"."""
        headings = self._headings or self._page.named("h2")[:1]
        texts = (text for heading in headings for text in texts_behind(heading))
        lines = (text for text in texts if begins_byline(text.text_content or ""))
        return list(filter(None, map(self._told, lines)))

    def far(self) -> Iterator[tuple[str, ...]]:
        """Yield whole names of lines anywhere that are introduced as nothing else is: "Text: …"."""
        strings = zip(self._page.texts, self._page.strings(), strict=True)
        labels = (
            text
            for text, said in strings
            if len(said) <= MAX_CHARS and begins_byline(said) and _is_label(said)
        )
        for text in islice(labels, MAX_LABELS):
            names = self._told(text)
            if names and all(" " in name for name in names):
                yield names

    @cached_property
    def _headings(self) -> list[LexborNode]:
        """The headings that may stand above the article: the one with its title, else the first."""
        known = self._title and (
            self._entitled("h1", part=True)
            or next(filter(None, map(self._entitled, ("h2", "h3", "h4"))), None)
        )
        if known:
            return [known]
        return [node for node in self._page.named("h1") if text_of(node).strip()][:2]

    def _entitled(self, level: str, *, part: bool = False) -> LexborNode | None:
        """Return the heading with the title, or with a part of it, or with a kicker before it."""
        for node in self._page.named(level)[:MAX_HEADINGS]:
            text = squash(text_of(node, ""))
            pieces = part and text and (text in self._title or self._title in text)
            if text == self._title or pieces:
                return node
        return None

    @cached_property
    def _place_of_heading(self) -> int:
        if not self._headings:
            return -1
        wanted = self._headings[0].mem_id
        return next(i for i, node in enumerate(self._page.tags) if node.mem_id == wanted)

    @cached_property
    def _around_heading(self) -> frozenset[int]:
        """What holds the heading holds the article, whatever it is called."""
        return frozenset(p.mem_id for node in self._headings[:1] for p in ancestors(node))

    @cached_property
    def _behind_heading(self) -> frozenset[int]:
        """What begins right behind the heading is of the article, whatever holds it is called."""
        place = self._place_of_heading
        if place < 0:
            return frozenset()
        article = around(self._page.tags[place], ("article", "main"))
        behind = self._page.tags[place + 1 : place + 1 + CLOSE]
        within = (node for node in behind if article is None or is_within(node, article))
        return frozenset(node.mem_id for node in within)

    def _read(self, nodes: Iterable[LexborNode], *, above: bool = False) -> Iterator[Seen]:
        """Read bylines; what stands above the heading is less sure to be about this article."""
        for node in filter(is_marked, nodes):
            seen = self._seen(node) if node.tag not in _NEVER else None
            if seen is not None:
                close = node.mem_id in self._behind_heading
                yield replace(seen, sureness=seen.sureness - above, close=close)

    def _seen(self, node: LexborNode) -> Seen | None:
        text = lines_of(node)
        if len(text) > MAX_CHARS:
            return self._portrayed(node, text)
        if not text or _CREDIT.search(text) or CREDIT_CLASS.search(names_of(node).lower()):
            return None
        signs = signs_of(node, text.replace("\n", " "))
        if not (any(signs.values()) or node.tag == "address") or self._is_elsewhere(node):
            return None
        exact = signs["class"] and len(text) < SHORT
        sure = bool(exact or signs["item"] or signs["rel"] or signs["introduced"])
        names = _first_names(_inner_lines(node) or [text], shaped=not sure)
        return Seen(names, sureness(signs, node, names), node=node) if names else None

    def _portrayed(self, node: LexborNode, text: str) -> Seen | None:
        """Read the name above the biography in a box about the author."""
        first, _, _ = text.partition("\n")
        if len(first) > SHORT or " " not in first or not CLASS.search(names_of(node)):
            return None
        names = () if _CREDIT.search(first) else _first_names([first], shaped=True)
        if not any(" " in name for name in names) or self._is_elsewhere(node):
            return None
        return Seen(names, _PORTRAYED)

    def _told(self, text: LexborNode) -> tuple[str, ...]:
        parent = text.parent
        whole = lines_of(parent) if parent is not None else ""
        if len(whole) > MAX_CHARS and _is_line(text):
            whole = normalise(text.text_content or "")
        introduction = INTRODUCED.match(whole.replace("\n", " "))
        if introduction and introduction.end() >= len(whole) and parent and parent.parent:
            # only "By" stands here: the name is in the next element
            whole = lines_of(parent.parent)
            introduction = INTRODUCED.match(whole.replace("\n", " "))
        if not introduction or len(whole) > MAX_CHARS or _CREDIT.search(whole):
            return ()
        if parent is None or self._is_elsewhere(parent):
            return ()
        names = _first_names([whole], shaped=True)
        if not _are_written(names, whole, introduction[0]):
            return ()
        certain = _is_certain(introduction[0], whole)
        return names if names and (certain or " " in names[0]) else ()

    def _is_elsewhere(self, node: LexborNode) -> bool:
        """Tell whether an element stands where others than the author are named."""
        chain, verdict = [], False
        for place in (node, *ancestors(node)):
            known = self._judged.get(place.mem_id)
            if known is None and place.mem_id in self._around_heading:
                known = False
            close = place.mem_id in self._behind_heading
            verdict = known if known is not None else names_others(place, close=close)
            if known is not None or verdict:
                break
            chain.append(place.mem_id)
        self._judged.update(dict.fromkeys(chain, verdict))
        return verdict or is_in_footer(node)


def _are_written(names: Sequence[str], whole: str, introduction: str) -> bool:
    """Tell whether names stand in a line with their capitals, or "by jane doe" is all that it says.

    "By using …" begins a sentence, and only `cased` gave that capitals.
    """
    alone = whole[len(introduction) :].strip()
    return all(name in whole or name.upper() in whole for name in names) or (
        len(names) == 1
        and len(names[0].split()) == LOWER
        and alone.casefold() == names[0].casefold()
    )


def _is_line(text: LexborNode) -> bool:
    """Tell whether a text stands between line breaks: so whole pages are typed on some engines."""
    beside = (_next_to(text), _next_to(text, back=True))
    return all(other is None or other.tag == "br" for other in beside)


def _next_to(node: LexborNode, *, back: bool = False) -> LexborNode | None:
    other = node.prev if back else node.next
    while other is not None and other.is_text_node and not (other.text_content or "").strip():
        other = other.prev if back else other.next
    return other


def _is_certain(introduction: str, whole: str) -> bool:
    """Tell whether even one word behind an introduction is a name: "Text Link" is a link."""
    if ":" in introduction:
        return True
    apart = whole[: len(introduction)].endswith("\n")
    return len(whole) < SHORT and (apart or introduction.lower().split()[-1] in BEFORE_NAMES)


def _is_label(text: str) -> bool:
    """Tell whether a text introduces a name and cannot be the beginning of a sentence."""
    introduction = INTRODUCED.match(text.strip())
    return introduction is not None and (
        ":" in introduction[0] or introduction.end() == len(text.strip())
    )


_PORTRAYED = 1.5


def _inner_lines(node: LexborNode) -> list[str]:
    """Return the lines of the elements inside that are marked to be nothing but a name."""
    inner = filter(is_only_name, islice(elements(node), MAX_INNER))
    return list(filter(None, map(lines_of, inner)))


def _first_names(texts: list[str], *, shaped: bool) -> tuple[str, ...]:
    """Return the names of the first texts, up to what is no name any more."""
    names: list[str] = []
    for text in texts:
        for name in names_in(text, on_page=True):
            if is_name(name) and (is_shaped(name) if shaped else may_sign(name)):
                names.append(name)
            elif names:
                break
    return tuple(dict.fromkeys(_without_topics(list(_without_initials(names)))))


def _without_topics(names: list[str]) -> Iterator[str]:
    """Drop single words behind a whole name: the topic, a button. Agencies sign so, too."""
    whole = " " in names[0] if names else False
    return (name for name in names if not whole or " " in name or is_agency(name))


def _without_initials(names: list[str]) -> Iterator[str]:
    """Drop the letters that stand for a portrait: "CM" before "Craig McCarthy"."""
    for name, after in zip_longest(names, names[1:], fillvalue=""):
        initials = "".join(word[0] for word in after.split()).upper()
        if not (len(name) <= 3 and name.isupper() and initials.startswith(name)):
            yield name
