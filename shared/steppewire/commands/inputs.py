"""What the words after a command stand for: files, `-`, addresses, and lists of these."""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from steppewire.errors import NotFound

STDIN = "-"
STDIN_DESCRIPTOR = 0
READ_AT_ONCE = 1 << 16
"""Bytes that are asked of standard input in one go, and most that a list is read by."""


class Fault(NamedTuple):
    """Why an input cannot be read, with the remedy."""

    reason: str
    detail: str


class Unread(Exception):
    """An input cannot be read."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.fault = Fault(reason, detail)


@dataclass(frozen=True)
class Input:
    """One thing to read."""

    name: str
    """As it was given: a path, an address, or `-`."""
    url: str | None = None
    """The address that it was fetched from, as far as it was told."""
    data: bytes | None = None
    """What is in it, where that is at hand."""
    content_type: str = ""
    """The header with which it came."""
    fault: Fault | None = None
    """Why there is nothing in it."""


def inputs_of(
    words: Sequence[str], lists: Sequence[Path] = (), *, url: str | None = None
) -> Iterable[Input]:
    """Return what words and lists name, in that order; a `@LIST` among the words is a list.

    Raises NotFound for a list that is not there.
    """
    longer = [*(word[1:] for word in words if word[:1] == "@"), *map(str, lists)]
    for path in longer:
        if not Path(path).is_file():
            raise NotFound(f"no list at {path}: give a file of paths, or of JSON lines")
    if not longer:
        return [Input(word, url) for word in words]
    return _in_turn(words, lists, url)


def _in_turn(words: Sequence[str], lists: Sequence[Path], url: str | None) -> Iterator[Input]:
    for word in words:
        if word[:1] == "@":
            yield from listed(Path(word[1:]))
        else:
            yield Input(word, url)
    for path in lists:
        yield from listed(path)


def listed(path: Path) -> Iterator[Input]:
    """Yield the inputs of a list: one path a line, or JSON lines with `file` and `url`."""
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            if text := line.strip().removeprefix("\ufeff"):
                yield _of_line(text, f"{path}:{number}")


def _of_line(line: str, place: str) -> Input:
    if not line.startswith("{"):
        return Input(line)
    try:
        said: dict[str, Any] = json.loads(line)
        name, url = said.get("file") or said.get("url"), said.get("url")
    except ValueError:
        name = url = None
    if not isinstance(name, str) or not isinstance(url, str | None):
        wrong = f'{place}: write a path, or JSON with "file" and, if known, "url"'
        return Input(place, fault=Fault("bad-line", wrong))
    return Input(name, url)


def is_address(name: str) -> bool:
    """Tell whether a name is meant to be the address of a page."""
    scheme, mark, _ = name.partition("://")
    return bool(mark) and scheme.isalpha()


def read(one: Input, *, most: int, kinds: str) -> bytes:
    """Return what is in an input: `data`, or the bytes of the file. Raises Unread.

    `most` is the longest that is read (bytes), `kinds` what the command takes, for people.
    """
    if one.fault is not None:
        raise Unread(*one.fault)
    if one.data is not None:
        return _short_enough(one.data, most)
    try:
        return _file(one.name, most, kinds)
    except FileNotFoundError:
        raise Unread("missing", f"there is no file {one.name}: give {kinds}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or error
        raise Unread("unreadable", f"{one.name} cannot be read: {why}") from None


def _file(name: str, most: int, kinds: str) -> bytes:
    if os.path.isdir(name):
        raise Unread("folder", f"{name} is a folder: give what is in it, {kinds}")
    with open(name, "rb") as file:
        # to make room for the longest takes ten times as long as to read a page
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size, most) + 1)
        if size < len(data) <= most:  # it grows, or has no size, as a pipe
            data += file.read(most + 1 - len(data))
        return _short_enough(data, most)


def _short_enough(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise Unread("too-long", f"longer than the {most:,} bytes that are read")
    return data


def from_stdin(most: int) -> bytes:
    """Return all of standard input, at most one byte more than `most`."""
    return sys.stdin.buffer.read(most + 1)


class Lines:
    """The lines of a stream as they come: a supply of `answers` that never waits for the next."""

    def __init__(self, descriptor: int, *, longest: int) -> None:
        self._descriptor, self._longest, self._ended = descriptor, longest, False
        self._ready: list[bytes] = []
        self._begun: list[bytes] = []
        self._length = 0

    @property
    def over(self) -> bool:
        """The stream has ended, and all its lines are taken."""
        return self._ended and not self._ready

    def fileno(self) -> int:
        """Return what to wait on."""
        return self._descriptor

    def take(self, most: int) -> Sequence[bytes]:
        """Return the lines that are at hand, without their ends; one too long is cut."""
        while not self._ended and len(self._ready) < most and self._readable():
            self._read()
        taken, self._ready = self._ready[:most], self._ready[most:]
        return taken

    def _readable(self) -> bool:
        return bool(select.select([self._descriptor], [], [], 0)[0])

    def _read(self) -> None:
        chunk = os.read(self._descriptor, READ_AT_ONCE)
        first, *others = chunk.split(b"\n")
        self._begin(first)
        for line in others:
            self._ready.append(b"".join(self._begun))
            self._begun, self._length = [], 0
            self._begin(line)
        if not chunk:
            self._ended = True
            self._ready += [b"".join(self._begun)] if self._begun else []

    def _begin(self, piece: bytes) -> None:
        kept = piece[: self._longest - self._length]
        self._length += len(kept)
        if kept:
            self._begun.append(kept)


def json_line(record: dict[str, Any]) -> bytes:
    """Return a record as one line of JSON in UTF-8."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    # half a surrogate pair has no bytes in UTF-8; as an escape it is JSON and means the same
    return text.encode("utf-8", "backslashreplace") + b"\n"


def write(chunks: Iterable[bytes]) -> None:
    """Write to standard output, each piece at once: somebody may wait for it."""
    out = sys.stdout.buffer
    for chunk in chunks:
        out.write(chunk)
        out.flush()
