"""The names, dates and sums in a text: where they stand, and what they are.

Names come from a tagger for the paragraph's language and from the list of known names; dates and
sums from rules. What overlaps is settled here, so that no two mentions of a field ever do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from steppewire.events import Article, Languages, MentionField
from steppewire_enricher import rules
from steppewire_enricher.folding import fold
from steppewire_enricher.gazetteer import Entry, Match, gazetteer
from steppewire_enricher.settle import INITIAL, is_place_head, settle
from steppewire_enricher.tagger import Span, known_names, tagger
from steppewire_enricher.tokens import Token, sentences, tokenise

READ = 100_000
"""Characters of a text in which names are looked for: longer than any article, short enough for
a message's time limit. What lies beyond is kept and has a language, but no names are marked."""

MODELS = {
    "kk-Cyrl": "kk", "ru-Cyrl": "ru", "en-Latn": "en", "uz-Latn": "turkic", "uz-Cyrl": "turkic",
    "kaa-Cyrl": "turkic", "kaa-Latn": "turkic", "ky-Cyrl": "turkic", "kk-Latn": "turkic",
}  # fmt: skip
"""Language -> tagger. The others have no capitals (Arabic script) or no training text yet:
their known names are found, no more."""


@dataclass(frozen=True)
class Named:
    """A mention: `text[start:end]` of a field names something."""

    field: MentionField
    start: int
    end: int
    surface: str
    type: str
    language: str
    """Primary subtag of the paragraph: `kk`, `ru`, …"""
    entry: Entry | None = None
    whole: bool = True
    """False when only the last name of `entry` stood there."""
    listed: str = ""
    """The listed spelling that the mention is, case endings apart."""
    normal: str = ""


@dataclass(frozen=True)
class _Piece:
    """A stretch of a field in one language."""

    field: MentionField
    offset: int
    text: str
    tag: str


def find_mentions(article: Article, languages: Languages) -> list[Named]:
    """Return the mentions of title, lead and text, in order; none of a field overlap."""
    title, *others = _pieces(article, languages)
    body = [mention for piece in others for mention in _mentions(piece, article.published_at)]
    # A Headline Written Like This or LIKE THIS says nothing by its capitals: the body vouches.
    vouched = frozenset(fold(m.surface) for m in body) if _capitals_say_nothing(title) else None
    return [*_mentions(title, article.published_at, vouched), *body]


def _mentions(
    piece: _Piece, published: datetime | None, vouched: frozenset[str] | None = None
) -> list[Named]:
    names = list(_names(piece, vouched))
    # A date inside a name ("8 наурыз" of a factory) is part of the name.
    values = [
        value
        for value in _values(piece, published)
        if not any(_overlap(value, name) for name in names)
    ]
    return sorted([*names, *values], key=lambda mention: mention.start)


def _capitals_say_nothing(title: _Piece) -> bool:
    words = [word for word in title.text.split() if len(word) > 3]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _pieces(article: Article, languages: Languages) -> Iterator[_Piece]:
    yield _Piece("title", 0, article.title[:READ], languages.title.tag)
    if article.lead and languages.lead:
        yield _Piece("lead", 0, article.lead[:READ], languages.lead.tag)
    offset = 0
    for paragraph, language in zip(article.paragraphs, languages.paragraphs, strict=True):
        if offset >= READ:
            return
        yield _Piece("text", offset, paragraph.text[: READ - offset], language.tag)
        offset += len(paragraph.text) + len("\n\n")


def _overlap(one: Named, other: Named) -> bool:
    return one.start < other.end and other.start < one.end


def _values(piece: _Piece, published: datetime | None) -> list[Named]:
    """Return dates and sums."""
    return [
        _named(piece, value.start, value.end, value.type, normal=value.normal)
        for value in rules.find(piece.text, published)
    ]


def _named(piece: _Piece, start: int, end: int, type_: str, *, normal: str = "") -> Named:
    language = piece.tag.split("-")[0]
    surface = piece.text[start:end]
    offset = piece.offset
    return Named(piece.field, offset + start, offset + end, surface, type_, language, normal=normal)


def _names(piece: _Piece, vouched: frozenset[str] | None) -> Iterator[Named]:
    """Return the names in a piece; with `vouched`, of the tagger's only those."""
    language = piece.tag.split("-")[0]
    known = gazetteer(language) if not piece.tag.startswith("kk-Latn") else None
    model = MODELS.get(piece.tag)
    if known is None and model is None:
        return
    cut = sentences(list(tokenise(piece.text)))
    words = [[token.text for token in sentence] for sentence in cut]
    matches = known_names(known, words)
    tagged = tagger(model).tag(words, matches, language) if model else [[] for _ in words]
    for sentence, spans, listed in zip(cut, tagged, matches, strict=True):
        believed = [s for s in spans if vouched is None or _surface(piece, sentence, s) in vouched]
        yield from _settled(piece, sentence, believed, listed)


def _surface(piece: _Piece, sentence: Sequence[Token], span: Span) -> str:
    return fold(piece.text[sentence[span.start].start : sentence[span.end - 1].end])


def _settled(
    piece: _Piece, sentence: Sequence[Token], spans: Sequence[Span], listed: Sequence[Match]
) -> Iterator[Named]:
    """Join what the tagger and the list say about one sentence: the longer name wins."""
    language = piece.tag.split("-")[0]
    words = [token.text for token in sentence]
    for span in settle(spans, listed, words, language):
        match = _entry_of(span, listed, words, language)
        start, end = sentence[span.start].start, sentence[span.end - 1].end
        named = _named(piece, start, end, span.type)
        if match is not None:
            exact = (match.start, match.end) == (span.start, span.end)
            name = match.name if exact else ""
            named = replace(named, entry=match.entry, whole=match.whole, listed=name)
        yield named


def _entry_of(
    span: Span, listed: Sequence[Match], words: Sequence[str], language: str
) -> Match | None:
    """Return the listed name that a span is, or that says who the longer span is."""
    for match in listed:
        if match.entry.type != span.type:
            continue
        if (match.start, match.end) == (span.start, span.end):
            return match
        inside = span.start <= match.start and match.end <= span.end
        if inside and span.type == "person" and (match.whole or INITIAL.match(words[span.start])):
            return match
        # "Министерство финансов РК": a body that is named first (or last, in a Turkic language)
        if span.type == "organisation" and inside and match.end - match.start > 1:
            turkic = language in ("kk", "uz")
            if match.end == span.end if turkic else match.start == span.start:
                return match
        # "Алматы қаласында", "города Алматы": only words of kind beside the name
        if inside and span.type == "place" and _only_cues(span, match, words, language):
            return match
    return None


def _only_cues(span: Span, match: Match, words: Sequence[str], language: str) -> bool:
    rest = [*words[span.start : match.start], *words[match.end : span.end]]
    return all(is_place_head(word, language) for word in rest)
