"""The names, dates and sums in a text: where they stand, and what they are.

Names come from a tagger for the paragraph's language and from the list of known names; dates and
sums from rules. What overlaps is settled here, so that no two mentions of a field ever do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from steppewire.events import Article, EntityType, Languages, MentionField, PlaceKind
from steppewire_enricher import rules
from steppewire_enricher.bodies import is_place_head
from steppewire_enricher.folding import fold
from steppewire_enricher.gazetteer import Entry, Match, gazetteer
from steppewire_enricher.places import PLACES, kind_of, same_type, type_and_kind
from steppewire_enricher.settle import INITIAL, settle
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
    type: EntityType
    language: str
    """Primary subtag of the paragraph: `kk`, `ru`, …"""
    entry: Entry | None = None
    whole: bool = True
    """False when only the last name of `entry` stood there."""
    listed: str = ""
    """The listed spelling that the mention is, case endings apart."""
    normal: str = ""
    kind: PlaceKind | None = None
    """Of a place."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a field in one language."""

    field: MentionField
    offset: int
    text: str
    tag: str

    @property
    def language(self) -> str:
        """The primary subtag."""
        return self.tag.split("-")[0]


@dataclass(frozen=True)
class _Sentence:
    """A sentence that has been read: its words, the listed names in it, and what was settled."""

    piece: Piece
    tokens: tuple[Token, ...]
    listed: tuple[Match, ...]
    spans: tuple[Span, ...]

    @property
    def words(self) -> list[str]:
        return [token.text for token in self.tokens]

    def surface(self, span: Span) -> str:
        """Return the text of a span."""
        return self.piece.text[self.tokens[span.start].start : self.tokens[span.end - 1].end]


def find_mentions(article: Article, languages: Languages) -> list[Named]:
    """Return the mentions of title, lead and text, in order; none of a field overlap.

    1. read every piece by itself;
    2. believe a headline Written Like This only where the text agrees;
    3. look once more for the last names of the people who were found;
    4. add dates and sums.
    """
    title, *others = _pieces(article, languages)
    body = [sentence for piece in others for sentence in _read(piece)]
    sentences_ = [*_title(title, body), *body]
    names = [named for s in _with_last_names(sentences_) for named in _names(s)]
    return sorted(
        [*names, *_values(article, [title, *others], names)],
        key=lambda mention: (FIELDS.index(mention.field), mention.start),
    )


FIELDS: tuple[MentionField, ...] = ("title", "lead", "text")
"""Reading order."""


def _pieces(article: Article, languages: Languages) -> Iterator[Piece]:
    yield Piece("title", 0, article.title[:READ], languages.title.tag)
    if article.lead and languages.lead:
        yield Piece("lead", 0, article.lead[:READ], languages.lead.tag)
    offset = 0
    for paragraph, language in zip(article.paragraphs, languages.paragraphs, strict=True):
        if offset >= READ:
            return
        yield Piece("text", offset, paragraph.text[: READ - offset], language.tag)
        offset += len(paragraph.text) + len("\n\n")


def _read(piece: Piece) -> list[_Sentence]:
    """Find the names in a piece by tagger and list."""
    known = gazetteer(piece.language) if piece.tag != "kk-Latn" else None
    model = MODELS.get(piece.tag)
    if known is None and model is None:
        return []
    cut = sentences(list(tokenise(piece.text)))
    words = [[token.text for token in sentence] for sentence in cut]
    listed = known_names(known, words)
    tagged = tagger(model).tag(words, listed, piece.language) if model else [[] for _ in words]
    return [
        _Sentence(piece, tuple(tokens), tuple(m), tuple(settle(t, m, w, piece.language)))
        for tokens, w, t, m in zip(cut, words, tagged, listed, strict=True)
    ]


def _title(piece: Piece, body: Sequence[_Sentence]) -> list[_Sentence]:
    """Read the title; where its capitals say nothing, keep what is listed or stands in the text."""
    read = _read(piece)
    if not _capitals_say_nothing(piece.text):
        return read
    vouched = {fold(s.surface(span)) for s in body for span in s.spans}
    return [_without_guesses(sentence, vouched) for sentence in read]


def _without_guesses(sentence: _Sentence, vouched: Collection[str]) -> _Sentence:
    sure = [span for span in sentence.spans if fold(sentence.surface(span)) in vouched]
    kept = settle(sure, sentence.listed, sentence.words, sentence.piece.language)
    return replace(sentence, spans=tuple(kept))


def _capitals_say_nothing(title: str) -> bool:
    words = [word for word in title.split() if len(word) > 3]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


SHORTEST_LAST_NAME = 4
"""Shorter ones (Ли, Ким) are too often something else."""


def _with_last_names(read: Sequence[_Sentence]) -> Iterator[_Sentence]:
    """Add the places where a person who is named in full is named again by the last name."""
    lasts = {
        key
        for s in read
        for span in s.spans
        if span.type == "PERSON" and span.end - span.start > 1
        for key in forms(s.words[span.end - 1], s.piece.language)
        if len(key) >= SHORTEST_LAST_NAME
    }
    for s in read:
        covered = {i for span in s.spans for i in range(span.start, span.end)}
        again = [
            Span(i, i + 1, "PERSON")
            for i, word in enumerate(s.words)
            if i not in covered
            and word[0].isupper()
            and not lasts.isdisjoint(forms(word, s.piece.language))
        ]
        if again:
            settled = settle([*s.spans, *again], [], s.words)
            s = replace(s, spans=tuple(settled))  # noqa: PLW2901
        yield s


def _names(sentence: _Sentence) -> Iterator[Named]:
    """Return a sentence's names with the entries they are."""
    words, language = sentence.words, sentence.piece.language
    for span in sentence.spans:
        start, end = sentence.tokens[span.start].start, sentence.tokens[span.end - 1].end
        named = _named(sentence.piece, start, end, span.type)
        match = _entry_of(span, sentence.listed, words, language)
        if match is not None:
            exact = (match.start, match.end) == (span.start, span.end)
            name = match.name if exact else ""
            named = replace(named, entry=match.entry, whole=match.whole, listed=name)
        yield _placed(named, span, words) if named.type in PLACES else named


def _placed(named: Named, span: Span, words: Sequence[str]) -> Named:
    """Say what sort of place it is: its entry, or the word of kind in it or beside it."""
    if named.entry is not None:
        return replace(named, type=named.entry.type, kind=named.entry.kind)
    turkic = named.language not in ("ru", "en")
    before, after = max(0, span.start - 1), span.end + 1
    beside = words[span.end : after] if turkic else words[before : span.start]
    inside = words[span.start : span.end]
    kind = kind_of(inside, named.language) or kind_of(beside, named.language)
    if not kind:
        return named
    type_, known = type_and_kind(kind)
    return replace(named, type=type_, kind=known)


def _named(piece: Piece, start: int, end: int, type_: EntityType, *, normal: str = "") -> Named:
    return Named(
        field=piece.field,
        start=piece.offset + start,
        end=piece.offset + end,
        surface=piece.text[start:end],
        type=type_,
        language=piece.language,
        normal=normal,
    )


def _values(article: Article, pieces: Sequence[Piece], names: Sequence[Named]) -> Iterator[Named]:
    """Return dates and sums; a date inside a name ("8 наурыз" of a factory) is part of the name."""
    taken = {field: bytearray(READ + 1) for field in FIELDS}
    for name in names:
        taken[name.field][name.start : name.end] = b"\1" * (name.end - name.start)
    for piece in pieces:
        for value in rules.find(piece.text, article.published_at):
            named = _named(piece, value.start, value.end, value.type, normal=value.normal)
            if taken[piece.field].find(1, named.start, named.end) < 0:
                yield named


def _entry_of(
    span: Span, listed: Sequence[Match], words: Sequence[str], language: str
) -> Match | None:
    """Return the listed name that a span is, or that says who the longer span is."""
    for match in listed:
        if not same_type(match.entry.type, span.type):
            continue
        if (match.start, match.end) == (span.start, span.end):
            return match
        inside = span.start <= match.start and match.end <= span.end
        if inside and span.type == "PERSON" and (match.whole or INITIAL.match(words[span.start])):
            return match
        # "Министерство финансов РК": a body that is named first (or last, in a Turkic language)
        if span.type == "ORGANISATION" and inside and match.end - match.start > 1:
            turkic = language in ("kk", "uz")
            if match.end == span.end if turkic else match.start == span.start:
                return match
        # "Алматы қаласында", "города Алматы": only words of kind beside the name
        if inside and span.type in PLACES and _only_cues(span, match, words, language):
            return match
    return None


def _only_cues(span: Span, match: Match, words: Sequence[str], language: str) -> bool:
    rest = [*words[span.start : match.start], *words[match.end : span.end]]
    return all(is_place_head(word, language) for word in rest)
