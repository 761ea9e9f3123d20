"""Where sentences begin and end: Kazakh, Russian, Uzbek, English; Kyrgyz and Tajik on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from steppewire.language.abbreviations import (
    BEFORE_NUMBERS,
    BEFORE_WORDS,
    ERAS,
    LABELLED,
    LIST_ENDS,
    MEASURES,
    OF_UNITS,
    STARTERS,
    UNITS,
)

FEW_WORDS = 4
"""`In 2018 г. Казахстан …`: with so little before it, a short form ends no sentence."""
FEW_CHARS = 40
LONGEST_ASIDE = 300
"""A bracket that does not close within this was never meant to."""

_STOPS = ".!?…。！？؟۔"
_CLOSERS = "»”“\"'’)\\]›"
_OPENERS = "«“”„\"'‘’(\\[‹"
_GOES_ON = ",;:)"
_DASHES = "-–—―"
# Stops, the quotation marks that close after them, a reference; then space, or a glued word.
_END = re.compile(
    rf"\n+|[{_STOPS}]+[{_CLOSERS}]*(?:\[\d{{1,3}}\])*(?=\s|$)"
    r"|(?<=[^\W\d_A-ZА-ЯЁӘҒҚҢӨҰҮІҺЎҲ]{3})[.!?…]+(?=[A-ZА-ЯЁӘҒҚҢӨҰҮІҺЎҲ][^\W\d_]{2})"
)
_ANY_STOP = re.compile(rf"[\n{_STOPS}]")
_BEFORE_WORD = re.compile(r"[«“”„\"(\[‹]|^['’‘]")
_ROMAN = re.compile("[IVXІХ]+")
_YEAR = re.compile(r"\d-?(?:г|ж|й|y)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\s*$")
_NEXT = re.compile(rf"\s*(?:(?P<dash>[{_DASHES}])\s+)?(?P<open>[{_OPENERS}]*)(?P<word>[\w’'ʻʼ‘]*)")
_LETTER = "(?:[^\\W\\d_]|[SCYZKD]h|Y[aoue]|[OG][‘'ʻʼ’`]|Дж|Дз|Ё)"
_INITIALS = re.compile(rf"(?:{_LETTER}\.)*(?:{_LETTER}\.-)?{_LETTER}")
_NUMBERING = re.compile(r"[\d.]{1,6}|[IVXІХ]{1,4}|[a-zа-я]")


class _Place:
    """A stop and what stands around it."""

    __slots__ = ("end", "start", "stop", "text", "word")

    def __init__(self, text: str, start: int, stop: int, end: int) -> None:
        """Look at the stop from `stop` to `end`, with what closes; its sentence is at `start`."""
        self.text, self.start, self.stop, self.end = text, start, stop, end
        piece = text[max(start, stop - FEW_CHARS) : stop].rsplit(maxsplit=1)
        self.word = _BEFORE_WORD.split(piece[-1])[-1] if piece else ""
        """The word before the stop, with the dots inside it."""

    @property
    def before(self) -> str:
        """Return the sentence so far, or its end, without that word."""
        return self.text[max(self.start, self.stop - 60) : self.stop - len(self.word)]

    @property
    def is_early(self) -> bool:
        """Say whether hardly anything has been said yet."""
        head = self.text[self.start : min(self.stop, self.start + FEW_CHARS + 1)]
        return len(head) <= FEW_CHARS and len(head.split()) <= FEW_WORDS


def sentences(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence, in order, without the space between them."""
    found: list[tuple[int, int]] = []
    start, aside = 0, _Aside(text)
    for stop, end in _stops(text):
        if text[stop] != "\n":
            said = aside.reaches(stop)
            if not said or aside.is_open or not _ends(_Place(text, start, stop, end)):
                continue
        _append(found, text, start, end)
        start = end
        aside.begin(end)
    _append(found, text, start, len(text))
    return found


def _stops(text: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences may end: start and end of all matches of `_END`.

    To ask only at the characters with which one begins takes a third of the time.
    """
    behind = 0
    for place in _ANY_STOP.finditer(text):
        stop = place.start()
        match = _END.match(text, stop) if stop >= behind else None
        if match is not None:
            behind = match.end()
            yield stop, behind


def _append(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip()
    if not kept:
        return
    begin = start + len(piece) - len(piece.lstrip())
    if found and len(kept) <= 2 and not kept.isalnum() and "\n" not in text[found[-1][1] : begin]:
        # a quotation mark that closes after a space
        begin, kept = found[-1][0], text[found.pop()[0] : begin + len(kept)]
    found.append((begin, begin + len(kept)))


class _Aside:
    """Counts brackets along a sentence; each character is looked at once."""

    def __init__(self, text: str) -> None:
        """Begin at the start of the text."""
        self._text = text
        self.begin(0)

    def begin(self, at: int) -> None:
        """Begin a sentence."""
        self._at, self._depth, self._said = at, 0, False

    def reaches(self, stop: int) -> bool:
        """Go on to a stop; say whether the sentence has a word by then."""
        piece = self._text[self._at : stop]
        self._said = self._said or any(map(str.isalnum, piece))
        self._depth = max(0, self._depth + piece.count("(") - piece.count(")"))
        self._at = stop
        return self._said

    @property
    def is_open(self) -> bool:
        """Say whether a bracket is open that closes soon."""
        return self._depth > 0 and self._text.find(")", self._at, self._at + LONGEST_ASIDE) >= 0


def _ends(place: _Place) -> bool:
    """Say whether a sentence ends at this stop."""
    following = _NEXT.match(place.text, place.end)
    if following is None or following.end() == len(place.text):
        return following is None or not following["word"] or not following["word"][0].islower()
    if not place.text[place.end].isspace():
        # Paragraphs that lost the space between them; Яндекс.Такси and a/b.Cd are none.
        return place.word.isalpha() and place.word[0].islower()
    word = following["word"] or place.text[following.end()]
    if word[:1].islower() or word[0] in _GOES_ON:
        return False
    if following["dash"] and place.end > place.stop + 1 and place.text[place.end - 1] in _CLOSERS:
        # «Да!» – Токаев улыбнулся: who speaks belongs to what was said.
        return False
    if place.text[place.stop : place.end] != ".":
        return True
    return _ends_after(place, word, following.end(), dashed=bool(following["dash"]))


def _ends_after(place: _Place, following: str, behind: int, *, dashed: bool = False) -> bool:
    """Say whether a full stop after this word is an end, and not a part of the word."""
    word = place.word.strip(".").lower()
    opens = following in STARTERS and place.text[behind : behind + 1] != "."
    if not place.before.strip() and _NUMBERING.fullmatch(place.word):
        return False
    if (word in BEFORE_WORDS or place.word in BEFORE_WORDS) and not _is_second(place):
        # им. Абая, but also "помог им. Он …"
        return opens and word.isalpha()
    if _is_list_end(place):
        # 500 b.c., V ғасыр: what follows an era may be counted in it
        return not (_ROMAN.fullmatch(following) or (word in ERAS and following[:1].isdigit()))
    if word in BEFORE_NUMBERS:
        return not following[:1].isdigit()
    if word in UNITS or place.word in UNITS or _YEAR.search(word[-3:]):
        return opens or _ends_after_unit(place, following)
    if _INITIALS.fullmatch(place.word):
        if dashed and place.word.islower():
            # "– Qachon? – so‘radi u. – Ertaga": a name has no dash before it
            return True
        return _ends_after_letter(place, following, opens=opens)
    return True


def _is_list_end(place: _Place) -> bool:
    """`и т.д.`, `ва ҳ.к.`; `и т. д.`, too, which is two short forms."""
    if place.word in LIST_ENDS:
        return True
    return _is_second(place)


def _is_second(place: _Place) -> bool:
    """`и т. п.`: the second of two short forms that are one."""
    small = len(place.word) == 1 and place.word.islower()
    return small and place.before.rstrip().endswith((" т.", " h.", " ҳ.", " н."))


def _ends_after_unit(place: _Place, following: str) -> bool:
    acronym = len(following) > 1 and following.isupper()
    number = following[:1].isdigit() or following[:1] == "№"
    early = place.is_early and place.word not in MEASURES
    return not (number or early or acronym)


def _ends_after_letter(place: _Place, following: str, *, opens: bool) -> bool:
    """Judge initials (А. Мамин), units (2018 г.), and places (г. Алматы)."""
    if opens:
        return True
    if place.word[-1:].islower() and len(place.word) == 1 and _counts(place.before.rstrip()):
        return _ends_after_unit(place, following)
    before = _WORD_BEFORE.search(place.before)
    return before is not None and before[1].lower() in LABELLED


def _counts(before: str) -> bool:
    """Say whether a number or "кв." stands before a letter, so that it is a unit."""
    word = _WORD_BEFORE.search(before.removesuffix("."))
    return before[-1:].isdigit() or (word is not None and word[1].lower() in OF_UNITS)
