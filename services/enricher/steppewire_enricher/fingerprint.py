"""Fingerprints of a text: equal for copies, near for near copies."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from steppewire.events import Article
from steppewire.language.apostrophes import APOSTROPHES

SHINGLE = 3
WORDS = 20_000
"""Words that the fingerprint reads: a longer text is told apart by its beginning."""
_WORD = re.compile(r"\w+")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_INSIDE = re.compile(rf"(?<=\w)[{APOSTROPHES}](?=\w)")
"""An apostrophe of Uzbek belongs to its word, and half of what is typed leaves it out."""


def folded_words(article: Article) -> list[str]:
    """Return the words of lead and text without case and signs; the title's if there are none.

    Sites that copy an article write a title of their own, so that it does not count.
    """
    body = f"{article.lead or ''} {article.text}"
    words = words_of(body)
    return words or words_of(article.title)


def words_of(text: str) -> list[str]:
    """Return the words of a text without case, signs and apostrophes."""
    if _APOSTROPHE.search(text):  # several times as fast as to look around each
        text = _INSIDE.sub("", text)
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def text_hash(words: Sequence[str]) -> str:
    """Return the SHA-256 of the words: equal for word-for-word copies."""
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


def simhash(words: Sequence[str]) -> str:
    """Return the 64-bit SimHash of word shingles as 16 hex digits (Charikar 2002)."""
    if not words:
        return "0" * 16
    coded = [word.encode("utf-8", "replace") for word in words[:WORDS]]
    last = max(1, len(coded) - SHINGLE + 1)
    shingles = {b" ".join(coded[i : i + SHINGLE]) for i in range(last)}
    blake2b = hashlib.blake2b
    digests = b"".join([blake2b(shingle, digest_size=8).digest() for shingle in shingles])
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(bits)
    return np.packbits(majority).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Return in how many of 64 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
