"""Takes what signs and dates an article off the beginning and the end of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from steppewire.dates import behind_date
from steppewire_parser.blocks import Block
from steppewire_parser.bylines import people_in, signers
from steppewire_parser.datelines import labels_date

# So many paragraphs at the beginning and at the end may be signatures.
EDGE = 3
# "Жарияланды: 5 ақпан 2024 Жаңартылды: 6 ақпан 2024"
MAX_DATES, MAX_LABEL_WORDS = 2, 4
# "Nodira Rahimova", "А. Б. Мамин": two or three capitalised words and no full stop.
_SIGNATURE = re.compile(
    r"^(?:[^\W\d_a-zа-яё]{1,2}\.\s?|[^\W\d_a-zа-яё][\w’‘ʻʼ'-]+\s){1,2}[^\W\d_a-zа-яё][\w’‘ʻʼ'-]+$"
)


def without_signature(
    blocks: Sequence[Block], authors: tuple[str, ...]
) -> tuple[list[Block], tuple[str, ...]]:
    """Take bylines and dates off both ends of the body; who signs there may be the author.

    "Дайындаған: Айнұр Серікқызы", "Nodira Rahimova tayyorladi"; some sites print the bare name
    (kun.uz), which is one only where nobody else is known to have written the article.
    """
    kept, found = list(blocks), list[str]()
    for place in (0, -1):
        for _ in range(EDGE):
            names = _edge(kept[place]) if len(kept) > 1 else None
            if names is None:
                break
            kept.pop(place)
            found.extend(name for name in names if name not in found)
    last = kept[-1] if len(kept) > 1 else None
    if last is not None and last.kind == "text" and _SIGNATURE.match(last.text):
        known = authors or tuple(found)
        if people_in(last.text, set()) and (not known or last.text in known):
            kept.pop()
            found = found or [last.text]
    return kept, authors or tuple(found)


def _edge(block: Block) -> list[str] | None:
    """Return who signs in a paragraph that is only a date, a byline, or both; None for a text."""
    if block.kind not in ("text", "subhead"):
        return None
    rest = _behind_dates(block.text)
    if rest == "":
        return []
    return signers(rest) or None


def _behind_dates(text: str) -> str:
    """Return a line without the dates that it begins with, and what they are called."""
    rest = text
    for _ in range(MAX_DATES):
        behind = next((b for b in map(behind_date, _unlabelled(rest)) if b is not None), None)
        if behind is None:
            break
        rest = behind
    return "" if rest != text and _is_date_label(rest) else rest


def _unlabelled(text: str) -> Iterator[str]:
    """Yield a line, and the same behind the words that may say what its date is."""
    yield text
    words = text.split(maxsplit=MAX_LABEL_WORDS)
    for count in range(1, len(words)):
        if labels_date(" ".join(words[:count])):
            yield text.split(maxsplit=count)[count]


def _is_date_label(text: str) -> bool:
    """Tell whether a line ends with what its date is called: "5 ақпан 2024 жарияланды"."""
    return len(text.split()) <= MAX_LABEL_WORDS // 2 and labels_date(text)
