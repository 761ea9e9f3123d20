"""Text that was decoded wrongly before it was stored: repaired where no reader could doubt it.

`РџСЂРёРІРµС‚` is `Привет` in UTF-8, read as windows-1251, and saved again; `ÐŸÑ€Ð¸Ð²ÐµÑ‚` the same
by way of windows-1252. Bytes that are valid UTF-8 by chance are so rare that a word which turns
into one is such a word; what makes it certain is that no writer sets its signs in that way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

MOST_ROUNDS = 3
"""A text goes through a broken database once or twice; a third time nobody has seen."""
WEIRD = 2
"""Signs that no writer puts inside a word: this many in one word leave no doubt."""
MOST_EDGES = 2
"""Signs of the page's own that stand at either side of a word."""


class _Bytes(dict[int, int]):
    def __missing__(self, code: int) -> int:
        """Return what is no byte, so that a run with a foreign character cannot be undone."""
        return 0xFFFF


@dataclass(frozen=True)
class Wrong:
    """One encoding in which UTF-8 was read by mistake."""

    charset: str
    marks: str
    """Characters of which every longer mojibake of this kind has one, and hardly any page does."""
    beside: str
    """What stands beside a mark that is no accident: the mark is found in two microseconds."""
    step: int
    """Where it stands: before the mark (-1) or after it (1)."""
    letters: str = ""
    """Letters that our languages do not use, though the encoding has them."""

    @cached_property
    def to_byte(self) -> dict[int, int]:
        """Return the byte of each character; where an encoding has none, browsers keep it."""
        table = _Bytes((code, code) for code in range(0x80, 0xA0))
        for byte in range(0x80, 0x100):
            if char := bytes((byte,)).decode(self.charset, "ignore"):
                table[ord(char)] = byte
        return table

    @cached_property
    def weird(self) -> re.Pattern[str]:
        """Match a sign that no writer puts inside a word."""
        odd = [char for char in map(chr, self.to_byte) if not char.isalpha()]
        return re.compile(f"[{re.escape(''.join(odd) + self.letters)}]")

    @cached_property
    def run(self) -> re.Pattern[str]:
        """Match what may be one wrongly read word."""
        return re.compile(f"[{re.escape(''.join(map(chr, self.to_byte)))}]{{2,}}")

    def undo(self, run: str) -> bytes:
        """Return the bytes that were read wrongly."""
        return run.translate(self.to_byte).encode("latin-1")

    def is_in(self, text: str) -> bool:
        """Say whether the text has a pair of this kind."""
        return any(self._is_beside(mark, text) for mark in self.marks)

    def _is_beside(self, mark: str, text: str) -> bool:
        at = text.find(mark)
        while at >= 0:
            if text[at + self.step : at + self.step + 1] in self._pairs:
                return True
            at = text.find(mark, at + 1)
        return False

    @cached_property
    def _pairs(self) -> frozenset[str]:
        return frozenset(self.beside)


_CONTINUATIONS = "".join(
    bytes((byte,)).decode("cp1252", "ignore") + chr(byte) for byte in range(0x80, 0xC0)
)
BY_1251 = Wrong("cp1251", "°µѕЅЂ", "РСТУв", -1, letters="ЃѓЂђЅѕЈјЉљЊњЌќЋћЏџ")
BY_1252 = Wrong("cp1252", "ÐÑÃÂâ", _CONTINUATIONS, 1)
_WRONG = (BY_1251, BY_1252)
_SEGMENT = re.compile(r"[^<>]+")
_EDGES = "«»“”„‘’…–—·\u00a0"
# What a repaired word is made of: letters of one alphabet and the signs that writers set.
_SIGNS = "«»“”„‘’‚…–—№€°·•©®™\u00a0\u2009\u200b\u00ad\ufeff\u202f\ufe0f"
_NATURAL = re.compile(
    f"(?:[{_SIGNS}\U0001f000-\U0001faff\u2600-\u27bf]|"
    "[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u02bb\u02bc]|"
    "[\u0401-\u045f\u0490-\u04ff])+"
)
# Cyrillic that was stored as if it were Western: "Ïðèâåò". Its most frequent letters.
_WESTERN_MARKS = "îåà"
_WESTERN = re.compile("[\u00c0-\u00ff\u00a8\u00b8\u00b2\u00b3\u00af\u00bf\u00aa\u00ba]{4,}")
_WESTERN_WORDS = 3


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with every certain mojibake undone, and the facts about it."""
    mended = text
    for _ in range(MOST_ROUNDS):
        before, mended = mended, _mended_once(mended)
        if mended == before:
            break
    return mended, ("mojibake-repaired",) if mended != text else ()


def _mended_once(text: str) -> str:
    for wrong in _WRONG:
        if wrong.is_in(text):
            text = _SEGMENT.sub(_mender(wrong), text)
    if all(mark in text for mark in _WESTERN_MARKS):
        text = _SEGMENT.sub(_westerner, text)
    return text


def _mender(wrong: Wrong) -> Callable[[re.Match[str]], str]:
    def mend(segment: re.Match[str]) -> str:
        runs = wrong.run.findall(segment[0]) if not segment[0].isascii() else ()
        if not any(is_certain(run, wrong) for run in runs):
            # "cafÃ©": one sign is enough inside a Latin word.
            return _LATIN_WORD.sub(_latin, segment[0]) if wrong.charset == "cp1252" else segment[0]
        # Beside a certain word, the short ones that alone would prove nothing are no accident.
        return wrong.run.sub(lambda match: undone(match[0], wrong) or match[0], segment[0])

    return mend


def is_certain(run: str, wrong: Wrong) -> bool:
    """Say whether a word can be nothing else than mojibake."""
    inner = run.strip(_EDGES)
    weird = len(wrong.weird.findall(inner))
    weird += sum(char in _EDGES for char in run[len(inner) :]) if inner else 0
    return weird >= WEIRD and undone(run, wrong) is not None


def undone(run: str, wrong: Wrong) -> str | None:
    """Return what a run was before it was read wrongly; None when that is nothing natural."""
    before = _exact(run, wrong)
    if before is None:
        return _within_signs(run, wrong) if run[:1] in _EDGES or run[-1:] in _EDGES else None
    if _is_natural(before) or any(_is_natural(_exact(before, one)) for one in _WRONG):
        return before
    return None


def _is_natural(text: str | None) -> bool:
    return text is not None and _NATURAL.fullmatch(text) is not None


def _within_signs(run: str, wrong: Wrong) -> str | None:
    """Undo a word that stands in signs of the page's own: `«РџСЂРёРІРµС‚»`."""
    heads = range(min(MOST_EDGES, len(run) - len(run.lstrip(_EDGES))), -1, -1)
    tails = range(min(MOST_EDGES, len(run) - len(run.rstrip(_EDGES))), -1, -1)
    for head, tail in product(heads, tails):
        end = len(run) - tail
        if 1 < end - head < len(run) and _is_natural(inner := _exact(run[head:end], wrong)):
            return f"{run[:head]}{inner}{run[end:]}"
    return None


def _exact(run: str, wrong: Wrong) -> str | None:
    try:
        return wrong.undo(run).decode("utf-8")
    except UnicodeError:
        return None


_LATIN_WORD = re.compile(
    "(?:(?<=[A-Za-z])[ÃÄÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]"
    "|[ÃÄÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€](?=[A-Za-z]))"
)


def _latin(match: re.Match[str]) -> str:
    if match[0][1].isalpha():
        return match[0]
    return _exact(match[0], BY_1252) or match[0]


def _westerner(segment: re.Match[str]) -> str:
    """Undo Cyrillic of one byte a letter that was stored as Western letters."""
    runs = _WESTERN.findall(segment[0]) if not segment[0].isascii() else ()
    if len(runs) < _WESTERN_WORDS:
        return segment[0]
    from steppewire_parser import evidence  # see `charset`

    western = BY_1252
    words = b" ".join(map(western.undo, western.run.findall(segment[0])))
    found = evidence.best_reading(words).charset
    if found not in evidence.CYRILLIC or not evidence.overrules(found, "cp1252", words):
        return segment[0]
    single = re.compile(western.run.pattern.removesuffix("{2,}"))
    return single.sub(lambda m: western.undo(m[0]).decode(found, "replace"), segment[0])
