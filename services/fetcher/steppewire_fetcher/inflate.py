"""Undoing Content-Encoding with a limit on what comes out, so that no bomb goes off.

HTTP clients decode a whole network chunk at once: 64 KB of gzip can become 64 MB, and of brotli
64 GB, before anybody counts. Here every step is bounded.
"""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

GZIP_MAGIC = b"\x1f\x8b"
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_MAX_LAYERS = 2
"""Encodings on top of each other; no server of goodwill has more."""
_GZIP, _ZLIB, _RAW = 31, 15, -15
_ZSTD_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
"""RFC 9659: a window of at most 8 MB; a frame could ask for 2 GB of memory."""


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
        self._layers = [_layer(name) for name in layers]
        self._passed = [0] * len(layers)
        self._kept = bytearray()
        self._packed = bytearray() if layers in (["gzip"], ["x-gzip"]) else None
        self._cap = cap
        self._raw_cap = cap + cap // 100 + 1024  # what cannot be compressed grows a little

    def feed(self, chunk: bytes) -> None:
        """Take the next encoded bytes; raise TooLarge or BadEncoding."""
        if self._packed is not None:
            self._packed += chunk
        for at, layer in enumerate(self._layers):
            self._passed[at] += len(chunk)
            chunk = layer.decode(chunk, self._cap + 1)
        room = self._cap - len(self._kept)
        self._kept += chunk[:room]
        # what goes into a layer counts, too: it may be endless and come to nothing
        if len(chunk) > room or max(self._passed, default=0) > self._raw_cap:
            raise TooLarge(bytes(self._kept))

    def body(self) -> bytes:
        """Return what was collected; a body cut off in the middle raises BadEncoding."""
        if any(layer.unfinished for layer in self._layers) and self._kept:
            raise BadEncoding("the compressed body ends too early")
        return bytes(self._kept)

    def packed(self) -> bytes | None:
        """Return the body as it came, if that is one whole gzip stream and nothing else.

        It has been read to its end, its checksum included: whoever reads it gets just `body`.
        """
        whole = self._packed and isinstance(self._layers[0], _Zlib) and self._layers[0].exact
        return bytes(self._packed or b"") if whole else None


class _Layer(Protocol):
    """One layer of encoding. Servers pad after its end; browsers ignore that, and so do we."""

    @property
    def unfinished(self) -> bool:
        """Tell whether the end of the stream has not been seen."""

    def decode(self, chunk: bytes, limit: int) -> bytes:
        """Return at most about `limit` decoded bytes; raise BadEncoding."""


def _layer(name: str) -> _Layer:
    match name:
        case "gzip" | "x-gzip" | "deflate":
            return _Zlib(deflate=name == "deflate")
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
        case _:
            raise BadEncoding(f"Content-Encoding {name[:40]!r} was not asked for")


class _Zlib:
    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._stream = zlib.decompressobj(_ZLIB if deflate else _GZIP)
        self._begun = False
        self._padded = False

    @property
    def unfinished(self) -> bool:
        return not self._stream.eof

    @property
    def exact(self) -> bool:
        """Tell whether the stream has ended, and with the last byte that came."""
        return self._stream.eof and not self._padded and not self._stream.unused_data

    def decode(self, chunk: bytes, limit: int) -> bytes:
        if not chunk or self._stream.eof:
            self._padded = self._padded or bool(chunk)
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


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def unfinished(self) -> bool:
        return not self._stream.is_finished()

    def decode(self, chunk: bytes, limit: int) -> bytes:
        if not chunk or self._stream.is_finished():
            return b""
        try:
            # what is left over above the limit stays inside; the caller stops there anyway
            return bytes(self._stream.process(chunk, output_buffer_limit=limit))
        except brotli.error as error:
            raise BadEncoding(str(error)) from None


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)

    @property
    def unfinished(self) -> bool:
        return not self._stream.eof

    def decode(self, chunk: bytes, limit: int) -> bytes:
        if not chunk or self._stream.eof:
            return b""
        try:
            return self._stream.decompress(chunk, limit)
        except zstd.ZstdError as error:
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
