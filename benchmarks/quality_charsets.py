"""How often an undeclared encoding is told right, beside other tools, by the length of the text.

    make quality-charsets DATA=folder

DATA holds `langid/dev.jsonl.gz`, texts with their language (fields `text`, `cls`). Each text is put
into a page and written in the encodings that its language has; an answer is right when it gives the
text back, whatever it is called.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from steppewire_parser.charset import decode

WRITTEN_IN = {
    "ru-Cyrl": ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic"),
    "uk-Cyrl": ("cp1251", "koi8-u", "iso8859-5"),
    "kk-Cyrl": ("kz1048", "ptcp154"),
    "uz-Cyrl": ("ptcp154",),
    "ky-Cyrl": ("ptcp154",),
    "tg-Cyrl": ("koi8-t", "ptcp154"),
    "tr-Latn": ("cp1254",),
}
LENGTHS = (0, 20, 50, 120, 400)
MOST_OF_A_KIND = 60
UNITS = ("pair", "w4", "w8", "headline", "sent", "doc")
# What an old page would not have had, and wrote otherwise.
_PLAIN = str.maketrans("ʻ“”—–’‘", "'«»--''")
# The names of browsers, where Python has another.
_IN_PYTHON = {
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    "maccyrillic": "mac-cyrillic",
}
Read = Callable[[bytes], str]


class Page(NamedTuple):
    """A page as text and as bytes, and how many of its letters tell encodings apart."""

    text: str
    data: bytes
    letters: int


def main() -> None:
    """Print the share of right answers for each tool and length."""
    pages = list(written(Path(sys.argv[1]) / "langid/dev.jsonl.gz"))
    bounds = [*LENGTHS[1:], 10**9]
    print(f"{len(pages)} pages; letters outside ASCII:")
    heads = [f"{low}-{high}" for low, high in zip(LENGTHS, bounds, strict=True)]
    print(f"{'tool':20} {'all':>7} " + " ".join(f"{head:>12}" for head in heads) + "   ms a page")
    for name, read in available():
        print(row(name, read, pages))


def written(file: Path) -> Iterator[Page]:
    """Yield every text in every encoding that can hold it."""
    chance = random.Random(1)
    kinds: dict[tuple[str, str], list[str]] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            if one["cls"] in WRITTEN_IN and one["unit"] in UNITS:
                kinds.setdefault((one["cls"], one["unit"]), []).append(one["text"])
    for (language, _), texts in kinds.items():
        chance.shuffle(texts)
        for text in texts[:MOST_OF_A_KIND]:
            yield from _pages(text, language)


def _pages(text: str, language: str) -> Iterator[Page]:
    for charset in WRITTEN_IN[language]:
        for one in (text, text.translate(_PLAIN)):
            html = f"<html><head><title>1</title></head><body><p>{one}</p></body></html>"
            try:
                data = html.encode(charset)
            except UnicodeEncodeError:
                continue
            if not data.isascii():
                yield Page(html, data, sum(letter > "\x7f" for letter in one))
            break


def row(name: str, read: Read, pages: list[Page]) -> str:
    """Score one tool."""
    right: Counter[int] = Counter()
    every: Counter[int] = Counter()
    begin = time.process_time()
    for page in pages:
        length = max(low for low in LENGTHS if page.letters >= low)
        every[length] += 1
        right[length] += read(page.data) == page.text
    spent = 1000 * (time.process_time() - begin) / len(pages)
    cells = [f"{right[low] / max(1, every[low]):12.3f}" for low in LENGTHS]
    return f"{name:20} {right.total() / every.total():7.3f} {' '.join(cells)} {spent:11.2f}"


def available() -> Iterator[tuple[str, Read]]:
    """Yield ours, and every other tool that is installed."""
    yield "steppewire", lambda data: decode(data).text
    makers = (("chardet", _chardet), ("charset_normalizer", _normalizer), ("chardetng_py", _ng))
    for name, make in makers:
        try:
            yield name, make()
        except ImportError:
            print(f"{name} is not installed: `make quality-charsets` installs it")


def _named(data: bytes, name: str | None) -> str:
    try:
        return data.decode(_IN_PYTHON.get((name or "").lower(), name or "ascii"), "replace")
    except LookupError:
        return ""


def _chardet() -> Read:
    chardet = import_module("chardet")
    return lambda data: _named(data, chardet.detect(data)["encoding"])


def _normalizer() -> Read:
    library = import_module("charset_normalizer")

    def read(data: bytes) -> str:
        best = library.from_bytes(data, threshold=0.3).best()
        return _named(data, best.encoding if best else None)

    return read


def _ng() -> Read:
    library = import_module("chardetng_py")

    def read(data: bytes) -> str:
        detector = library.EncodingDetector()
        detector.feed(data, last=True)
        return _named(data, detector.guess(tld=None, allow_utf8=False))

    return read


if __name__ == "__main__":
    main()
