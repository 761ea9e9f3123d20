"""Bodies that are too large, endless, or not what they say."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

import brotli
import pytest

from steppewire.testing.hostile import CHUNKED, OK, Ending, Hostile
from steppewire.testing.site import PAGE, Reply, encoded, endless, headed, raw
from steppewire_fetcher.inflate import zstd

ZEROS = bytes(20_000_000)
HALF = gzip.compress(PAGE * 50)[:-30]


def _wide() -> bytes:
    """Return a page as zstd with a window of 128 MB, which it does not need."""
    wide = zstd.ZstdCompressor(
        options={
            zstd.CompressionParameter.window_log: 27,
            zstd.CompressionParameter.content_size_flag: 0,
        }
    )
    return wide.compress(PAGE) + wide.flush()


@cache
def bodies() -> dict[str, tuple[Reply, str]]:
    """Return what bad bodies come as, and what must come of each."""
    return {
        "gzip bomb": (encoded("gzip", gzip.compress(ZEROS)), "too-large"),
        "deflate bomb": (encoded("deflate", zlib.compress(ZEROS)), "too-large"),
        "brotli bomb": (encoded("br", brotli.compress(ZEROS, quality=1)), "too-large"),
        "zstd bomb": (encoded("zstd", zstd.compress(ZEROS)), "too-large"),
        "gzip in gzip bomb": (
            encoded("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
            "too-large",
        ),
        "brotli in gzip bomb": (
            encoded("br, gzip", gzip.compress(brotli.compress(ZEROS, quality=1))),
            "too-large",
        ),
        "three layers": (encoded("gzip, gzip, gzip", b"x"), "bad-body"),
        "a hundred layers": (encoded(", ".join(["br"] * 100), b"x"), "bad-body"),
        "zstd with a window of 128 MB": (encoded("zstd", _wide()), "bad-body"),
        "unknown encoding": (encoded("compress", b"x"), "bad-body"),
        "encoding with a line of nonsense": (encoded("%s" * 50, b"x"), "bad-body"),
        "not gzip at all": (encoded("gzip", PAGE), "bad-body"),
        "not brotli at all": (encoded("br", PAGE), "bad-body"),
        "not zstd at all": (encoded("zstd", PAGE), "bad-body"),
        "gzip cut off": (encoded("gzip", HALF), "bad-body"),
        "endless page": (endless(OK + b"\r\n<html>", b"<p>on and on</p>" * 500), "too-large"),
        "endless chunks": (endless(CHUNKED, b"400\r\n" + bytes(1024) + b"\r\n"), "too-large"),
        "endless bytes after the end of gzip": (
            endless(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE), bytes(9000)),
            "too-large",
        ),
        "endless brotli that comes to nothing": (
            endless(OK + b"Content-Encoding: br\r\n\r\n", b"\x06" * 9000),
            "bad-body|too-large",
        ),
        "length of a terabyte, then nothing": (
            headed("Content-Length: 1000000000000", body=b"<html>"),
            "unreachable",
        ),
        "negative length": (headed("Content-Length: -5", body=PAGE), "unreachable"),
        "two lengths": (headed("Content-Length: 5", "Content-Length: 9", body=PAGE), "unreachable"),
        "chunk size of nonsense": (raw(CHUNKED + b"ZZ\r\n"), "unreachable"),
        "chunk size beyond 64 bits": (raw(CHUNKED + b"F" * 20 + b"\r\n"), "unreachable"),
        "chunks cut off": (raw(CHUNKED + b"400\r\nabc"), "unreachable"),
    }


@pytest.mark.parametrize("case", bodies())
async def test_a_bad_body_ends_as_it_should(hostile: Hostile, ending: Ending, case: str) -> None:
    hostile.site.replies["/"], expected = bodies()[case]

    assert await ending("http://news.test:{bad}/") in expected.split("|")
