"""The recipe as the service runs it: bytes from the store, within the bounds of one page."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.blobs import open_blobs
from steppewire.errors import Skip
from steppewire_parser.recipe import parse

from .conftest import PAGES, fetched


def test_a_page_comes_from_the_blob_store_and_becomes_an_article(tmp_path: Path):
    blobs = open_blobs(str(tmp_path))
    event = fetched("https://www.zakon.kz/1.html")
    address = blobs.put((PAGES / "zakon.html").read_bytes())
    event = event.model_copy(update={"fetch": event.fetch.model_copy(update={"blob": address})})

    assert parse(event, blobs=blobs).article.paragraphs


def test_a_challenge_in_the_store_is_skipped(tmp_path: Path):
    blobs = open_blobs(str(tmp_path))
    event = fetched("https://example.kz/1.html")
    address = blobs.put((PAGES / "challenge.html").read_bytes())
    event = event.model_copy(update={"fetch": event.fetch.model_copy(update={"blob": address})})

    with pytest.raises(Skip, match="challenge"):
        parse(event, blobs=blobs)
