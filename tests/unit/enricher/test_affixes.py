"""The keys of how words begin and end, of all words at once."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.affixes import LETTERS, LONGEST, affix_keys

WORDS = st.one_of(st.text(max_size=10), st.text("аәғaz-1é«", max_size=15))


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_keys_are_checksums_of_every_beginning_and_end_that_is_shorter_than_the_word(words):
    keys, known = affix_keys(words)

    for word, row, has_all in zip(words, keys.tolist(), known.tolist(), strict=True):
        assert has_all == all(ord(letter) < LETTERS for letter in word)
        counted = range(1, LONGEST + 1) if has_all else ()
        ends = {n: zlib.crc32(f"s{n}:{word[-n:]}".encode()) for n in counted if n < len(word)}
        begins = {n: zlib.crc32(f"p{n}:{word[:n]}".encode()) for n in counted if n < len(word)}
        places = range(1, LONGEST + 1)
        assert row == [*(begins.get(n, 0) for n in places), *(ends.get(n, 0) for n in places)]
