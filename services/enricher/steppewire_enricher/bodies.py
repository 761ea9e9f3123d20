"""Bodies and companies that can be told by the words around their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from steppewire_enricher.folding import fold
from steppewire_enricher.gazetteer import cue_of, cues
from steppewire_enricher.lists import words_of
from steppewire_enricher.spans import Span
from steppewire_enricher.turkic import uz_stems
from steppewire_enricher.words import forms


def bodies(words: Sequence[str], language: str, people: Collection[int]) -> list[Span]:
    """Return what rules find, apart from the positions of `people`; spans may overlap."""
    nothing_quoted = _CLOSING.keys().isdisjoint(words)
    found = [] if nothing_quoted else [*_companies(words), *_quoted(words, language)]
    return [*found, *_uzbek(words, people)] if language == "uz" else found


_LONGEST_COMPANY = 10
"""Words of a company's name behind its legal form."""
_CLOSING = {"«": "»", "“": "”", "„": "“", '"': '"'}


def _companies(words: Sequence[str]) -> Iterator[Span]:
    """Find ТОО «Казцинк»: a legal form and what is quoted after it."""
    for start, word in enumerate(words[:-2]):
        closing = _CLOSING.get(words[start + 1])
        if word in words_of("legal_forms") and closing:
            rest = words[start + 2 : start + 2 + _LONGEST_COMPANY]
            if closing in rest:
                yield Span(start, start + 3 + rest.index(closing), "ORGANISATION")


_LONGEST_QUOTED = 6
"""Words of a name in quotation marks."""


def _quoted(words: Sequence[str], language: str) -> Iterator[Span]:
    """Find what is quoted beside a word of kind: партия «Аманат», “Mahalla” xayriya fondi."""
    for start, word in enumerate(words):
        closing = _CLOSING.get(word)
        rest = list(words[start + 1 : start + 2 + _LONGEST_QUOTED])
        if closing is None or closing not in rest[1:] or not rest[0][:1].isupper():
            continue
        end = start + 1 + rest.index(closing)
        beside = words[max(0, start - 1) : start] if language == "ru" else words[end + 1 : end + 3]
        if any(_is_body(each, language) for each in beside):
            yield Span(start + 1, end, "ORGANISATION")


def _is_body(word: str, language: str) -> bool:
    return cue_of(word, language) == "organisation_head"


_LONGEST_BODY = 7
"""Words of a body's name before its last one."""


def _uzbek(words: Sequence[str], people: Collection[int]) -> Iterator[Span]:
    """Find Uzbek bodies by their last word, `Sog‘liqni saqlash vazirligi`."""
    # No corpus teaches them, and the Kazakh one knows other words.
    for last, word in enumerate(words):
        if word[:1].islower() and is_owned(word, "organisation_head"):
            start = _first_word(words, last, people)
            if start is not None:
                outside = not words_of("outside_the_name").isdisjoint(forms(word, "uz"))
                yield Span(start, last + (not outside), "ORGANISATION")


def _first_word(words: Sequence[str], last: int, people: Collection[int]) -> int | None:
    """Return where a body's name begins: at the nearest capital, or the first of several."""
    before = range(last - 1, max(-1, last - _LONGEST_BODY), -1)
    joined = takewhile(
        lambda i: i not in people and (words[i][:1].isalpha() or words[i] == "-"), before
    )
    nearest = next((i for i in joined if words[i][:1].isupper()), None)
    if nearest is None:
        return None
    row = takewhile(lambda i: i not in people and _leads_on(words[i]), range(nearest - 1, 0, -1))
    return min([nearest, *row])


def _leads_on(word: str) -> bool:
    """Say whether a capitalised word belongs to the next: Toshkentda and O‘zbekistonning do not."""
    return word[:1].isupper() and not uz_stems(word)


def with_places(spans: Sequence[Span], words: Sequence[str]) -> list[Span]:
    """Join a Russian body with the place behind it: МВД Казахстана, Партия труда Британии.

    It is one body, as in Kazakh, where the place stands before it. A word of kind makes a body of
    a place that the tagger saw alone: прокуратура Италии, пресс-служба посольства США. Parliaments
    and teams keep the place apart: Конгресс США, сборная Испании.
    """
    taken = {i for span in spans for i in range(span.start, span.end)}
    wide = [_with_body(span, words, taken) if span.type == "GPE" else span for span in spans]
    ends = {span.end: span for span in wide if span.type == "ORGANISATION"}
    joined = {
        body: place
        for place in wide
        if place.type == "GPE"
        and (body := ends.get(place.start)) is not None
        and not any(_is_one_of("placeless_bodies", word) for word in words[body.start : body.end])
    }
    wider = [Span(body.start, place.end, body.type) for body, place in joined.items()]
    parts = {*joined, *joined.values()}
    return [*(span for span in wide if span not in parts), *wider]


def _with_body(place: Span, words: Sequence[str], taken: Collection[int]) -> Span:
    """Return a place and the words of kind before it as one body, or the place as it is."""
    start = place.start
    while start > 0 and start - 1 not in taken and _is_one_of("placed_bodies", words[start - 1]):
        start -= 1
    return place if start == place.start else Span(start, place.end, "ORGANISATION")


def _is_one_of(kind: str, word: str) -> bool:
    """Say whether a Russian word, in any case, stands in one of the lists of words of kind."""
    may_be = fold(word)[:_HEAD] in _heads(kind)
    return may_be and not words_of(kind).isdisjoint(forms(word, "ru"))


_HEAD = 2
"""Letters that all forms of a Russian word begin with."""


@lru_cache(maxsize=8)
def _heads(kind: str) -> frozenset[str]:
    return frozenset(word[:_HEAD] for word in words_of(kind))


def is_owned(word: str, cue: str) -> bool:
    """Say whether an Uzbek word is a word of kind with the possessive that joins it to a name."""
    known = cues("uz")
    return any(known.get(key) == cue and key.endswith("i") for key in forms(word.lower(), "uz"))


def is_place_head(word: str, language: str) -> bool:
    """Say whether a word tells that the name beside it is a place's: қаласы, район, river."""
    return cue_of(word, language) == "place_head"
