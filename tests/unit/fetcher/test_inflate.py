from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.inflate import BadEncoding, Inflater, TooLarge, gunzip, zstd

CAP = 10_000


def inflate(encoding: str, data: bytes, *, cap: int = CAP, step: int = 100) -> bytes:
    inflater = Inflater(encoding, cap)
    for start in range(0, len(data), step):
        inflater.feed(data[start : start + step])
    return inflater.body()


@given(st.binary(max_size=CAP), st.integers(1, 4096))
def test_gzip_comes_out_as_it_went_in_however_it_is_cut(data: bytes, step: int) -> None:
    assert inflate("gzip", gzip.compress(data), step=step) == data


def test_deflate_is_read_with_and_without_its_zlib_wrapping() -> None:
    raw = zlib.compressobj(wbits=-15)

    assert inflate("deflate", zlib.compress(b"steppe" * 9)) == b"steppe" * 9
    assert inflate("deflate", raw.compress(b"steppe" * 9) + raw.flush()) == b"steppe" * 9


def test_two_layers_are_undone_in_order() -> None:
    assert inflate("deflate, gzip", gzip.compress(zlib.compress(b"wire"))) == b"wire"


def test_a_bomb_is_stopped_at_the_cap() -> None:
    bomb = gzip.compress(bytes(50_000_000))

    with pytest.raises(TooLarge) as caught:
        inflate("gzip", bomb, step=65_536)
    assert len(caught.value.kept) == CAP


def test_a_bomb_inside_a_bomb_is_stopped_at_the_cap() -> None:
    with pytest.raises(TooLarge):
        inflate("gzip, gzip", gzip.compress(gzip.compress(bytes(50_000_000))), step=65_536)


def test_exactly_the_cap_is_still_fine() -> None:
    assert len(inflate("", bytes(CAP))) == CAP


def test_one_byte_more_than_the_cap_is_too_much() -> None:
    with pytest.raises(TooLarge):
        inflate("", bytes(CAP + 1))


@pytest.mark.parametrize("encoding", ["compress", "dcb", "gzip, gzip, gzip", "nonsense"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        Inflater(encoding, CAP)


def test_a_body_that_is_not_what_its_header_says_is_refused() -> None:
    with pytest.raises(BadEncoding):
        inflate("gzip", b"<html>not compressed at all</html>")


def test_a_body_that_ends_too_early_is_refused() -> None:
    whole = gzip.compress(bytes(range(256)) * 30)

    with pytest.raises(BadEncoding, match="too early"):
        inflate("gzip", whole[:-200])


def test_nothing_at_all_is_an_empty_body() -> None:
    assert inflate("gzip", b"") == b""


def test_a_file_that_is_not_gzipped_is_left_as_it_is() -> None:
    assert gunzip(b"<urlset/>", CAP) == b"<urlset/>"


def test_a_gzipped_file_that_is_cut_off_gives_its_beginning() -> None:
    whole = gzip.compress("қазақ ".encode() * 1000, compresslevel=0)

    assert gunzip(whole[:3000], CAP).startswith("қазақ ".encode())


@given(st.binary(max_size=CAP), st.integers(1, 4096))
def test_brotli_and_zstd_come_out_as_they_went_in(data: bytes, step: int) -> None:
    assert inflate("br", brotli.compress(data, quality=1), step=step) == data
    assert inflate("zstd", zstd.compress(data), step=step) == data


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate"])
def test_bombs_of_every_encoding_are_stopped_at_the_cap(encoding: str) -> None:
    zeros = bytes(5_000_000)
    packed = {
        "br": brotli.compress(zeros, quality=1),
        "zstd": zstd.compress(zeros),
        "deflate": zlib.compress(zeros),
    }

    with pytest.raises(TooLarge) as caught:
        inflate(encoding, packed[encoding], step=65_536)
    assert len(caught.value.kept) <= CAP


def test_bytes_without_end_after_the_end_are_too_much() -> None:
    with pytest.raises(TooLarge):
        inflate("gzip", gzip.compress(b"wire") + bytes(3 * CAP))


def test_a_stream_of_brotli_or_zstd_that_is_cut_off_is_told() -> None:
    for encoding, data in (("br", brotli.compress(b"w" * 99)), ("zstd", zstd.compress(b"w" * 99))):
        inflater = Inflater(encoding, CAP)
        inflater.feed(data[:-2])
        inflater._kept += b"w"
        with pytest.raises(BadEncoding):
            inflater.body()


def test_a_body_that_came_as_gzip_is_handed_on_as_it_came() -> None:
    data = gzip.compress(b"wire" * 99)
    inflater = Inflater("gzip", CAP)
    for start in range(0, len(data), 7):
        inflater.feed(data[start : start + 7])

    assert inflater.packed() == data


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", b"wire"),
        ("br", brotli.compress(b"wire")),
        ("gzip, gzip", gzip.compress(gzip.compress(b"wire"))),
        ("gzip", gzip.compress(b"wire") + b"\0" * 20),
        ("gzip", gzip.compress(b"wire") + gzip.compress(b"hidden")),
        ("gzip", gzip.compress(b"wire")[:-4]),
        ("gzip", b""),
    ],
)
@pytest.mark.parametrize("step", [1, 1000])
def test_what_is_no_single_whole_gzip_stream_is_not_handed_on(
    encoding: str, data: bytes, step: int
) -> None:
    inflater = Inflater(encoding, CAP)
    for start in range(0, len(data), step):
        inflater.feed(data[start : start + step])

    assert inflater.packed() is None
