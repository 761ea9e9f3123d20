"""What a text looks like when it is stored: one Unicode form, plain spaces, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

# Zero-width marks have no width, so a reader sees none: removed, not turned into a space.
# Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark, annotations.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc"
)
# Letters that no screen shows; a language model reads them all the same.
_SMUGGLED = "\U000e0000-\U000e0fff"
# Control characters, lone surrogates, noncharacters; and private use, where icon fonts live.
_UNSTORABLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    "\U000f0000-\U0010ffff"
)
_UNSEEN = re.compile(f"[{_INVISIBLE}{_UNSTORABLE}]+")
# A flag of a region is a black flag and such letters: 🏴, g, b, s, c, t.
_TAGS = re.compile(f"(?<![\U0001f3f4{_SMUGGLED}])[{_SMUGGLED}]+")
# Joiners shape Arabic letters and emoji families; next to anything else they are debris.
_JOINER = re.compile(
    "(?<![\u0600-\u06ff\u2600-\u27ff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)"
)
_BLANK = str.maketrans(dict.fromkeys("\u2800\u3164\uffa0", " "))
_RARE = re.compile(f"[{_SMUGGLED}\u2800\u3164\uffa0]")
# Most texts have none of all that, and to see it takes a tenth of the time of removing it.
_ODD = re.compile(
    f"[{_INVISIBLE}{_UNSTORABLE}{_SMUGGLED}\u200c\u200d\u2800\u3164\uffa0\t-\r\x1c-\x1f\x85\xa0\u1680"
    "\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
# Of these alone Python says that they can be printed.
_ODD_IN_PRINT = re.compile(
    "[\u034f\u115f\u1160\u180b-\u180d\u180f\u2800\u3164\uffa0\ufffc\U000e0100-\U000e01ef]"
)
_NO_LETTER = re.compile(r"[\W\d_]")
# The same by bytes, which takes a tenth of the time.
_ASCII = bytes(range(0x80))
_ASCII_SIGNS = bytes(code for code in _ASCII if not chr(code).isalnum())
_NO_ASCII_LETTER = bytes(code for code in range(0x100) if not (code < 0x80 and chr(code).isalpha()))
_NOT_WORD = re.compile(r"[\W_]+")
# Of the signs outside ASCII nearly all are these, by the byte that they begin with: many texts have
# none of it, and to look for it is cheap.
_SIGNS = tuple(
    (signs[0].encode()[:1], tuple(sign.encode() for sign in signs))
    for signs in ("’‘“”„…–—№•", "«»·\u00a0")
)


def normalise(text: str) -> str:
    """Return `text` in NFC, on one line, with single plain spaces and no invisible characters.

    Idempotent. Letters and punctuation stay as written, Uzbek apostrophes included.
    """
    # so are most texts in English, and most addresses and names; a look takes nothing
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = text.replace("\u00a0", " ")
    if _is_plain(text):
        return unicodedata.normalize("NFC", text).strip(" ")
    visible = _UNSEEN.sub("", text)
    if _RARE.search(visible) is not None:
        visible = _TAGS.sub("", visible).translate(_BLANK)
    spaced = " ".join(visible.split())
    if "\u200c" in spaced or "\u200d" in spaced:
        spaced = " ".join(_JOINER.sub("", spaced).split())
    return unicodedata.normalize("NFC", spaced)


def _is_plain(text: str) -> bool:
    """Tell whether a text has nothing that is to be removed, nor spaces to be made one."""
    if "  " in text:
        return False
    return _ODD_IN_PRINT.search(text) is None if text.isprintable() else _ODD.search(text) is None


def squash(text: str) -> str:
    """Return a form for comparing: letters and digits only, without case."""
    if text.isascii():
        return text.lower().encode("ascii").translate(None, _ASCII_SIGNS).decode("ascii")
    folded = unicodedata.normalize("NFKC", text).casefold()
    # to look at each letter takes ten times as long as this
    data = folded.encode("utf-8", "surrogatepass").translate(None, _ASCII_SIGNS)
    for first, signs in _SIGNS:
        if first in data:
            for sign in signs:
                data = data.replace(sign, b"")
    bare = data.decode("utf-8", "surrogatepass")
    return bare if bare.isalnum() else _NOT_WORD.sub("", bare)


def letters(text: str) -> int:
    """Count the letters of any script."""
    data = text.encode("utf-8", "surrogatepass")
    ours = len(data.translate(None, _NO_ASCII_LETTER))
    if len(data) == len(text):
        return ours
    # what is no letter is less than what is one, so that is counted
    others = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    return ours + len(others) - len(_NO_LETTER.findall(others))
