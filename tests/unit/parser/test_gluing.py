"""Texts that a tree builder would move again and again."""

from __future__ import annotations

import resource
from collections import Counter

import pytest

from steppewire_parser.document import read
from steppewire_parser.gluing import MOST_MOVED, moved, unglued
from steppewire_parser.shield import _NAMES, shielded

TEXT = b"a" * 180


def glued(tag: bytes, before: bytes = b"<p>", times: int = 15_000) -> bytes:
    return before + (TEXT + tag) * times


@pytest.mark.parametrize(
    ("before", "tag"),
    [
        (b"<p>", b"<html lang=x>"),
        (b"<p>", b"<body class=x>"),
        (b"<p>", b"<tr class=x>"),
        (b"<p>", b"<TD class=x>"),
        (b"<p>", b"</x class=x>"),
        (b"<p>", b"</p\nclass=x>"),
        (b"<form>", b"<form class=x>"),
        (b"<sElect>", b"<i class=x>"),
        (b"<table>", b"<!x>"),
        (b"</body></html>", b"<!x>"),
        (b"<table>", b"<tr class=x>"),
    ],
)
def test_tags_between_texts_that_make_no_element_take_no_gigabytes(before, tag):
    page = glued(tag, before)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = read(page)

    assert moved(page) > MOST_MOVED
    assert "tag-slimmed" in found.facts
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200_000  # kB


@pytest.mark.parametrize(
    "page",
    [
        b"<table>" + b"<tr><td>12<td>some words<!-- x -->" * 4_000 + b"</table>",
        b"<form><select>" + b"<option value=1>Almaty" * 9_000 + b"</select></form>",
        b"<p>some words</p><!-- a remark -->" * 6_000,
    ],
)
def test_long_tables_choices_and_remarks_stay_as_they_are(page):
    assert shielded(page).html == page


def test_a_page_that_is_not_suspected_is_not_even_read():
    page = b"<p>some words</p>" * 5_000

    assert unglued(page, Counter(_NAMES.findall(page))) is page
