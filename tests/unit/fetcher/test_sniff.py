from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.sniff import announces_feed, decode, kind_of


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf\r\n<!-- made by hand --><HTML lang=kk>", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>', "html"),
        ("<html><title>Қазақ".encode("utf-16"), "html"),
        (b"<div>no head at all</div>", "html"),
        (b'<?xml version="1.0"?><rss version="2.0">', "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        (b'<rdf:RDF xmlns:rdf="x">', "feed"),
        (b'<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><urlset>', "sitemap"),
        (b"<sm:sitemapindex>", "sitemap-index"),
        (b'<?xml version="1.0"?><offers>', "xml"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"%PDF-1.7\n%\xe2", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        (b'{"a": 1}', "json"),
        (b"https://el.kz/a_1/\n", "text"),
        (b" \r\n\t ", "empty"),
        (b"", "empty"),
    ],
)
def test_the_first_bytes_tell_what_a_body_is(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


def test_the_header_is_not_believed_against_the_bytes() -> None:
    assert kind_of(b"%PDF-1.4 ...", "text/html; charset=utf-8") == "binary"


def test_the_header_decides_about_text_that_begins_without_a_tag() -> None:
    assert kind_of(b"Hello <p>there</p>", "text/html") == "html"
    assert kind_of(b"Hello <p>there</p>", "text/plain") == "text"


def test_a_warning_of_php_before_a_feed_does_not_hide_it() -> None:
    assert announces_feed(b"<br />\n<b>Warning</b>: x.php<br />\n<?xml ?><rss version='2'>")


def test_a_page_announces_no_feed() -> None:
    assert not announces_feed(b"<html><link type='application/rss+xml' href='/feed'></html>")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("<p>Астана".encode(), ""),
        ('<meta charset="windows-1251"><p>Астана'.encode("cp1251"), "text/html; charset=utf-8"),
        ("<p>Астана".encode("cp1251"), "text/html; charset=windows-1251"),
        ("<p>Астана".encode("utf-16"), ""),
        ('<meta charset="no-such"><p>Астана'.encode(), ""),
    ],
)
def test_text_is_decoded_by_mark_then_declaration_then_header(body: bytes, header: str) -> None:
    assert decode(body, header).endswith("<p>Астана")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_body_and_no_header_can_make_it_fail(body: bytes, header: str) -> None:
    kind_of(body, header)
    decode(body, header)
