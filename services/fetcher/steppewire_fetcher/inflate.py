"""Undoing Content-Encoding with a limit on what comes out, so that no bomb goes off.

httpx decodes a whole network chunk at once: 64 KB of gzip can become 64 MB before anybody counts.
Here every step is bounded.
"""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
ACCEPT_ENCODING = "gzip, deflate"
_MAX_LAYERS = 2
_GZIP, _ZLIB, _RAW = 31, 15, -15


class TooLarge(Exception):
    """More bytes than the cap allows; `kept` holds the ones within it."""

    def __init__(self, kept: bytes) -> None:
        super().__init__(f"more than {len(kept)} bytes")
        self.kept = kept


class BadEncoding(Exception):
    """The body is not encoded as its header says, or in a way we did not ask for."""


class Inflater:
    """Collects a body chunk by chunk; never holds more than `cap` decoded bytes."""

    def __init__(self, encoding: str, cap: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
        layers = [name for name in reversed(names) if name != "identity"]
        if len(layers) > _MAX_LAYERS:
            raise BadEncoding(f"{len(layers)} layers of Content-Encoding")
        self._layers = [_Layer(name) for name in layers]
        self._kept = bytearray()
        self._cap = cap

    def feed(self, chunk: bytes) -> None:
        """Take the next encoded bytes; raise TooLarge or BadEncoding."""
        for layer in self._layers:
            chunk = layer.decode(chunk, self._cap + 1)
        room = self._cap - len(self._kept)
        self._kept += chunk[:room]
        if len(chunk) > room:
            raise TooLarge(bytes(self._kept))

    def body(self) -> bytes:
        """Return what was collected; a body cut off in the middle raises BadEncoding."""
        if any(layer.unfinished for layer in self._layers) and self._kept:
            raise BadEncoding("the compressed body ends too early")
        return bytes(self._kept)


class _Layer:
    """One gzip or deflate layer."""

    def __init__(self, name: str) -> None:
        if name not in ("gzip", "x-gzip", "deflate"):
            raise BadEncoding(f"Content-Encoding {name[:40]!r} was not asked for")
        self._deflate = name == "deflate"
        self._stream = zlib.decompressobj(_ZLIB if self._deflate else _GZIP)
        self._begun = False

    @property
    def unfinished(self) -> bool:
        """Tell whether the end of the stream has not been seen."""
        return not self._stream.eof

    def decode(self, chunk: bytes, limit: int) -> bytes:
        if not chunk or self._stream.eof:  # servers pad after the end; browsers ignore it, too
            return b""
        try:
            out = self._stream.decompress(chunk, limit)
        except zlib.error as error:
            out = self._decode_raw(chunk, limit, error)
        self._begun = True
        return out

    def _decode_raw(self, chunk: bytes, limit: int, error: zlib.error) -> bytes:
        # "deflate" should mean zlib, but some servers send the raw stream (RFC 9110, 8.4.1.2)
        if self._begun or not self._deflate:
            raise BadEncoding(str(error)) from None
        self._stream = zlib.decompressobj(_RAW)
        try:
            return self._stream.decompress(chunk, limit)
        except zlib.error:
            raise BadEncoding(str(error)) from None


def gunzip(data: bytes, cap: int) -> bytes:
    """Return `data` without its gzip wrapping, if it has one. A cut-off end keeps what is there.

    Raises TooLarge, or BadEncoding when not even its beginning can be read.
    """
    if not data.startswith(GZIP_MAGIC):
        return data
    inflater = Inflater("gzip", cap)
    inflater.feed(data)
    return bytes(inflater._kept)
