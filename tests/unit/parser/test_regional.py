"""Pages of the region's engines in six languages, read without rules as a careful reader would."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "regional"


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.html")), ids=lambda page: page.stem)
def test_a_page_of_the_region_is_read_without_what_is_printed_around_its_text(parse, page):
    title, author, time, *paragraphs = page.with_suffix(".txt").read_text("utf-8").splitlines()

    article = parse(page.read_bytes(), "https://example.kz/news/1").article

    read = [*filter(None, [article.lead]), *(paragraph.text for paragraph in article.paragraphs)]
    assert (article.title, article.authors) == (title, (author,))
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == time
    assert read == paragraphs
