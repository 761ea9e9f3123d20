"""The measure of bylines by what pages declare themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality_bylines import bylines, row
from quality_pages.sets import Page

META = '<meta name="author" content="{}">'
BYLINE = '<h1>Мост открыт</h1><div class="byline">By {}</div>'


@pytest.fixture
def page(tmp_path: Path):
    """Return a page with an HTML text."""

    def page(html: str) -> Page:
        file = tmp_path / "page.html"
        file.write_text(html, "utf-8")
        return Page("set", "1", file, {"url": "https://zarya.kz/news/1"})

    return page


def test_what_a_page_shows_is_compared_with_what_it_declares(page):
    jane, alan = frozenset({"jane doe"}), frozenset({"alan smithee"})
    assert bylines(page(META.format("Jane Doe") + BYLINE.format("Jane Doe"))) == (jane, jane)

    other = META.format("Jane Doe") + BYLINE.format("Alan Smithee") + "<p>Jane Doe said no.</p>"
    assert bylines(page(other)) == (alan, jane)


@pytest.mark.parametrize("declared", ["", META.format("Jane Doe"), META.format("admin")])
def test_pages_that_declare_nobody_or_do_not_show_them_are_left_out(page, declared):
    assert bylines(page(declared + BYLINE.format("Alan Smithee"))) is None


def test_a_row_sums_up_names_not_pages():
    one, two = frozenset({"a b"}), frozenset({"a b", "c d"})
    assert row("s", [(one, two), (one, one)]).split() == ["s", "2", "1.000", "0.667", "0.800", "0"]
    assert row("s", [(frozenset(), one)]).split() == ["s", "1", "0.000", "0.000", "0.000", "1"]
