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
from steppewire_enricher.gazetteer import Entry, Gazetteer, Match, cues, gazetteer
from steppewire_enricher.tagger import Span, known_names, tagger
from steppewire_enricher.tokens import Token, sentences, tokenise
from steppewire_enricher.words import forms

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
    exact: bool = True
    """The mention is `entry`'s name and nothing more."""
    normal: str = ""


@dataclass(frozen=True)
class _Piece:
    """A stretch of a field in one language."""

    field: MentionField
    offset: int
    text: str
    tag: str


def find_mentions(article: Article, languages: Languages) -> list[Named]:
    """Return the mentions of title, lead and text, in reading order, none overlapping in a field."""
    found: list[Named] = []
    for piece in _pieces(article, languages):
        names = _names(piece)
        values = _values(piece, article.published_at)
        # A date inside a name ("8 наурыз" of a factory) is part of the name.
        free = [v for v in values if not any(_overlap(v, name) for name in names)]
        found += sorted([*names, *free], key=lambda mention: mention.start)
    return found


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


def _named(
    piece: _Piece, start: int, end: int, type_: str, *, normal: str = ""
) -> Named:
    language = piece.tag.split("-")[0]
    surface = piece.text[start:end]
    offset = piece.offset
    return Named(
        piece.field, offset + start, offset + end, surface, type_, language, normal=normal
    )


def _names(piece: _Piece) -> list[Named]:
    language = piece.tag.split("-")[0]
    known = gazetteer(language) if not piece.tag.startswith("kk-Latn") else None
    model = MODELS.get(piece.tag)
    if known is None and model is None:
        return []
    cut = sentences(list(tokenise(piece.text)))
    words = [[token.text for token in sentence] for sentence in cut]
    matches = known_names(known, words)
    tagged = tagger(model).tag(words, matches, language) if model else [[] for _ in words]
    return [
        named
        for sentence, spans, listed in zip(cut, tagged, matches, strict=True)
        for named in _settled(piece, sentence, spans, listed)
    ]


def _settled(
    piece: _Piece, sentence: Sequence[Token], spans: Sequence[Span], listed: Sequence[Match]
) -> Iterator[Named]:
    """Join what the tagger and the list say about one sentence: the longer name wins."""
    language = piece.tag.split("-")[0]
    words = [token.text for token in sentence]
    for span in settle(spans, listed, words):
        match = _entry_of(span, listed, words, language)
        start, end = sentence[span.start].start, sentence[span.end - 1].end
        named = _named(piece, start, end, span.type)
        if match is not None:
            exact = (match.start, match.end) == (span.start, span.end)
            named = replace(named, entry=match.entry, whole=match.whole, exact=exact)
        yield named


def settle(
    spans: Sequence[Span], listed: Sequence[Match], words: Sequence[str] = ()
) -> list[Span]:
    """Return tagger's spans and listed names without overlaps: of two that overlap the longer wins."""
    out: list[Span] = [Span(m.start, m.end, m.entry.type) for m in listed]
    for span in (_without_others(span, listed) for span in spans):
        rivals = [o for o in out if o.start < span.end and span.start < o.end]
        longest = max((o.end - o.start for o in rivals), default=0)
        if span.end - span.start > longest:
            out = [o for o in out if o not in rivals]
            out.append(span)
        elif len(rivals) == 1 and _doubtful(span, rivals[0]):
            out[out.index(rivals[0])] = span
    companies = list(_companies(words))
    out = [o for o in out if not any(o.start < c.end and c.start < o.end for c in companies)]
    return sorted([*out, *companies], key=lambda s: s.start)


def _without_others(span: Span, listed: Sequence[Match]) -> Span:
    """Cut a person short before a known place or body: `Жұмағалиев Алматыдағы` is no name."""
    if span.type == "person":
        for match in listed:
            if match.entry.type != "person" and span.start < match.start < span.end:
                return Span(span.start, match.start, span.type)
    return span


_LEGAL_FORMS = frozenset("ТОО АО ООО ПАО ОАО ЗАО НАО ГКП РГП КГП ИП ЖШС АҚ ШЖҚ МЧЖ АЖ".split())
_LONGEST_COMPANY = 10


def _companies(words: Sequence[str]) -> Iterator[Span]:
    """Find ТОО «Казцинк»: a legal form and what is quoted after it."""
    for start, word in enumerate(words):
        if word in _LEGAL_FORMS and words[start + 1 : start + 2] in (["«"], ["“"], ['"']):
            closing = "»" if words[start + 1] == "«" else "”" if words[start + 1] == "“" else '"'
            rest = words[start + 2 : start + 2 + _LONGEST_COMPANY]
            if closing in rest:
                yield Span(start, start + 3 + rest.index(closing), "organisation")


def _doubtful(span: Span, listed: Span) -> bool:
    """A club named after a city, a street after a poet: in its sentence the tagger knows better."""
    same = (span.start, span.end) == (listed.start, listed.end)
    return same and listed.end - listed.start == 1 and span.type == "organisation"


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
        if inside and match.whole and span.type == "person":
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
    known = cues(language)
    rest = [*words[span.start : match.start], *words[match.end : span.end]]
    return all(
        any(known.get(key) == "place_head" for key in forms(word.lower(), language))
        for word in rest
    )


def known_languages() -> tuple[str, ...]:
    """Return the tags for which a tagger exists."""
    return tuple(MODELS)


__all__ = ["MODELS", "READ", "Gazetteer", "Named", "find_mentions", "known_languages", "settle"]
