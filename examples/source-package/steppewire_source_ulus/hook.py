"""Mends texts of Ұлыс that were saved twice: `ÒšÐ°Ð»Ð°` was `Қала` once.

Lives beside the parser, which finds it by the entry point `ulus`; loaded when the first page comes.
"""

from __future__ import annotations

from bs4 import Tag
from bs4.element import NavigableString
from ftfy import fix_encoding


def mend(body: Tag) -> None:
    """Mend every text of a body in place."""
    for text in body.find_all(string=True):
        mended = fix_encoding(str(text))
        if mended != text:
            text.replace_with(NavigableString(mended))
