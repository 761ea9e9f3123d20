"""What KazNERD's guideline tells by rule of Kazakh names and values: what the tagger did not see,
and where dates and numbers begin and end.

Its training part keeps to each of these nearly always, on too few words for a tagger to learn them
for all. Outside longer names 178 of 181 inhabitants are marked so, all 133 capitalised words before
a village, town or district, all 79 diseases of the list, and both laws in quotation marks. A month
with айы behind it and nothing more ends before that in 26 of 26 places, with a year before it in
none of 3; a day before `күні` in 16 of 16; and a number reaches to `артық` or `кем` in 16 of 18.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from steppewire.events import EntityType
from steppewire_enricher.folding import REMEMBERED, fold
from steppewire_enricher.gazetteer import gazetteer
from steppewire_enricher.lists import read_list
from steppewire_enricher.places import PLACES
from steppewire_enricher.spans import Span
from steppewire_enricher.words import forms, listed

_ENDS = r"(?:[лдт][ыі]қ|[лдт]ік)"
_INHABITANT = re.compile(rf"(\w{{3,}}?){_ENDS}(?:[лдт][ае]р)?(?:\w{{1,5}})?")
"""Who or what is of a place: малайзиялық, астаналықтар."""
_KIND = re.compile(r"(?:ауданы|аулы|ауылы|қаласы|кенті)\w*")
"""A word of kind that belongs to the name before it."""
_LAW = re.compile(r"(?:конституциялық|заң|кодекс)\w*", re.IGNORECASE)
_ABOUT = "туралы"
_LONGEST_LAW = 14
"""Words of a law's name."""


def gaps(words: Sequence[str], seen: Sequence[Span]) -> list[Span]:
    """Return places, inhabitants, laws and diseases among the words of a Kazakh sentence that are
    in no span of those that were seen.
    """
    taken = {i for span in seen for i in range(span.start, span.end)}
    found = (*_laws(words), *_districts(words), *_single(words))
    return [span for span in found if taken.isdisjoint(range(span.start, span.end))]


_MONTH = "(?:қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан)"
_BARE_MONTH = re.compile(rf"({_MONTH})\s+айы\w*", re.IGNORECASE)
_ENDS_IN_MONTH = re.compile(rf"\s{_MONTH}$", re.IGNORECASE)
_OF_MONTH = re.compile(r"\s+айы\w*")
_DAY = re.compile(rf"(.*{_MONTH}.*?)\s+күні", re.IGNORECASE | re.DOTALL)
_AT_LEAST = re.compile(r"\b(?:аз|кем) дегенде\s+$", re.IGNORECASE)
_MORE_OR_LESS = re.compile(r"\s+(?:артық|кем)\b(?!\s+дегенде)")
_AMOUNTS = ("TIME", "MONEY", "PERCENTAGE", "QUANTITY", "CARDINAL")
_BEFORE = 16
"""Characters before a value that are looked at."""


def in_full(text: str, start: int, end: int, type_: EntityType) -> tuple[int, int]:
    """Return where a value begins and ends that stands at `text[start:end]`.

    It begins with `кем дегенде`; a number reaches to `артық` or `кем` behind it, a month to айы
    if a year is before it, else not, and no day to `күні`.
    """
    if type_ != "DATE" and type_ not in _AMOUNTS:
        return start, end
    found = _AT_LEAST.search(text[max(0, start - _BEFORE) : start])
    begin = start - len(found[0]) if found else start
    if type_ in _AMOUNTS:
        more = _MORE_OR_LESS.match(text, end)
        return begin, more.end() if more else end
    if bare := _BARE_MONTH.fullmatch(text, start, end) or _DAY.fullmatch(text, start, end):
        return begin, bare.end(1)
    of_month = _OF_MONTH.match(text, end) if _ENDS_IN_MONTH.search(text[start:end]) else None
    return begin, of_month.end() if of_month else end


def _laws(words: Sequence[str]) -> Iterator[Span]:
    """«Саяси партиялар туралы» заң: what stands between the quotation marks."""
    for i, word in enumerate(words[:-2]):
        if word == _ABOUT and words[i + 1] == "»" and _LAW.fullmatch(words[i + 2]):
            begins = range(i - 1, max(-1, i - _LONGEST_LAW), -1)
            opening = next((at for at in begins if words[at] in ("«", "»")), None)
            if opening is not None and words[opening] == "«":
                yield Span(opening + 1, i + 1, "LAW")


def _districts(words: Sequence[str]) -> Iterator[Span]:
    """Бұланды ауданы: the capitalised word before a kind, which is no beginning of a sentence."""
    for i in range(1, len(words) - 1):
        if words[i][:1].isupper() and words[i].isalpha() and _is_kind(words[i + 1 : i + 3]):
            yield Span(i, i + 1, "GPE")


def _is_kind(words: Sequence[str]) -> bool:
    if words[0] == "ауылдық":
        return len(words) > 1 and words[1].startswith("округ")
    return bool(_KIND.fullmatch(words[0]))


def _single(words: Sequence[str]) -> Iterator[Span]:
    for i, word in enumerate(words):
        if sort := _sort_of(word):
            yield Span(i, i + 1, sort)


@lru_cache(maxsize=REMEMBERED)
def _sort_of(word: str) -> EntityType | None:
    """Return what a word is by itself: an inhabitant, a disease, or, as nearly all, neither."""
    if word[:_HEAD].lower() in _heads() and not _diseases().isdisjoint(forms(word, "kk")):
        return "DISEASE"
    cut, known = _INHABITANT.fullmatch(word), gazetteer("kk")
    if cut is None or known is None:
        return None
    found = known.match(["", cut[1].capitalize()])  # as if in the middle of a sentence
    is_place = any(m.entry.type in PLACES and fold(m.name) == fold(cut[1]) for m in found)
    return "NORP" if is_place else None


_HEAD = 3
"""Letters by which a disease is looked up before the forms of a word are."""


@lru_cache(maxsize=1)
def _diseases() -> frozenset[str]:
    names = read_list("peoples")["kk"]["diseases"].split()
    return frozenset(key for name in names for key in listed(name, "kk"))


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    names = read_list("peoples")["kk"]["diseases"].split()
    return frozenset(name[:_HEAD].lower() for name in names)
