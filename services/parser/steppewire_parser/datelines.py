"""Where a page shows readers its dates: short lines near the headline, and what speaks for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from steppewire_parser.bylines import begins_byline
from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, attribute, strings, text_of
from steppewire_parser.text import normalise, squash

# A date line is short; longer texts only mention dates.
MAX_LINE_CHARS = 90
# What nothing marks is a date line if it is hardly more than a date.
MAX_BARE_CHARS = 40
PLAIN_CHARS, LONG_CHARS = 24, 50
# Spaces and line breaks of the source count before they are made one.
MAX_RAW_CHARS = 400
# Beside the headline a date stands so many texts before or behind it.
BEFORE, BEHIND, CLOSE = 12, 80, 21
MAX_LINES = 16
MAX_LINES_ANYWHERE = 40
# A day, a month and a year may each have a tag of their own, inside one or two more.
MAX_PIECES = 12
MAX_PIECED = 200
# So far up a tag can say that its text is a date, or that it belongs to something else.
MARK_DEPTH, ASIDE_DEPTH, MAX_DEPTH = 3, 7, 14
MIN_TITLE_CHARS = 8
TITLE_START_CHARS = 40
MAX_TITLE_CHARS = 300
MAX_HEADINGS = 30
# Longer class lists are an attack, or styles.
MAX_CLASS_CHARS = 400
MAX_LABEL_CHARS = 40
MAX_MACHINE_CHARS = 60

_DIGIT = re.compile(r"\d")
_AGO = (
    "ago|назад|бұрын|бурын|burın|buryn|būryn|avval|oldin|аввал|олдин|мурун|мурда|илгери|пеш"
    "|пештар|қабл|önce|əvvəl|тому"
)
# Patterns without IGNORECASE, for texts in lower case, are several times faster.
_MAYBE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d{2}(?!\d)|\d{1,2}:\d\d"
    rf"|\d\s?[^\W\d_]{{1,9}}\.?\s(?:{_AGO})\b",
)
# "екі сағат бұрын", "час назад", "вчера" have no digit: only where that is all that a line says.
_WORDED = re.compile(
    rf"\W{{0,3}}(?:(?:[^\W\d_]{{1,12}}\s){{1,3}}(?:{_AGO})"
    r"|вчера|кеше|keşe|keshe|kecha|кеча|кечээ|дирӯз|yesterday)\W{0,3}"
)
WORDED_CHARS = 36
_CLOCK = re.compile(r"\d[:.]\d\d(?!\d|\.\d)")
_ONLY_CLOCK = re.compile(r"\W{0,3}(?:[01]?\d|2[0-3])[:.][0-5]\d\W{0,3}")
_PIECE = re.compile(r"\W{0,3}(?:\d{1,2}|[^\W\d_]{3,10}\.?\s\d{1,2}|\d{1,2}\s[^\W\d_]{3,12})\W{0,3}")
# `entry-date`, `articleDate`, `ForefrontArticle_date__0aODL`; not `update` and `candidate`
_MARK = re.compile(
    r"(?:^|[^a-zA-Z])(?:[Dd]ate|[Dd]atum|[Tt]ime|datetime|dateTime|[Pp]ublish(?:ed)?|pubdate|pubDate|[Pp]osted"
    r"|publication|[Tt]imestamp|pubtime|created|submitted)(?![a-z])"
    r"|(?<=[a-z])(?:Date|Time|Published|Timestamp)(?![a-z])"
)
_LABEL = re.compile(
    r"\b(?:published|posted|created|date|datum|veröffentlicht|erstellt|publié|publicado|pubblicato|data|fecha"
    r"|дата|опубликован|размещен|создан|жарияла|жарық көрді|салынған|күні"
    r"|jar[ıi]{0,2}[yi]?ala|k[uú]ni|künı|e.lon qilin|chop etil|joyla|sana|эълон|чоп этил|жойла|сана"
    r"|орналастырыл|шыққан|nashr|joylashtir|жайгаштырыл|басылып чык|жойлаштир"
    r"|жарыялан|жарык көр|нашр|таърих|интишор|добавлен|выложен)"
)
_UPDATED = re.compile(
    r"updat|modif|edited|revised|reviewed|aktuali|\bstand\b|bearbeitet|geändert|mis à jour|actualiz"
    r"|atualiz|aggiornat|обновл|изменен|изменён|отредактир|оновл|жаңарт|жаңғырт|өзгерт|түзетіл"
    r"|ja[ńñ]art|ózgert|özgert|yangilan|o.zgartiril|tahrirlan|янгилан|ўзгартирил|таҳрирлан|güncel"
    r"|өзгеріс|толықтырыл|дополнен|исправлен|to.ldirildi|tuzatildi|тўлдирилди|тузатилди"
    r"|толуктал|оңдолду|жаңылан|жаңырт|өзгөрт|навсозӣ|навсози|нав кард|нав шуд|таҷдид"
    r"|таҳрир шуд|тағйир|такмил"
)
_FIRST = re.compile(
    r"\b(?:originally|first) (?:published|posted|appeared)"
    r"|(?:ursprünglich|erstmals) (?:veröffentlicht|erschienen)|впервые опубликован"
    r"|алғаш (?:рет )?жариялан|ilk bor (?:e.lon|chop)|publié initialement|publicado originalmente"
)
_ASIDE_TAGS = frozenset(("aside", "nav", "footer", "form", "select", "button"))
_ASIDE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:related|recommend[a-z]*|comments?|footer|popular|latest"
    r"|copyright|weather|currency|ticker)(?:[-_ ]|$)"
)
_BESIDE_CLASS = re.compile(r"(?:^|[-_ ])(?:sidebar|teasers?|carousel)(?:[-_ ]|$)")
MANY = 3
TOUCHING = (-3, 6)
_MACHINE = (
    "datetime",
    "content",
    "data-datetime",
    "data-date",
    "data-time",
    "data-timestamp",
)
# Of the readable form of a date: `<abbr title="2018-11-16">бүгін</abbr>`
_TITLED = ("time", "abbr")


Attributes = dict[str, str | None]
"""What is written on a tag."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A short text that seems to tell a date, where it stands, and what speaks for it."""

    text: str
    machine: tuple[str, ...] = ()
    """The same for machines, from the attributes of its tag."""
    place: int | None = None
    """How many texts behind the headline, below zero before it; None without a headline."""
    marked: bool = False
    """A tag, class or label says that it is a date."""
    updated: bool = False
    """It says that it is the date of a change."""
    first: bool = False
    """It says that it was published so at first, or elsewhere before."""
    labelled: bool = False
    """A label before it says so: "Published" over the date, in a box beside the text."""
    hinted: bool = False
    """Its class says so; but WordPress themes write that on every date."""
    aside: bool = False
    """A tag or class says that it is no part of the article."""
    beside: bool = False
    """A class says so that stands on parts of articles, too."""
    linked: bool = False
    signed: bool = False
    """It begins like a byline."""
    repeated: int = 1
    """How many lines are built like it: teasers and comments come in numbers."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what to read, the machine's form first."""
        return (*self.machine, self.text)

    @property
    def worth(self) -> float:
        """Return how much speaks for this line as the date of the article."""
        worth = 3.0 * self.marked + 8.0 * self.first - 1.5 * self.hinted
        worth -= 3.0 * self.beside + 1.0 * self.linked
        return worth + self._brevity + self._nearness - 0.5 * (self.repeated - 1)

    @property
    def is_foreign(self) -> bool:
        """Tell whether it belongs to something else: a comment, one of many teasers, the page.

        What touches the headline is the article's, whatever its box is called.
        """
        return not self.touches_headline and (self.aside or self.repeated >= MANY)

    @property
    def touches_headline(self) -> bool:
        """Tell whether it stands right above or below the headline."""
        return self.place is not None and TOUCHING[0] <= self.place <= TOUCHING[1]

    @property
    def _brevity(self) -> float:
        size = len(self.text)
        bare = 3.0 if size > MAX_BARE_CHARS and not (self.marked or self.signed) else 0.0
        return (1.0 if size <= PLAIN_CHARS else -1.0 if size > LONG_CHARS else 0.0) - bare

    @property
    def _nearness(self) -> float:
        if self.place is None:
            return 0.0
        return max(-3.0, 3 - self.place / 8 if self.place >= 0 else 2 + self.place / 3)


def labels_date(text: str) -> bool:
    """Tell whether a few words say what a date is: "Жарияланды", "Соңғы жаңарту"."""
    low = text.lower()
    return bool(_LABEL.search(low) or _UPDATED.search(low))


def lines_near(page: Document, titles: Sequence[str], *, behind: int = BEHIND) -> list[DateLine]:
    """Return the lines around the headline that may tell a date, the most trustworthy first."""
    place = _headline(page, titles)
    if place is None:
        return []
    first = max(0, place - BEFORE)
    window = slice(first, place + behind)
    texts = zip(page.texts[window], page.strings()[window], strict=True)
    found = [(index + first - place, node) for index, node in _candidates(texts)]
    return _lines(sorted(found, key=lambda pair: abs(pair[0]))[:MAX_LINES], placed=True)


def lines_anywhere(page: Document) -> list[DateLine]:
    """Return lines from anywhere on a page, for pages that show no date near a headline."""
    texts = zip(page.texts, page.strings(), strict=True)
    return _lines(list(islice(_candidates(texts), MAX_LINES_ANYWHERE)), placed=False)


def _lines(found: Sequence[tuple[int, LexborNode]], *, placed: bool) -> list[DateLine]:
    builds = [_build(node) for _, node in found]
    alike = Counter(builds)
    lines = [
        _line(node, place if placed else None, alike[build])
        for (place, node), build in zip(found, builds, strict=True)
    ]
    return sorted(lines, key=lambda line: -line.worth)


def _candidates(texts: Iterable[tuple[LexborNode, str]]) -> Iterator[tuple[int, LexborNode]]:
    """Yield texts that may be dates; of a date in pieces the tag that holds them all."""
    pieces = 0
    for index, (node, text) in enumerate(texts):
        if len(text) > MAX_RAW_CHARS:
            continue
        found = None
        # a date in numbers or in pieces has a digit, and most texts have none
        digits = _DIGIT.search(text)
        if digits and _MAYBE.search(text.lower()):
            found = _whole(node)
        elif (told := _told_to_machines(node)) is not None:
            found = told
        elif len(said := text.strip()) <= WORDED_CHARS and _WORDED.fullmatch(said.lower()):
            found = _whole(node)
        elif digits and pieces < MAX_PIECED and _PIECE.fullmatch(said[:PLAIN_CHARS]):
            found, pieces = _pieced(node), pieces + 1
        if found is not None:
            yield index, found


def _told_to_machines(node: LexborNode) -> LexborNode | None:
    """Return a time element whose text is no date: `<time datetime="…">бүгін</time>`."""
    parent = node.parent
    told = parent is not None and parent.tag == "time" and attribute(parent, "datetime")
    return _small(parent) if parent is not None and told else None


def _whole(node: LexborNode) -> LexborNode:
    """Return the tag around a text when all of it is one line: `<b>Date</b> 16.11.`."""
    parent = node.parent
    return node if parent is None or parent.tag in ("body", "html") else _small(parent) or node


def _small(tag: LexborNode) -> LexborNode | None:
    """Return a tag when it holds no more than a line."""
    pieces = list(islice(tag.traverse(include_text=True), MAX_PIECES + 1))
    if len(pieces) > MAX_PIECES:
        return None
    size = sum(len((piece.text_content or "").strip()) for piece in pieces if piece.is_text_node)
    return tag if size <= MAX_LINE_CHARS else None


def _pieced(node: LexborNode) -> LexborNode | None:
    for tag in islice(ancestors(node), 2):
        small = _small(tag)
        if small is None:
            return None
        if _MAYBE.search(text_of(small).lower()):
            return small
    return None


def _headline(page: Document, titles: Sequence[str]) -> int | None:
    """Return the number of the text that ends the headline: the heading that says the title."""
    starts = (squash(title[:MAX_TITLE_CHARS]) for title in (*titles, page.title))
    wanted = [start for start in starts if len(start) >= MIN_TITLE_CHARS]
    ones = page.named("h1")
    headings = islice((*ones, *page.named("h2"), *page.named("h3")), MAX_HEADINGS)
    heading = next((node for node in headings if _says(node, wanted)), None)
    if heading is None and (place := _said_elsewhere(page, titles)) is not None:
        return place
    heading = heading or next(iter(ones), None)
    return None if heading is None else _number_of_last_text(page, heading)


def _number_of_last_text(page: Document, heading: LexborNode) -> int | None:
    """Return the number of the last text that a reader sees in a heading."""
    inner = {
        node.mem_id
        for node in islice(heading.traverse(include_text=True), MAX_HEADINGS)
        if node.is_text_node
    }
    last = None
    for number, node in enumerate(page.texts if inner else ()):
        if node.mem_id in inner:
            last = number
        elif last is not None:
            break
    return last


def _says(heading: LexborNode, wanted: list[str]) -> bool:
    said = squash(_beginning(heading))
    if len(said) < MIN_TITLE_CHARS:
        return False
    start = said[:TITLE_START_CHARS]
    return any(
        title.startswith(start) or said.startswith(title[:TITLE_START_CHARS]) for title in wanted
    )


def _beginning(heading: LexborNode) -> str:
    """Return the first words of a heading; one that is never closed holds the page."""
    pieces = (text[:MAX_TITLE_CHARS] for text in islice(strings(heading), MAX_PIECES))
    return " ".join(pieces)[:MAX_TITLE_CHARS]


def _said_elsewhere(page: Document, titles: Iterable[str]) -> int | None:
    """Return the text that says the title on pages that mark no heading."""
    starts = {t[:TITLE_START_CHARS].casefold() for t in titles if len(t) >= 2 * MIN_TITLE_CHARS}
    if not starts:
        return None
    said = (text.strip()[:TITLE_START_CHARS].casefold() for text in page.strings())
    return next((number for number, text in enumerate(said) if text in starts), None)


def _build(node: LexborNode) -> str:
    """Return how the tags around a line are called: lines of one list are built alike."""
    above = islice(ancestors(node), 3)
    return "<".join(f"{tag.tag}.{attribute(tag, 'class')[:MAX_CLASS_CHARS]}" for tag in above)


def _line(node: LexborNode, place: int | None, repeated: int) -> DateLine:
    above = [*([node] if node.is_element_node else []), *islice(ancestors(node), MAX_DEPTH)]
    names = [tag.tag or "" for tag in above]
    tags = set(names)
    # one dictionary for each is cheaper than the questions below, one by one
    told = [tag.attributes for tag in above[: max(MARK_DEPTH, ASIDE_DEPTH, 2)]]
    close = [_named(attributes) for attributes in told[:MARK_DEPTH]]
    text = _with_time(_without_update(_text(node)), node)
    before = _before(node).lower()
    label = f"{before} {text.lower()}"
    # those of the page as a whole say nothing of its parts
    outer = zip(names, told[:ASIDE_DEPTH], strict=False)
    classes = _classes([attributes for name, attributes in outer if name not in ("body", "html")])
    return DateLine(
        text=text[:MAX_LINE_CHARS],
        machine=_machine(names[:2], told[:2]),
        place=place,
        marked="time" in tags or bool(_MARK.search(" ".join(close)) or _LABEL.search(label)),
        updated=bool(_UPDATED.search(label)),
        first=bool(_FIRST.search(label)),
        labelled=bool(_LABEL.search(before)),
        hinted=bool(_UPDATED.search(" ".join(close[:2]).lower())),
        aside=bool(tags & _ASIDE_TAGS) or bool(_ASIDE_CLASS.search(classes)),
        beside=bool(_BESIDE_CLASS.search(classes)),
        linked="a" in tags,
        signed=begins_byline(text),
        repeated=repeated,
    )


def _text(node: LexborNode) -> str:
    return normalise(text_of(node) if node.is_element_node else node.text_content or "")


def _without_update(text: str) -> str:
    """Return what stands before "updated" when that has a date already."""
    low = text.lower()
    match = _UPDATED.search(low)
    return text[: match.start()] if match and _MAYBE.search(low, 0, match.start()) else text


def _with_time(text: str, node: LexborNode) -> str:
    """Return a day with the time of day that stands alone right behind it, in a tag of its own."""
    if _CLOCK.search(text):
        return text
    beside = _beside(node, behind=True)
    told = _text(beside) if beside is not None and _small(beside) is not None else ""
    return f"{text}, {told}" if _ONLY_CLOCK.fullmatch(told) else text


def _named(attributes: Attributes) -> str:
    found = ((attributes.get(name) or "")[:MAX_CLASS_CHARS] for name in ("class", "id", "itemprop"))
    return " ".join(filter(None, found))


def _classes(told: list[Attributes]) -> str:
    """Return all classes and ids."""
    found = (
        (attributes.get(name) or "")[:MAX_CLASS_CHARS]
        for attributes in told
        for name in ("class", "id")
    )
    return " ".join(found).lower()


def _machine(names: list[str], told: list[Attributes]) -> tuple[str, ...]:
    found = [attributes.get(name) for attributes in told for name in _MACHINE]
    pairs = zip(names, told, strict=True)
    found += [attributes.get("title") for name, attributes in pairs if name in _TITLED]
    values = (v for v in found if v and len(v) <= MAX_MACHINE_CHARS and _DIGIT.search(v))
    return tuple(dict.fromkeys(values))


def _before(node: LexborNode) -> str:
    """Return the label before a date: `<dt>Дата</dt><dd>16.11.2018</dd>`, `<h4>Дата</h4><p><time>`.

    The date may be alone in its tag, so the label is before that.
    """
    other = _beside(node)
    if other is None and node.parent is not None and _beside(node, behind=True) is None:
        other = _beside(node.parent) if node.parent.tag not in ("body", "html") else None
    if other is None or other.is_comment_node:
        return ""
    if other.is_element_node and _small(other) is None:
        return ""
    if other.is_text_node and len(other.text_content or "") > MAX_RAW_CHARS:
        return ""
    text = _text(other)
    return "" if len(text) > MAX_LABEL_CHARS or _MAYBE.search(text.lower()) else text


def _beside(node: LexborNode, *, behind: bool = False) -> LexborNode | None:
    """Return what stands right before or behind a node, blanks left out."""
    other = node.next if behind else node.prev
    while other is not None and other.is_text_node and not (other.text_content or "").strip():
        other = other.next if behind else other.prev
    return other
