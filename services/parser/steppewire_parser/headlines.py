"""Gathers what a page calls itself, in all places, and how well the places agree.

Every spelling that a reader would take for the same title is one candidate. What speaks for it are
marks: where it stands, what it looks like, what else it agrees with. No mark is a word of a
language or the name of a site.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from steppewire_parser.declared import Told
from steppewire_parser.headings import MAX_CHARS, Heading
from steppewire_parser.text import letters, squash

# Places whose texts often carry the name of the site, and the letter that tells of a cut of them.
_CUT = {"title": "T", "og": "O", "twitter": "O", "ld": "L", "ld-name": "L", "h1": "H", "meta": "O"}
_SEPARATOR = re.compile(
    r"\s*ㅣ\s*|\s+(?:[|•·»:/~←→>]{1,2}|[-–—]{1,3}|::)\s+|\s*[|¦│]\s*|\s*»\s*|:\s+"
    r"|\s+[-–—](?=\S)|(?<=\S)[-–—]\s+"
)
_PIPES = frozenset("|»•·¦│ㅣ")
_CUT_OFF = ("…", "...")
_WORD = re.compile(r"\w+")
MAX_CUTS = 6
FEW_WORDS = 3
MANY_WORDS = 30


@dataclass
class Candidate:
    """One title, however it is spelled."""

    texts: list[Told] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    words: int = 0


@dataclass(frozen=True)
class Site:
    """What the site is called: its names, squashed, and the labels of its host."""

    names: frozenset[str]
    labels: frozenset[str]

    def is_named(self, text: str) -> bool:
        """Tell whether a text is nothing but the site's name or host."""
        return squash(text) in self.names | self.labels

    def is_called(self, text: str) -> bool:
        """Tell whether a text is the name of the site, or nearly so: "Заря.kz", "Заря Online"."""
        key = squash(text)
        if key in self.names or key in self.labels:
            return bool(key)
        return len(key) > 3 and (
            any(_near(key, label) for label in self.labels)
            or any(len(n) > 3 and (key.startswith(n) or n.startswith(key)) for n in self.names)
        )


def _near(key: str, label: str) -> bool:
    return key in label or (len(label) > 3 and label in key and len(label) * 2 >= len(key))


def site_of(host: str, names: Iterable[str]) -> Site:
    """Return what is known of the names of a site."""
    bare = host.removeprefix("www.")
    labels = [label for label in bare.split(".")[:-1] if len(label) > 2]
    return Site(
        frozenset(map(squash, names)) - {""}, frozenset(map(squash, (bare, *labels))) - {""}
    )


def candidates(told: Sequence[Told], headings: Sequence[Heading], site: Site) -> list[Candidate]:
    """Return every title that the page may mean, with all that speaks for and against it."""
    found: dict[str, Candidate] = {}
    for place, text in told:
        _add(found, place, text, (place,))
    for head in headings:
        _add(found, head.level, head.text, _heading_marks(head))
        for number, part in enumerate(head.parts):
            if len(part.split()) > 1:
                _add(found, "part", part, _part_marks(head, number))
    for candidate in list(found.values()):
        for place, text in candidate.texts:
            for kept, marks in _cuts(place, text, site):
                _add(found, "cut", kept, marks)
    for key, candidate in found.items():
        candidate.marks.update(_shape(key, candidate, site))
    _compare(list(found.values()))
    _compare_words(found)
    return list(found.values())


def _add(found: dict[str, Candidate], place: str, text: str, marks: Iterable[str]) -> None:
    words = words_of(text)
    if not words or len(text) > MAX_CHARS or not letters(text):
        return
    candidate = found.setdefault(" ".join(words), Candidate(words=len(words)))
    candidate.texts.append((place, text))
    candidate.marks.update(marks)


def words_of(text: str) -> list[str]:
    """Return the words by which titles are the same: without case and punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _heading_marks(head: Heading) -> Iterator[str]:
    yield head.level
    yield from (f"{head.level}:{mark}" for mark in head.marks)
    if head.rank < 2:
        yield f"{head.level}:{'first' if head.rank == 0 else 'second'}"


def _part_marks(head: Heading, number: int) -> Iterator[str]:
    yield f"part-of-{head.level}"
    if number == len(head.parts) - 1:
        yield "part-last"
    if head.parts[number] == max(head.parts, key=len):
        yield "part-longest"


def _cuts(place: str, text: str, site: Site) -> Iterator[tuple[str, set[str]]]:
    """Yield what is left of a title without what stands before or after a separator."""
    letter = _CUT.get(place)
    separators = list(_SEPARATOR.finditer(text))[-MAX_CUTS:] if letter else []
    for number, separator in enumerate(separators):
        head, tail = text[: separator.start()].strip(), text[separator.end() :].strip()
        sign = _sign(separator[0])
        deep = number < len(separators) - 1
        yield head, _cut_marks(f"cut-{letter}", f"suffix-{sign}", tail, site, deep)
        yield tail, _cut_marks(f"cut-{letter}", f"prefix-{sign}", head, site, number > 0)


def _cut_marks(place: str, side: str, gone: str, site: Site, deep: bool) -> set[str]:
    known = site.is_called(gone)
    marks = {place, f"{place}-site"} if known else {place, side}
    if not known and gone[:1].islower():
        # the rest of a sentence: names of sites begin with a capital
        marks.add("cut-sentence")
    return marks | {"cut-deep"} if deep else marks


def _sign(separator: str) -> str:
    bare = separator.strip()
    return "pipe" if _PIPES & set(bare) else "colon" if bare == ":" else "dash"


def _shape(key: str, candidate: Candidate, site: Site) -> Iterator[str]:
    words = candidate.words
    if words <= FEW_WORDS:
        yield f"words-{words}"
    if words > MANY_WORDS:
        yield "words-many"
    squashed = key.replace(" ", "").replace("_", "")
    if any(text.rstrip().endswith(_CUT_OFF) for _, text in candidate.texts):
        yield "cut-off"
    if site.is_called(key):
        yield "site"
    if squashed in site.names:
        yield "site-name"
    if any(len(n) > 3 and squashed.endswith(n) and n != squashed for n in site.names):
        yield "ends-with-site"


# Pairs of places that agree on a title: each is a mark of its own.
_TOGETHER = (
    ("og", "ld"), ("og", "title"), ("og", "cut-T"), ("og", "h1"), ("ld", "h1"), ("h1", "title"),
    ("h1", "cut-T"), ("h2", "ld"), ("h2", "og"), ("h2", "cut-T"), ("part-of-h2", "og"),
    ("part-of-h2", "ld"),
)  # fmt: skip


def _compare(found: Sequence[Candidate]) -> None:
    """Mark what agrees with what, and what stands alone against the others."""
    everywhere = set().union(*(c.marks for c in found)) if found else set()
    for candidate in found:
        marks = candidate.marks
        together = [f"{one}+{two}" for one, two in _TOGETHER if one in marks and two in marks]
        marks.update((*together, *_alone(marks, everywhere)))


def _compare_words(found: dict[str, Candidate]) -> None:
    """Mark what is the beginning or the end of the heading or of og:title, or the reverse."""
    for place, mark in (("h1", "h1:first"), ("og", "og")):
        whole = next((key for key, candidate in found.items() if mark in candidate.marks), "")
        for key, candidate in found.items() if whole else ():
            candidate.marks.update(_pieces(place, whole, key))


def _pieces(place: str, whole: str, key: str) -> Iterator[str]:
    if len(key) < len(whole):
        if whole.startswith(f"{key} "):
            yield f"begins-{place}"
        elif whole.endswith(f" {key}"):
            yield f"ends-{place}"
    elif key.startswith(f"{whole} "):
        yield f"{place}-and-more"
    elif key.endswith(f" {whole}"):
        yield f"more-and-{place}"


def _alone(marks: set[str], everywhere: set[str]) -> Iterator[str]:
    seen = marks & {"h1", "og", "ld", "title"}
    titled = "title" in marks or "cut-T" in marks
    if seen == {"ld"}:
        yield "ld-alone"
    if "og" in everywhere - marks and {"h1", "ld"} <= marks and titled:
        yield "all-but-og"
    if seen == {"h1"} and not titled and "cut-O" not in marks:
        yield "h1-alone"
    if "h1" in marks and "ld" not in everywhere:
        yield "h1-without-ld"
    if "h1:first" in everywhere - marks:
        yield from (f"{place}-against-h1" for place in ("og", "ld") if place in marks)
        if "h2:first" in marks:
            yield "h2-against-h1"
    if "h1" not in everywhere:
        yield from (f"{place}-without-h1" for place in ("h2", "og", "cut-T") if place in marks)


def length_of(candidate: Candidate) -> float:
    """Return the logarithm of the number of words: titles are rarely short."""
    return math.log(candidate.words)
