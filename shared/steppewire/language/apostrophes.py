"""The apostrophes of Uzbek and Kazakh Latin: which characters are one, and which one is meant."""

from __future__ import annotations

import re

APOSTROPHES = "'`´‘’‛′＇ʹʻʼʽʾʿˈˊˋ"
"""Every character that is typed for an apostrophe."""
TURNED_COMMA = "\u02bb"
"""What makes o‘ and g‘ letters of their own: `oʻzbek`, `togʻ`."""
TUTUQ = "\u02bc"
"""The apostrophe between sounds: `maʼno`, `sanʼat`."""

_SOME = re.escape(APOSTROPHES)
_TO_PLAIN = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
# Some of the characters count as letters, so "a letter" has to leave them out.
_LETTER_NEXT = rf"(?=[^\W\d_])(?![{_SOME}])"
# At the end of a word a plain or right one may close a quotation; a left one never does.
_OF_LETTER = re.compile(rf"(?<=[OoGg])(?:[{_SOME}]{_LETTER_NEXT}|[‘ʻ`ʽˋ](?![\w{_SOME}]))")
_BETWEEN = re.compile(rf"(?<=[^\W\d_])(?<![OoGg{_SOME}])[{_SOME}]{_LETTER_NEXT}")


def plain_apostrophes(text: str) -> str:
    """Write every apostrophe as U+0027; the length stays the same."""
    return text.translate(_TO_PLAIN)


def uzbek_form(text: str) -> str:
    """Return the normal form of Uzbek Latin for matching: `o'zbek` and `o‘zbek` are `oʻzbek`.

    Only a form beside the text, which stays as its author wrote it. Offsets stay the same.
    """
    return _BETWEEN.sub(TUTUQ, _OF_LETTER.sub(TURNED_COMMA, text))
