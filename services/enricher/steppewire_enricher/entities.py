"""The names, dates and sums in a text: where they stand, and what they are.

Names come from a tagger for the paragraph's language and from the list of known names; dates and
sums from rules. What overlaps is settled here, so that no two mentions of a field ever do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from steppewire.events import Article, EntityType, Languages, PlaceKind
from steppewire_enricher.bodies import is_place_head
from steppewire_enricher.features import OPENING
from steppewire_enricher.folding import fold, folded_each
from steppewire_enricher.gazetteer import Match, gazetteer
from steppewire_enricher.groups import offices_and_peoples
from steppewire_enricher.kaznerd import gaps
from steppewire_enricher.mentions import FIELDS, TAUGHT, Named, Piece
from steppewire_enricher.places import PLACES, STATES, kind_of, same_type, type_and_kind
from steppewire_enricher.settle import INITIAL, says_where, settle
from steppewire_enricher.spans import Span
from steppewire_enricher.tagger import known_names, tagger
from steppewire_enricher.tokens import Token, sentences, tokenise
from steppewire_enricher.values import in_full, values_in, with_values
from steppewire_enricher.words import forms, key_of

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
class _Sentence:
    """A sentence that has been read: its words, the listed names in it, and what was settled."""

    piece: Piece
    tokens: tuple[Token, ...]
    listed: tuple[Match, ...]
    spans: tuple[Span, ...]
    """Names of people, bodies and places."""
    others: tuple[Span, ...] = ()
    """What else the tagger saw: offices, events, dates, numbers, …"""

    @cached_property
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
    pieces = list(_pieces(article, languages))
    read = _read(pieces)
    body = [sentence for piece in pieces[1:] for sentence in read[piece]]
    sentences_ = [*_title(pieces[0], read[pieces[0]], body), *body]
    names = [named for s in _with_last_names(sentences_) for named in _names(s)]
    found = in_full(with_values(names, values_in(article.published_at, pieces)), pieces)
    return sorted(found, key=lambda mention: (FIELDS.index(mention.field), mention.start))


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


def _read(pieces: Sequence[Piece]) -> dict[Piece, list[_Sentence]]:
    """Find the names in pieces by tagger and list: all that one model reads at once."""
    read: dict[Piece, list[_Sentence]] = {piece: [] for piece in pieces}
    alike: dict[str, list[Piece]] = {}
    for piece in read:
        alike.setdefault(piece.tag, []).append(piece)
    for tag, some in alike.items():
        language = tag.split("-")[0]
        known = gazetteer(language) if tag != "kk-Latn" else None
        model = MODELS.get(tag)
        if known is None and model is None:
            continue
        cut = [(piece, s) for piece in some for s in sentences(list(tokenise(piece.text)))]
        words = [[token.text for token in sentence] for _, sentence in cut]
        folded = folded_each(words)
        listed = known_names(known, words, folded)
        told = [_told(m, w) for m, w in zip(listed, words, strict=True)]
        tagged = tagger(model).tag(words, told, language) if model else [[] for _ in words]
        told_of = zip(words, folded, tagged, listed, strict=True)
        for (piece, tokens), said in zip(cut, told_of, strict=True):
            read[piece].append(_settled(piece, tokens, *said))
    return read


def _told(listed: Sequence[Match], words: Sequence[str]) -> list[Match]:
    """Return what the tagger is told of the list: no last name behind somebody's given name."""
    return [m for m in listed if m.whole or m.start == 0 or not words[m.start - 1][:1].isupper()]


NAMES: tuple[EntityType, ...] = ("PERSON", "ORGANISATION", *PLACES)


def _settled(
    piece: Piece,
    tokens: Sequence[Token],
    words: Sequence[str],
    folded: Sequence[str],
    tagged: Sequence[Span],
    listed: Sequence[Match],
) -> _Sentence:
    """Let tagger and list agree on a sentence."""
    told = listed
    if piece.language in TAUGHT:
        told = [m for m in listed if all(_gives_way(s, m, words) for s in tagged if _meet(m, s))]
    tagged = [trimmed for span in tagged if (trimmed := _trimmed(span, words))]
    names = [span for span in tagged if span.type in NAMES]
    spans = settle(names, told, words, piece.language)
    seen = [span for span in tagged if span.type not in NAMES]
    if piece.language in TAUGHT:
        # «Хабар» агенттігінің төрағасы is one office: no rule takes the agency out of it
        spans = [s for s in spans if not any(_is_part(s, other) for other in seen)]
    seen = seen or offices_and_peoples(words, piece.language, folded)
    others = [s for s in seen if not any(_meet(s, n) for n in spans)]
    if piece.language in TAUGHT:
        more = gaps(words, (*spans, *others))
        spans = sorted((*spans, *(s for s in more if s.type in NAMES)))
        others += [s for s in more if s.type not in NAMES]
    return _Sentence(piece, tuple(tokens), tuple(listed), tuple(spans), tuple(others))


def _gives_way(span: Span, listed: Match, words: Sequence[str]) -> bool:
    """Say whether a listed name is believed before the tagger: it is longer, or the only name.

    Or a place in a case, which ends what was taken for a person: `Жұмаев Непалдан`.
    """
    place = listed.entry.type in PLACES and says_where(words[listed.end - 1], listed.name)
    if span.type == "PERSON" and place and span.start < listed.start and listed.end == span.end:
        return True
    inside = listed.start <= span.start and span.end <= listed.end
    longer = listed.end - listed.start > span.end - span.start
    return inside and listed.whole and (longer or span.type not in NAMES)


def _is_part(span: Span, other: Span) -> bool:
    return other.start <= span.start and span.end <= other.end and other[:2] != span[:2]


def _trimmed(span: Span, words: Sequence[str]) -> Span | None:
    """Leave out a dash or a comma at either end."""
    inside = [i for i in range(span.start, span.end) if words[i] not in _NO_PART]
    return Span(inside[0], inside[-1] + 1, span.type) if inside else None


_NO_PART = frozenset("–—-,;:")


def _meet(one: Span | Match, other: Span | Match) -> bool:
    return one.start < other.end and other.start < one.end


def _title(piece: Piece, read: list[_Sentence], body: Sequence[_Sentence]) -> list[_Sentence]:
    """Return what the title says; where its capitals say nothing, what is listed or in the text."""
    if not _capitals_say_nothing(piece.text):
        return read
    vouched = {fold(s.surface(span)) for s in body for span in s.spans}
    return [_without_guesses(sentence, vouched) for sentence in read]


def _without_guesses(sentence: _Sentence, vouched: Collection[str]) -> _Sentence:
    sure = [span for span in sentence.spans if fold(sentence.surface(span)) in vouched]
    kept = settle(sure, sentence.listed, sentence.words, sentence.piece.language)
    return replace(sentence, spans=tuple(kept), others=())


def _capitals_say_nothing(title: str) -> bool:
    words = [word for word in title.split() if len(word) > 3]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


SHORTEST_LAST_NAME = 4
"""Shorter ones (Ли, Ким) are too often something else."""
_HEAD = 2


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
    # the forms of a word begin as it does: most words need not be looked up
    heads = {key[:_HEAD] for key in lasts}
    for s in read:
        # a number of one word that is somebody's last name was no number
        others = [o for o in s.others if not _is_word_alone(o, s.words)]
        covered = {i for span in (*s.spans, *others) for i in range(span.start, span.end)}
        again = [
            Span(i, i + 1, "PERSON")
            for i, word in enumerate(s.words)
            if i not in covered
            and word[0].isupper()
            and key_of(word, s.piece.language)[:_HEAD] in heads
            and not lasts.isdisjoint(forms(word, s.piece.language))
        ]
        if again:
            settled = settle([*s.spans, *again], [], s.words)
            kept = tuple(o for o in s.others if not any(_meet(o, span) for span in again))
            s = replace(s, spans=tuple(settled), others=kept)  # noqa: PLW2901
        yield s


def _is_word_alone(span: Span, words: Sequence[str]) -> bool:
    """Say whether a span taken for a number is one word with no figure in it."""
    one = span.end - span.start == 1 and span.type in ("CARDINAL", "ORDINAL")
    return one and words[span.start].isalpha()


def _names(sentence: _Sentence) -> Iterator[Named]:
    """Return a sentence's names with the entries they are."""
    words, language = sentence.words, sentence.piece.language
    for span in sentence.spans:
        start, end = sentence.tokens[span.start].start, sentence.tokens[span.end - 1].end
        named = sentence.piece.named(start, end, span.type)
        match = _entry_of(span, sentence.listed, words, language)
        state, match = _state_of(span, match, sentence.listed, language)
        if match is not None:
            exact = (match.start, match.end) == (span.start, span.end)
            name = match.name if exact else ""
            named = named._replace(entry=match.entry, whole=match.whole, listed=name, state=state)
        yield _placed(named, span, words) if named.type in PLACES else named
    for span in sentence.others:
        start, end = sentence.tokens[span.start].start, sentence.tokens[span.end - 1].end
        yield sentence.piece.named(start, end, span.type)


def _state_of(
    span: Span, match: Match | None, listed: Sequence[Match], language: str
) -> tuple[str, Match | None]:
    """Tell whose body it is by the place in its name: a state's, or a region's own.

    In Russian the place behind it tells the same: Сенат Узбекистана.
    """
    if match is None or match.entry.states is None:
        return "", match
    inside = (m for m in listed if span.start <= m.start and m.end <= span.end)
    behind = (m for m in listed if m.start == span.end and language == "ru")
    place = next((m for m in (*inside, *behind) if m.entry.type == "GPE"), None)
    if place is None or place.entry.id in STATES:
        return STATES[place.entry.id] if place else "", match
    return "", None


def _placed(named: Named, span: Span, words: Sequence[str]) -> Named:
    """Say what sort of place it is: its entry, or the word of kind in it or beside it."""
    if named.entry is not None:
        type_, kind = named.entry.type, named.entry.kind
    else:
        type_, kind = _by_words(named, span, words)
    if named.language not in TAUGHT:
        return named._replace(type=type_, kind=kind)
    if _is_bare_place(named, span, words) and kind in ("country", "region", "settlement"):
        return named._replace(type="GPE", kind=kind)
    # the tagger learnt what is a GPE and what a LOCATION
    return named._replace(kind=kind if type_ == named.type else None)


def _is_bare_place(named: Named, span: Span, words: Sequence[str]) -> bool:
    """Say whether what the tagger saw as a building is a listed place's name and nothing more.

    Қостанай әуежайы is an airport, and what is called «Астана» may be a concert hall.
    """
    quoted = "".join(words[max(0, span.start - 1) : span.start]) in OPENING
    return named.type == "FACILITY" and bool(named.listed) and not (span.start and quoted)


def _by_words(
    named: Named, span: Span, words: Sequence[str]
) -> tuple[EntityType, PlaceKind | None]:
    turkic = named.language not in ("ru", "en")
    before, after = max(0, span.start - 1), span.end + 1
    beside = words[span.end : after] if turkic else words[before : span.start]
    inside = words[span.start : span.end]
    kind = kind_of(inside, named.language) or kind_of(beside, named.language)
    return type_and_kind(kind) if kind else (named.type, None)


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
        several = match.end - match.start > 1 or match.entry.states is not None
        if span.type == "ORGANISATION" and inside and several:
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
