"""Lines that begin with a date or are nothing else: "Бейсенбі, 5 ақпан 2024", "2 саат мурун"."""

from __future__ import annotations

import re

from steppewire.dates.forms import named_days
from steppewire.dates.relative import agos
from steppewire.dates.shapes import shape_of

MAX_CHARS = 120
_DATE = "="
# The day, its time, weekdays, small words, and what stands between.
_BORDER = r"[ .,/|()\[\]\-]*+"
_BEGINNING = re.compile(rf"{_BORDER}(?:(?:=|[tYDWo]|u(?= d[:.])|d[:.]d(?::d)?(?: ?p)?){_BORDER})++")


def behind_date(text: str) -> str | None:
    """Return what a line says behind the date that it begins with; None where there is no date.

    "" is a line that is a date and nothing else.
    """
    if len(text) > MAX_CHARS:
        return None
    shape = shape_of(text)
    signs = list(shape.signs)
    for named in named_days(shape):
        if named.year is not None:
            signs[named.start : named.end] = _DATE * (named.end - named.start)
    for ago in agos(shape):
        signs[ago.start : ago.end] = _DATE * (ago.end - ago.start)
    match = _BEGINNING.match("".join(signs))
    if match is None or _DATE not in match[0]:
        return None
    rest = shape.tokens[match.end() :]
    return text[rest[0].start :] if rest else ""
