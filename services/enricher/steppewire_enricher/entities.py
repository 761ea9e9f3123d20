"""The names, dates and sums in a text: where they stand, and what they are.

Names come from a tagger for the paragraph's language and from the list of known names; dates and
sums from rules. What overlaps is settled here, so that no two mentions of a field ever do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from steppewire.events import Article, Languages, MentionField
from steppewire_enricher import rules
from steppewire_enricher.folding import fold
from steppewire_enricher.gazetteer import Entry, Match, cues, gazetteer
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
    """Return the mentions of title, lead and text, in reading order, none overlapping in a field."""
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


def _named(
    piece: _Piece, start: int, end: int, type_: str, *, normal: str = ""
) -> Named:
    language = piece.tag.split("-")[0]
    surface = piece.text[start:end]
    offset = piece.offset
    return Named(
        piece.field, offset + start, offset + end, surface, type_, language, normal=normal
    )


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


def settle(
    spans: Sequence[Span], listed: Sequence[Match], words: Sequence[str] = (), language: str = ""
) -> list[Span]:
    """Return tagger's spans and listed names without overlaps: of two that overlap the longer wins."""
    quoted = _quoted(words)
    out: list[Span] = [
        Span(m.start, m.end, _type(m, words))
        for m in listed
        if not quoted(m) and not _is_currency(words, m)
    ]
    for span in (_without_others(span, listed) for span in spans):
        if _is_row(span, listed):
            continue
        rivals = [o for o in out if o.start < span.end and span.start < o.end]
        longest = max((o.end - o.start for o in rivals), default=0)
        if span.end - span.start > longest:
            out = [o for o in out if o not in rivals]
            out.append(span)
    out = [_with_initials(span, words) for span in out]
    if language == "uz":
        out = [_with_head(span, words, out) for span in out]
    companies = list(_companies(words))
    out = [o for o in out if not any(o.start < c.end and c.start < o.end for c in companies)]
    out = [o for o in out if not (o.end - o.start == 1 and _is_calendar(words, o))]
    return sorted([*out, *companies], key=lambda s: s.start)


_CALENDAR = frozenset(
    "january february march april june july august september october november december monday"
    " tuesday wednesday thursday friday saturday sunday".split()
)
"""English words that are capitalised and no names. May is a name, too."""


def _is_calendar(words: Sequence[str], span: Span) -> bool:
    return bool(words) and words[span.start].lower() in _CALENDAR


_DOLLAR = re.compile(r"доллар|dollar", re.IGNORECASE)


def _is_currency(words: Sequence[str], match: Match) -> bool:
    """Say whether a country only tells whose dollars are meant: АҚШ доллары."""
    return bool(_DOLLAR.match("".join(words[match.end : match.end + 1])))


def _quoted(words: Sequence[str]) -> Callable[[Match], bool]:
    """Return a test: is a match only a part of what is quoted? «Қазақстанның Еңбек Ері» is a title."""
    inside: set[int] = set()
    opened: int | None = None
    for i, word in enumerate(words):
        if word in "«“":
            opened = i
        elif word in "»”" and opened is not None and i - opened <= _LONGEST_TITLE:
            inside.update(range(opened + 1, i))
            opened = None
    return lambda m: m.start in inside and not (m.start - 1 not in inside and m.end not in inside)


_LONGEST_TITLE = 8
"""A longer quotation is somebody's words, and the names in it are names."""


def _type(match: Match, words: Sequence[str]) -> str:
    """A place's name alone in quotes is a club, a hotel or a paper of that name."""
    around = (*words[match.start - 1 : match.start], *words[match.end : match.end + 1])
    quoted = match.start > 0 and around in (("«", "»"), ("“", "”"))
    return "organisation" if quoted and match.entry.type == "place" else match.entry.type


def _is_row(span: Span, listed: Sequence[Match]) -> bool:
    """Say whether a span is nothing but listed names in a row: `Қазақстанның Ұлттық банкі`."""
    inside = [m for m in listed if span.start <= m.start and m.end <= span.end]
    length = sum(m.end - m.start for m in inside)
    return len(inside) > 1 and length == span.end - span.start


_INITIAL = re.compile(r"^(?:[^\W\d_]|[SC]h)\.$")


def _with_initials(span: Span, words: Sequence[str]) -> Span:
    """Let a person's initials belong to the name: К.-Ж. Токаев."""
    start = span.start
    while span.type == "person" and start > 0 and words:
        if _INITIAL.match(words[start - 1]):
            start -= 1
        elif words[start - 1] == "-" and start > 1 and _INITIAL.match(words[start - 2]):
            start -= 2
        else:
            break
    return Span(start, span.end, span.type)


def _with_head(span: Span, words: Sequence[str], out: Sequence[Span]) -> Span:
    """In Uzbek corpora the word of kind is part of the name: Pekin shahrida, Chilonzor tumani."""
    after = span.end
    free = span.type == "place" and all(o.start != after for o in out)
    if free and after < len(words) and _is_place_head(words[after], "uz"):
        return Span(span.start, after + 1, span.type)
    return span


def _is_place_head(word: str, language: str) -> bool:
    known = cues(language)
    return any(known.get(key) == "place_head" for key in forms(word.lower(), language))


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
        if inside and span.type == "person" and (match.whole or _INITIAL.match(words[span.start])):
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
    return all(_is_place_head(word, language) for word in rest)
