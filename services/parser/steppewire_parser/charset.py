"""Which encoding a page is in: BOM > meta > header > UTF-8, and a guess as the last resort."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The HTML standard looks for the meta tag in the first 1,024 bytes; real pages put it later.
META_WINDOW = 8_192
# A guess from more bytes than this is no better, only slower.
GUESS_WINDOW = 50_000
# UTF-8 with a few broken bytes is still UTF-8 (a title cut in the middle of a letter).
DAMAGE_TOLERATED = 0.01
# A single-byte Cyrillic text: most bytes above 0x7F are small letters of the 1251 table.
CYRILLIC_SHARE = 0.8

_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# What the label says and what browsers do (https://encoding.spec.whatwg.org/#names-and-labels).
_AS_BROWSERS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    # A meta tag that could be read byte by byte is not in UTF-16, whatever it says.
    "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8",
    "utf-32": "utf-8",
}  # fmt: skip
_NO_TEXT = frozenset(
    (
        "base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "undefined",
        "unicode_escape", "raw_unicode_escape", "mbcs", "oem",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Decoded:
    """A page as text."""

    text: str
    charset: str
    facts: tuple[str, ...] = ()


def decode(data: bytes, content_type: str = "") -> Decoded:
    """Turn bytes into text; never fails."""
    for bom, name in BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], name)
    if (wide := wide_charset(data)) is not None:
        return _lenient(data, wide, "charset-guessed")
    declared = declared_charset(data, content_type)
    utf8 = _strictly(data, "utf-8")
    if declared in (None, "utf-8"):
        return Decoded(utf8, "utf-8") if utf8 is not None else _broken_utf8(data, declared)
    if utf8 is not None:
        # Text in another encoding is never valid UTF-8 by chance, unless it is plain ASCII.
        plain = data.isascii()
        return Decoded(utf8, "utf-8", () if plain else ("charset-mismatch",))
    return _as_declared(data, str(declared))


def declared_charset(data: bytes, content_type: str) -> str | None:
    """Return the Python name of the encoding that the meta tag, or else the header, declares."""
    head = data[:META_WINDOW]
    labels = [m[1].decode() for m in (_META.search(head), _XML.search(head)) if m]
    if header := _HEADER.search(content_type):
        labels.append(header[1])
    return next((known for label in labels if (known := _codec(label))), None)


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return {"win-1251": "cp1251", "utf8mb4": "utf-8", "unicode": "utf-8"}.get(label.lower())
    return None if name in _NO_TEXT else _AS_BROWSERS.get(name, name)


def wide_charset(data: bytes) -> str | None:
    """Return which UTF-16 the bytes are in: without a BOM it shows itself by its first tag."""
    start = data[:4]
    if start[:1] == b"<" and start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:2] == b"\0<" else None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _lenient(data: bytes, name: str, *facts: str) -> Decoded:
    text = data.decode(name, "replace")
    damaged = ("charset-damaged",) if "\ufffd" in text and _strictly(data, name) is None else ()
    return Decoded(text, _public(name), facts + damaged)


def _as_declared(data: bytes, name: str) -> Decoded:
    try:
        return _lenient(data, name)
    except (UnicodeError, LookupError):
        # Some codecs of Python cannot replace what they cannot read.
        return _guessed(data)


def _broken_utf8(data: bytes, declared: str | None) -> Decoded:
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= DAMAGE_TOLERATED * len(text):
        return Decoded(text, "utf-8", ("charset-damaged",))
    guess = _guessed(data)
    return guess if declared is None else Decoded(guess.text, guess.charset, ("charset-mismatch",))


def _guessed(data: bytes) -> Decoded:
    window = data[:GUESS_WINDOW]
    best = None if _looks_1251(window) else from_bytes(window, threshold=0.3).best()
    name = best.encoding if best is not None else "cp1251"
    try:
        return _lenient(data, name, "charset-guessed")
    except (UnicodeError, LookupError):
        return _lenient(data, "cp1251", "charset-guessed")


def _looks_1251(window: bytes) -> bool:
    """In 1251 the small Russian letters are 0xE0-0xFF; in KOI8-R those are the capitals."""
    high = [byte for byte in window if byte > 0x7F]
    small = sum(byte >= 0xE0 for byte in high)
    return bool(high) and small >= CYRILLIC_SHARE * len(high)


def _public(name: str) -> str:
    return {"cp1251": "windows-1251", "cp1252": "windows-1252", "cp1254": "windows-1254"}.get(
        name, name
    )
