"""Pages that are built in hard ways, each read into exactly what a reader sees as the article.

`structures/NAME.html` is the page, `NAME.txt` what must come out of it, one part a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from steppewire.events import Article
from steppewire.rules import SiteRules

FOLDER = Path(__file__).parent / "structures"
RULES = SiteRules(body=(".text",))


def parts(article: Article) -> Iterator[str]:
    """Tell an article part by part, as the expected files are written."""
    if article.lead:
        yield f"lead: {article.lead}"
    yield from (f"{paragraph.kind}: {paragraph.text}" for paragraph in article.paragraphs)
    yield from (f"image: {image.url} {image.caption or ''}".rstrip() for image in article.images)
    yield from (f"embed: {embed.url}" for embed in article.embeds)
    if article.section:
        yield f"section: {article.section}"
    yield from (f"tag: {tag}" for tag in article.tags)


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.html")), ids=lambda page: page.stem)
def test_a_hard_structure_is_read_as_a_reader_sees_it(parse, page):
    expected = page.with_suffix(".txt").read_text("utf-8").splitlines()

    article = parse(page.read_bytes(), "https://example.kz/n/1", rules=RULES, anyway=True).article

    assert list(parts(article)) == expected
