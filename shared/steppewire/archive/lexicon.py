"""The words that a writer has met: what the index keeps of each, and whose stems are still to note.

The index of a text keeps its words; which words have which stem is kept once for all texts. Most
words of an article were met before; what they then cost is to fetch them from memory, so what is
known of a word is one string.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from steppewire.archive.folding import TITLE, all_words, forms, joined, often, split

MOST = 1 << 17
"""Words at hand: most that four languages use. Some 30 MB."""
_LEFT_OUT = "\t"


class Lexicon(dict[str, str]):
    """What the index keeps of texts; one for each archive that is written to.

    Under a word stand the forms that the index keeps, by spaces; after a tab, the stems that it
    leaves out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unsure: set[str] = set()

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST:
            self.clear()
        kept, left_out = split(forms(word))
        if left_out:
            self._unsure.add(word)
        entry = self[word] = f"{' '.join(kept)}{_LEFT_OUT}{' '.join(left_out)}"
        return entry

    def terms(self, texts: Iterable[str], title: str = "") -> str:
        """Return what the index keeps of an article, by spaces; it is found as by `index_terms`.

        Its words without their stems, those of the title once more, marked, and what comes often,
        counted over all forms of a word.
        """
        entries = [self[word] for word in all_words(texts)]
        counts = Counter(" ".join(entries).split())
        titles = (TITLE + form for form in _kept(self[word] for word in all_words([title])))
        return joined((*titles, *often(counts), *_kept(dict.fromkeys(entries))))

    def unsure(self) -> frozenset[str]:
        """Return words whose stems may not be noted yet."""
        return frozenset(self._unsure)

    def know(self, words: frozenset[str]) -> None:
        """Remember that the stems of words are noted, and committed."""
        self._unsure -= words


def _kept(entries: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(" ".join([one.partition(_LEFT_OUT)[0] for one in entries]).split())


def stems(words: Iterable[str]) -> list[tuple[str, str]]:
    """Return the stems of words that the index of a text leaves out, each with its word.

    In order, so that no two writers who note them wait for each other.
    """
    found = (forms(word) for word in words)
    return sorted({(stem, one[0]) for one in found for stem in split(one)[1]})
