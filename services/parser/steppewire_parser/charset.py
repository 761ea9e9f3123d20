"""Which encoding a page is in: BOM > meta > header > UTF-8, unless its letters say otherwise.

`evidence` is loaded where letters are asked: few pages need it, and all of its tables take 9 ms.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from steppewire_parser import mojibake

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # The mark of UTF-32 begins with that of UTF-16, so it is asked for first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The HTML standard looks for the meta tag in the first 1,024 bytes; real pages put it later.
META_WINDOW = 8_192
# Where a page is in no UTF-8, its declaration is worth a longer look.
FAR_META_WINDOW = 65_536
# UTF-8 with a few broken bytes is still UTF-8 (a title cut in the middle of a letter).
DAMAGE_TOLERATED = 0.01
# A multi-byte text that has more than this much that it cannot have is in another encoding.
WIDE_DAMAGE_TOLERATED = 0.02
# Fewer foreign bytes than this prove nothing about an encoding.
FEW = 6
# An answer from more bytes than this is no better, only slower.
GUESS_WINDOW = 400_000

_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# Bytes that were no UTF-8, as Python carries them in a text, and several words of them.
_ESCAPED = re.compile("[\udc80-\udcff]")
# What one-byte Cyrillic becomes in Shift_JIS, in which no one writes half-width any more.
_STRANGE = re.compile("[\ufffd\uff61-\uff9f]")
_STRETCH = re.compile("[\udc80-\udcff]+(?:[ ,.-]{1,2}[\udc80-\udcff]+)*")
# What the label says and what browsers do (https://encoding.spec.whatwg.org/#names-and-labels).
_AS_BROWSERS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs",
    # A meta tag that could be read byte by byte is not in UTF-16, whatever it says.
    "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8",
    "utf-32": "utf-8", "utf-32-le": "utf-8", "utf-32-be": "utf-8",
    # No browser reads it: with UTF-7, harmless bytes become tags.
    "utf-7": "utf-8",
}  # fmt: skip
# Labels that pages use and Python does not know.
_ALSO_KNOWN = {
    "win-1251": "cp1251", "win1251": "cp1251", "x-cp1251": "cp1251", "cp-1251": "cp1251",
    "windows1251": "cp1251", "x-cp1252": "cp1252", "cp-1252": "cp1252", "koi8-ru": "koi8-u",
    "koi8": "koi8-r", "koi": "koi8-r", "x-mac-cyrillic": "mac-cyrillic", "x-sjis": "cp932",
    "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "kz-1048": "kz1048", "win-1048": "kz1048",
    "utf8mb4": "utf-8", "unicode": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf": "utf-8",
}  # fmt: skip
_NO_TEXT = frozenset(
    (
        "base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "undefined",
        "unicode_escape", "raw_unicode_escape", "mbcs", "oem",
    )
)  # fmt: skip
_SEVERAL_BYTES = frozenset(("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "euc_jis_2004"))
_BY_ESCAPES = frozenset(("iso2022_jp", "iso2022_kr", "hz"))
# Which of four bytes are empty in ASCII, with which every page begins.
_BY_EMPTY_BYTES: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
_PUBLIC = {
    "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252",
    "cp1253": "windows-1253", "cp1254": "windows-1254", "cp1255": "windows-1255",
    "cp1256": "windows-1256", "cp1257": "windows-1257", "kz1048": "kz-1048", "cp866": "ibm866",
    "cp932": "shift_jis", "cp949": "euc-kr", "big5hkscs": "big5", "euc_jp": "euc-jp",
    "mac-cyrillic": "x-mac-cyrillic", "iso2022_jp": "iso-2022-jp",
}  # fmt: skip


@dataclass(frozen=True)
class Decoded:
    """A page as text."""

    text: str
    charset: str
    facts: tuple[str, ...] = ()

    @property
    def is_data(self) -> bool:
        """Tell whether the bytes of the page are just this text in UTF-8."""
        return self.charset == "utf-8" and not self.facts


def decode(data: bytes, content_type: str = "") -> Decoded:
    """Turn bytes into text; never fails."""
    decoded = _decoded(data, content_type)
    text, facts = mojibake.repair(decoded.text)
    return Decoded(text, decoded.charset, decoded.facts + facts) if facts else decoded


def _decoded(data: bytes, content_type: str) -> Decoded:
    bom = next(((mark, name) for mark, name in BOMS if data.startswith(mark)), None)
    if bom is not None and (bom[1] != "utf-8" or _strictly(data, "utf-8") is not None):
        return _lenient(data[len(bom[0]) :], bom[1])
    if (wide := wide_charset(data)) is not None:
        return _lenient(data, wide, "charset-guessed")
    declared = declared_charset(data, content_type)
    utf8 = _strictly(data, "utf-8")
    if utf8 is None:
        return _not_utf8(data, declared or declared_charset(data, "", FAR_META_WINDOW))
    if declared in _BY_ESCAPES and (b"\x1b" in data or declared == "hz"):
        return _as_named(data, str(declared))
    # Text in another encoding is never valid UTF-8 by chance, unless it is plain ASCII.
    honest = declared in (None, "utf-8") or data.isascii()
    return Decoded(utf8, "utf-8", () if honest else ("charset-mismatch",))


def declared_charset(data: bytes, content_type: str, window: int = META_WINDOW) -> str | None:
    """Return the Python name of the encoding that the meta tag, or else the header, declares."""
    head = data[:window]
    labels = [m[1].decode() for m in (_META.search(head), _XML.search(head)) if m]
    if header := _HEADER.search(content_type):
        labels.append(header[1])
    return next((known for label in labels if (known := _codec(label))), None)


def _codec(label: str) -> str | None:
    if (known := _ALSO_KNOWN.get(label.lower())) is not None:
        return known
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return None if name in _NO_TEXT else _AS_BROWSERS.get(name, name)


def wide_charset(data: bytes) -> str | None:
    """Return which UTF-16 or UTF-32 the bytes are in: without a BOM, its empty bytes show it."""
    head = data[:128]
    if b"\0" not in head or b"<" not in data[:256]:
        return None
    columns = [head[at::4] for at in range(4)]
    return _BY_EMPTY_BYTES.get(tuple(column.count(0) > 0.2 * len(column) for column in columns))


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _lenient(data: bytes, name: str, *facts: str) -> Decoded:
    text = data.decode(name, "replace")
    damaged = ("charset-damaged",) if "\ufffd" in text and _strictly(data, name) is None else ()
    return Decoded(text, _PUBLIC.get(name, name), facts + damaged)


def _as_named(data: bytes, name: str, *facts: str) -> Decoded:
    try:
        return _lenient(data, name, *facts)
    except (UnicodeError, LookupError):
        # Some codecs of Python cannot replace what they cannot read.
        return _lenient(data, "cp1251", "charset-guessed")


def _not_utf8(data: bytes, declared: str | None) -> Decoded:
    """Choose for bytes that are no valid UTF-8: broken UTF-8, the declared, or the evident."""
    text = data.decode("utf-8", "replace")
    broken, whole = text.count("\ufffd"), len(data) - len(text)
    if broken <= whole:
        return _mended_utf8(data)
    if broken <= DAMAGE_TOLERATED * len(text) and declared in (None, "utf-8") and broken < FEW:
        return Decoded(text, "utf-8", ("charset-damaged",))
    from steppewire_parser import evidence

    words = evidence.words_of(data[:GUESS_WINDOW])
    if declared in (None, "utf-8"):
        fact = "charset-guessed" if declared is None else "charset-mismatch"
        return _as_named(data, evidence.evident_charset(data[:GUESS_WINDOW], words), fact)
    return _unless_overruled(data, str(declared), words)


MOST_STRETCHES = 10_000
"""Foreign stretches of a page that are looked at: with more it is noise, and nothing to mend."""


def _mended_utf8(data: bytes) -> Decoded:
    """Read UTF-8 with foreign stretches: comments or adverts that were pasted in as they were."""
    from steppewire_parser import evidence

    text = data.decode("utf-8", "surrogateescape")
    found_all = _STRETCH.findall(text)
    few = found_all if len(found_all) <= MOST_STRETCHES else []
    stretches = [_as_bytes(one) for one in few if _is_long(one)]
    words = b" ".join(stretches)
    if stretches and (found := evidence.best_reading(words)).score > evidence.readable(words):
        text = _STRETCH.sub(
            lambda m: _as_bytes(m[0]).decode(found.charset, "replace") if _is_long(m[0]) else m[0],
            text,
        )
    facts = ("charset-mixed",) if stretches else ("charset-damaged",)
    return Decoded(_ESCAPED.sub("\ufffd", text), "utf-8", facts)


def _as_bytes(escaped: str) -> bytes:
    return escaped.encode("utf-8", "surrogateescape")


def _is_long(stretch: str) -> bool:
    """Say whether enough bytes are foreign to be words, and not one letter that was cut."""
    return len(_ESCAPED.findall(stretch)) >= FEW


def _unless_overruled(data: bytes, declared: str, words: bytes) -> Decoded:
    from steppewire_parser import evidence

    found = evidence.evident_charset(data[:GUESS_WINDOW], words)
    if declared in _SEVERAL_BYTES:
        decoded = _as_named(data, declared)
        strange = len(_STRANGE.findall(decoded.text))
        if strange <= WIDE_DAMAGE_TOLERATED * (len(data) - len(decoded.text) + 1):
            return decoded
        return _as_named(data, found, "charset-mismatch")
    if found in _SEVERAL_BYTES or evidence.overrules(found, declared, words):
        return _as_named(data, found, "charset-mismatch")
    return _as_named(data, declared)
