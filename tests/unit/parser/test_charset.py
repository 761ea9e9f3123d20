"""Which encoding a page is in."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppewire_parser.charset import decode
from steppewire_parser.sniff import why_not_html

RUSSIAN = "<html><body><p>В области завершили уборку урожая зерновых культур.</p></body></html>"


def meta(name: str) -> str:
    return f'<meta charset="{name}">'


def test_a_bom_wins_over_everything():
    data = codecs.BOM_UTF8 + (meta("windows-1251") + RUSSIAN).encode()

    assert decode(data, "text/html; charset=koi8-r").charset == "utf-8"


def test_the_meta_tag_wins_over_the_header():
    decoded = decode((meta("windows-1251") + RUSSIAN).encode("cp1251"), "text/html; charset=koi8-r")

    assert (decoded.charset, decoded.facts) == ("windows-1251", ())
    assert RUSSIAN in decoded.text


def test_the_header_counts_where_there_is_no_meta_tag():
    decoded = decode(RUSSIAN.encode("koi8-r"), "text/html; charset=KOI8-R")

    assert decoded.text == RUSSIAN


def test_utf8_needs_no_declaration():
    assert decode(RUSSIAN.encode()).facts == ()


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251"])
def test_utf8_under_a_wrong_name_is_still_utf8(declared):
    decoded = decode((meta(declared) + RUSSIAN).encode())

    assert RUSSIAN in decoded.text
    assert decoded.facts == ("charset-mismatch",)


def test_an_undeclared_windows_1251_is_guessed():
    decoded = decode(RUSSIAN.encode("cp1251"))

    assert decoded.text == RUSSIAN
    assert decoded.facts == ("charset-guessed",)


def test_a_letter_cut_in_two_does_not_change_the_encoding():
    decoded = decode(RUSSIAN.encode()[:-20] + "й".encode()[:1] + b"</p>" + b"x" * 200)

    assert decoded.charset == "utf-8"
    assert decoded.facts == ("charset-damaged",)


def test_utf16_without_bom_shows_itself():
    assert decode(RUSSIAN.encode("utf-16-le")).text == RUSSIAN


@pytest.mark.parametrize("label", ["base64", "no-such-charset", "rot13", "utf-16", "undefined"])
def test_a_label_that_cannot_be_meant_is_ignored(label):
    assert RUSSIAN in decode((meta(label) + RUSSIAN).encode()).text


@settings(deadline=None)  # the first guess loads tables
@given(st.binary(max_size=400), st.sampled_from(["", "text/html; charset=gbk", "charset=utf-7"]))
def test_any_bytes_become_text(data, content_type):
    assert isinstance(decode(data, content_type).text, str)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
def test_a_page_is_a_page_in_every_encoding(encoding):
    assert why_not_html(RUSSIAN.encode(encoding)) is None
