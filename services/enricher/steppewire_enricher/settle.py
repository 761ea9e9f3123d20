"""Two witnesses, one answer: what the tagger and the list of names say about one sentence.

All of it is about positions in a list of words; no model and no text is needed to test it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from steppewire.events import EntityType
from steppewire_enricher.bodies import bodies, is_owned, with_places
from steppewire_enricher.folding import fold
from steppewire_enricher.gazetteer import Match, cue_of
from steppewire_enricher.lists import words_of
from steppewire_enricher.places import PLACES
from steppewire_enricher.spans import Span
from steppewire_enricher.surnames import apart, with_surnames, without_place

INITIAL = re.compile(r"^(?:[^\W\d_]|[SC]h)\.$")


def settle(
    spans: Sequence[Span], listed: Sequence[Match], words: Sequence[str] = (), language: str = ""
) -> list[Span]:
    """Return the names of a sentence, none overlapping.

    1. believe the list, but for titles in quotes and currencies;
    2. put a tagged name in the place of shorter ones that it overlaps;
    3. add what belongs to a name: initials, a word of kind, a legal form;
    4. of what still overlaps, keep the longer.
    """
    out = _believed(listed, words)
    spans = [one for span in spans for one in apart(span, words)]
    if language == "kk":
        spans = [without_place(span, words) for span in spans]
    untitled = (_without_title(span, words, language) for span in spans)
    for span in (_without_others(span, listed, words) for span in untitled):
        rivals = [o for o in out if _overlap(o, span)]
        longest = max((o.end - o.start for o in rivals), default=0)
        if span.end - span.start > longest and not _is_row(span, listed):
            out = [o for o in out if o not in rivals]
            out.append(span)
    out = [_with_initials(span, words) for span in out if not _is_no_name(words, span)]
    out = with_surnames(out, words, language)
    if language == "uz":
        out = [_with_head(span, words, out) for span in out]
    if language == "ru":
        out = with_places(out, words)
    people = {i for span in out if span.type == "PERSON" for i in range(span.start, span.end)}
    return _apart([*bodies(words, language, people), *out])


def _believed(listed: Sequence[Match], words: Sequence[str]) -> list[Span]:
    if not listed:
        return []
    quoted = _quoted(words)
    return [
        Span(m.start, m.end, _type(m, words))
        for m in listed
        if not quoted(m) and not _is_currency(words, m)
    ]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _apart(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start - s.end):
        if not any(_overlap(span, other) for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _is_no_name(words: Sequence[str], span: Span) -> bool:
    alone = span.end - span.start == 1 and bool(words)
    return alone and words[span.start].lower() in words_of("no_names")


_DOLLAR = re.compile(r"доллар|dollar", re.IGNORECASE)


def _is_currency(words: Sequence[str], match: Match) -> bool:
    """Say whether a country only tells whose dollars are meant: АҚШ доллары."""
    return bool(_DOLLAR.match("".join(words[match.end : match.end + 1])))


def _quoted(words: Sequence[str]) -> Callable[[Match], bool]:
    """Return a test: is a match only a part of a quoted title, «Қазақстанның Еңбек Ері»?"""
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


def _type(match: Match, words: Sequence[str]) -> EntityType:
    """A place's name alone in quotes is a club, a hotel or a paper of that name."""
    around = (*words[match.start - 1 : match.start], *words[match.end : match.end + 1])
    quoted = match.start > 0 and around in (("«", "»"), ("“", "”"))
    return "ORGANISATION" if quoted and match.entry.type in PLACES else match.entry.type


def _is_row(span: Span, listed: Sequence[Match]) -> bool:
    """Say whether a span is nothing but listed names in a row: `Қазақстанның Ұлттық банкі`."""
    inside = [m for m in listed if span.start <= m.start and m.end <= span.end]
    length = sum(m.end - m.start for m in inside)
    return len(inside) > 1 and length == span.end - span.start


def _without_title(span: Span, words: Sequence[str], language: str) -> Span:
    """Cut an office off the head of a person's name: `Суретші Арман Тоқаев`."""
    start = span.start
    # of Kazakh the tagger has learnt it
    taught = language == "kk"
    while (
        not taught
        and span.type == "PERSON"
        and start + 1 < span.end
        and _is_title(words[start], language)
        and not (start + 2 == span.end and _is_given_name(words[start]))
    ):
        start += 1
    return Span(start, span.end, span.type)


def _is_title(word: str, language: str) -> bool:
    if not language:
        return False
    return cue_of(word, language) == "person_title" or fold(word) in words_of("professions")


def _is_given_name(word: str) -> bool:
    """Say whether a title may be a given name: Olim Karimov need not be a scholar."""
    return word[:1].isupper() and fold(word) in words_of("given_names_like_titles")


def _with_initials(span: Span, words: Sequence[str]) -> Span:
    """Let a person's initials belong to the name: К.-Ж. Токаев."""
    start = span.start
    while span.type == "PERSON" and start > 0 and words:
        if INITIAL.match(words[start - 1]):
            start -= 1
        elif words[start - 1] == "-" and start > 1 and INITIAL.match(words[start - 2]):
            start -= 2
        else:
            break
    return Span(start, span.end, span.type)


def _with_head(span: Span, words: Sequence[str], out: Sequence[Span]) -> Span:
    """In Uzbek corpora the word of kind is part of the name: Pekin shahrida, Chilonzor tumani."""
    after = span.end
    free = span.type in PLACES and all(o.start != after for o in out)
    if free and after < len(words) and is_owned(words[after], "place_head"):
        return Span(span.start, after + 1, span.type)
    return span


_SAYS_WHERE = re.compile(r"([дт][ае]|[дтн][ае]н|[ғгқк][ае]|[td]a|dan|ga)$")
"""Locative, ablative and dative of Kazakh and Uzbek."""


def says_where(word: str, name: str) -> bool:
    """Say whether the last word of a listed name has such a case; Қазақстан itself ends in -тан."""
    return bool(_SAYS_WHERE.search(word)) and fold(word) != fold(name.rsplit(" ", 1)[-1])


def _without_others(span: Span, listed: Sequence[Match], words: Sequence[str]) -> Span:
    """Cut a name where a known one of another kind begins or ends.

    `Жұмағалиев Алматыдағы` is no person, and `Астанада Қазақстан үкіметі` no body: the first word
    says where.
    """
    if span.type == "PERSON":
        for match in listed:
            if match.entry.type != "PERSON" and span.start < match.start < span.end:
                return Span(span.start, match.start, span.type)
    for match in listed:
        first = match.start == span.start and match.end < span.end and match.entry.type in PLACES
        if span.type == "ORGANISATION" and first and says_where(words[match.end - 1], match.name):
            return Span(match.end, span.end, span.type)
    return span
