"""What a text looks like when it is stored: one Unicode form, plain spaces, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

# Zero-width marks have no width, so a reader sees none: removed, not turned into a space.
# Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+"
)
# Joiners shape Arabic letters and emoji families; next to anything else they are debris.
_JOINER = re.compile(
    "(?<![\u0600-\u06ff\u2600-\u27ff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)"
)
# Control characters, lone surrogates, noncharacters; and private use, where icon fonts live.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    "\U000f0000-\U0010ffff]"
)
_SPACES = re.compile(r"[\s\u2800\u3164]+")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Return `text` in NFC, on one line, with single plain spaces and no invisible characters.

    Idempotent. Letters and punctuation stay as written, Uzbek apostrophes included.
    """
    visible = _INVISIBLE.sub("", _UNSTORABLE.sub("", text))
    spaced = _SPACES.sub(" ", visible)
    composed = unicodedata.normalize("NFC", _JOINER.sub("", spaced))
    return composed.strip(" ")


def squash(text: str) -> str:
    """Return a form for comparing: letters and digits only, without case."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def letters(text: str) -> int:
    """Count the letters of any script."""
    return len(_LETTER.findall(text))
